/* H30: a stream is synchronised while it captures (R161): the call is refused,
 * and what it was to wait for has not run. Fixed: the graph is executed
 * first. */
#include "../graphs.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0);
  BeginCapture(stream);
  Run(add, x, x, y, stream);
#ifdef FIXED
  aclmdlRI graph = EndCapture(stream);
  Execute(graph, stream);
  const aclError code = aclrtSynchronizeStream(stream);
#else
  const aclError code = aclrtSynchronizeStream(stream);
  aclmdlRI graph = EndCapture(stream);
#endif
  const int32_t got = FirstOf(y);
  printf("synchronise: %d; x + x: expected 2, got %d\n", code, got);
  CHECK(aclmdlRIDestroy(graph));
  Finish();
  return got != 2;
}
