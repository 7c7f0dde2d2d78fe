/* H10: an input is freed, and given out again, while the kernel that reads it
 * may still be queued (R80). Fixed: the stream is synchronised before. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0);
  Run(add, x, x, y, stream);
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#endif
  CHECK(aclrtFree(x));
  void* next = NewNumbers(1000, 0);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + x: expected 2, got %d\n", got);
  CHECK(aclrtFree(next));
  Finish();
  return got != 2;
}
