/* H31: an input of a graph is freed, and given out again, between two
 * executions: the graph reads what lies at the address now (R166). Fixed: it is
 * freed behind the last one. */
#include "../graphs.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0);
  BeginCapture(stream);
  Run(add, x, x, y, stream);
  aclmdlRI graph = EndCapture(stream);
  Execute(graph, stream);
  CHECK(aclrtSynchronizeStream(stream));
#ifndef FIXED
  CHECK(aclrtFree(x));
#endif
  void* next = NewNumbers(1000, 0);
  Execute(graph, stream);
  CHECK(aclrtSynchronizeStream(stream));
#ifdef FIXED
  CHECK(aclrtFree(x));
#endif
  const int32_t got = FirstOf(y);
  printf("x + x: expected 2, got %d\n", got);
  CHECK(aclmdlRIDestroy(graph));
  CHECK(aclrtFree(next));
  Finish();
  return got != 2;
}
