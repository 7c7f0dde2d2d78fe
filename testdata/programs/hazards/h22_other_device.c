/* H22: a stream of device 1 waits for an event of device 0, which is not
 * supported and may wait for nothing (R69). Fixed: the host waits for it. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtContext here = NULL, there = NULL;
  CHECK(aclrtGetCurrentContext(&here));
  aclrtStream producer = NewStream();
  aclrtEvent ready = NewEvent();
  void *x = NewNumbers(4, 0), *y = NewNumbers(0, 0);
  CHECK(aclrtSetDevice(1));
  CHECK(aclrtGetCurrentContext(&there));
  CHECK(aclrtDeviceEnablePeerAccess(0, 0));
  aclrtStream consumer = NewStream();
  void* copy = NewDevice(kBytes);

  CHECK(aclrtSetCurrentContext(here));
  Run(add, x, x, y, producer);
  CHECK(aclrtRecordEvent(ready, producer));
#ifdef FIXED
  CHECK(aclrtSynchronizeEvent(ready));
#endif
  CHECK(aclrtSetCurrentContext(there));
#ifndef FIXED
  CHECK(aclrtStreamWaitEvent(consumer, ready));
#endif
  CHECK(aclrtMemcpyAsync(copy, kBytes, y, kBytes, ACL_MEMCPY_DEVICE_TO_DEVICE,
                         consumer));
  CHECK(aclrtSynchronizeStream(consumer));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, copy, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + x: expected 8, got %d\n", got);
  CHECK(aclrtResetDevice(1));
  CHECK(aclrtSetCurrentContext(here));
  Finish();
  return got != 8;
}
