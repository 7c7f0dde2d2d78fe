/* H13: numbers are added to fresh device memory, which holds whatever lay
 * there before (R76). Fixed: it is set to zero first. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(1, 0), *scratch = NewNumbers(9, 0);
  CHECK(aclrtFree(scratch));
  void* sum = NewDevice(kBytes);
#ifdef FIXED
  CHECK(aclrtMemset(sum, kBytes, 0, kBytes));
#endif
  for (int round = 0; round < 3; ++round) Run(add, sum, x, sum, stream);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("three times 1: expected 3, got %d\n", got);
  Finish();
  return got != 3;
}
