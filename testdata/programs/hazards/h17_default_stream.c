/* H17: a stream reads what the default stream computes, which it does not wait
 * for: there is no implicit synchronisation (R30). Fixed: by an event. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* sub = NewBinary("Sub");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(5, 0), *y = NewNumbers(0, 0), *z = NewDevice(kBytes);
  Run(add, x, x, y, NULL);
#ifdef FIXED
  aclrtEvent done = NewEvent();
  CHECK(aclrtRecordEvent(done, NULL));
  CHECK(aclrtStreamWaitEvent(stream, done));
#endif
  Run(sub, y, x, z, stream);
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtSynchronizeStream(NULL));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, z, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("(x + x) - x: expected 5, got %d\n", got);
  Finish();
  return got != 5;
}
