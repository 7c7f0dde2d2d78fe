/* H6: a pinned buffer is filled for the next round while the copy of this
 * round may still be queued. Fixed: the stream is synchronised before. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  int32_t* staging = (int32_t*)NewPinned(kBytes);
  void *x = NewDevice(kBytes), *sum = NewNumbers(0, 0);
  for (int32_t round = 1; round <= 3; ++round) {
    for (int i = 0; i < kCount; ++i) staging[i] = round;
    CHECK(aclrtMemcpyAsync(x, kBytes, staging, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    Run(add, sum, x, sum, stream);
#ifdef FIXED
    CHECK(aclrtSynchronizeStream(stream));
#endif
  }
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("1 + 2 + 3: expected 6, got %d\n", got);
  Finish();
  return got != 6;
}
