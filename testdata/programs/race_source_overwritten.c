/* A race on purpose: a pinned source is filled for the next round while the
 * copy of this round may still be queued (R89, H6, the bug family F1). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  int32_t* staging = (int32_t*)NewPinned(kBytes);
  void* x = NewDevice(kBytes);
  void* sum = NewNumbers(0, 0);
  for (int round = 1; round <= 6; ++round) {
    for (int i = 0; i < kCount; ++i) staging[i] = round * 100 + i;
    CHECK(aclrtMemcpyAsync(x, kBytes, staging, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    Run(add, sum, x, sum, stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("sum of the rounds that arrived", sum, kBytes);
  return Finish();
}
