/* H18 or H5: an event that was recorded while the stream captured is no event
 * of the executions: who waits for it waits for nothing (family F8). Fixed: it
 * is recorded behind the execution. */
#include "../graphs.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream compute = NewStream(), copy = NewStream();
  aclrtEvent done = NewEvent();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0);
  int32_t* host = (int32_t*)NewPinned(kBytes);
  BeginCapture(compute);
  Run(add, x, x, y, compute);
#ifndef FIXED
  CHECK(aclrtRecordEvent(done, compute));
#endif
  aclmdlRI graph = EndCapture(compute);
  Execute(graph, compute);
#ifdef FIXED
  CHECK(aclrtRecordEvent(done, compute));
#endif
  CHECK(aclrtStreamWaitEvent(copy, done));
  CHECK(aclrtMemcpyAsync(host, kBytes, y, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                         copy));
  CHECK(aclrtSynchronizeStream(copy));
  const int32_t got = host[0];
  CHECK(aclrtSynchronizeStream(compute));
  printf("x + x: expected 2, got %d\n", got);
  CHECK(aclmdlRIDestroy(graph));
  Finish();
  return got != 2;
}
