/* H11: memory for the numbers of an output is allocated, but with 2 bytes for
 * each instead of 4: the kernel writes into the next allocation. Fixed: the
 * allocation has the output's size. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void* x = NewNumbers(4, 0);
#ifdef FIXED
  void* y = NewDevice(kCount * sizeof(int32_t));
#else
  void* y = NewDevice(kCount * sizeof(int16_t));
#endif
  void* neighbour = NewNumbers(7, 0);
  Run(add, x, x, y, stream);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got[2] = {0, 0};
  CHECK(aclrtMemcpy(&got[0], 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  CHECK(aclrtMemcpy(&got[1], 4, neighbour, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + x and its neighbour: expected 8 and 7, got %d and %d\n", got[0],
         got[1]);
  Finish();
  return got[0] != 8 || got[1] != 7;
}
