/* H12: tensors are cut from one block with only a word between them, so that
 * they neither start at 64 bytes nor have 32 bytes of padding (R81).
 * Fixed: each has the padding, and the next one starts at 64 bytes. */
#include "../check.h"

#ifdef FIXED
enum { kPiece = ((kBytes + 31) / 32 * 32 + 32 + 63) / 64 * 64 };
#else
enum { kPiece = kBytes + 4 };
#endif

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  char* block = (char*)NewDevice(3 * kPiece);
  CHECK(aclrtMemset(block, 3 * kPiece, 1, 3 * kPiece));
  void *x = block, *y = block + kPiece, *sum = block + 2 * kPiece;
  Run(add, x, y, sum, stream);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + y: expected %d, got %d\n", 0x02020202, got);
  Finish();
  return got != 0x02020202;
}
