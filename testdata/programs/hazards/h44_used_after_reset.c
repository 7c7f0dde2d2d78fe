/* H44: the device is reset before what was made on it is destroyed. Fixed: in
 * the opposite order. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  aclrtEvent done = NewEvent();
  void *x = NewNumbers(1, 0), *y = NewDevice(kBytes);
  Run(add, x, x, y, stream);
  CHECK(aclrtRecordEvent(done, stream));
  CHECK(aclrtSynchronizeEvent(done));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + x: expected 2, got %d\n", got);
#ifndef FIXED
  CHECK(aclrtResetDevice(0));
#endif
  Show("free", aclrtFree(y));
  Show("free", aclrtFree(x));
  Show("destroy the event", aclrtDestroyEvent(done));
  Show("destroy the stream", aclrtDestroyStream(stream));
#ifdef FIXED
  CHECK(aclrtResetDevice(0));
#endif
  CHECK(aclFinalize());
  return got != 2;
}
