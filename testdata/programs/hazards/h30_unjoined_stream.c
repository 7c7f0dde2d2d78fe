/* H30: a second stream joins the capture by an event, but its work behind the
 * last record is not joined at the end (R163): there is no graph. Fixed: the
 * record comes last. */
#include "../graphs.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream(), side = NewStream();
  aclrtEvent fork = NewEvent(), join = NewEvent();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0), *z = NewNumbers(0, 0);
  BeginCapture(stream);
  CHECK(aclrtRecordEvent(fork, stream));
  CHECK(aclrtStreamWaitEvent(side, fork));
  Run(add, x, x, y, side);
#ifdef FIXED
  Run(add, x, y, z, side);
#endif
  CHECK(aclrtRecordEvent(join, side));
#ifndef FIXED
  Run(add, x, y, z, side);
#endif
  CHECK(aclrtStreamWaitEvent(stream, join));
  aclmdlRI graph = NULL;
  const aclError code = aclmdlRICaptureEnd(stream, &graph);
  if (code == ACL_SUCCESS) {
    Execute(graph, stream);
    CHECK(aclrtSynchronizeStream(stream));
    CHECK(aclmdlRIDestroy(graph));
  }
  const int32_t got = FirstOf(z);
  printf("end: %d; 3 x: expected 3, got %d\n", code, got);
  Finish();
  return got != 3;
}
