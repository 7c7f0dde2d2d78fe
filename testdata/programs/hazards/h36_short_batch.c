/* H36: the last, shorter batch is given to a model of 1024 numbers in buffers
 * of its own size, less than the model needs (R136). Fixed: it is padded. */
#include "../check.h"

enum { kLast = 1000 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
#ifdef FIXED
  const size_t bytes = kBytes;
#else
  const size_t bytes = kLast * sizeof(int32_t);
#endif
  void *x = NewDevice(bytes), *y = NewDevice(bytes);
  CHECK(aclrtMemset(x, bytes, 1, bytes));
  CHECK(aclrtMemset(y, bytes, 0, bytes));
  const aclError code = TryRun(add, x, x, y, bytes, stream);
  Show("launch", code);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  const int32_t expected = code == ACL_SUCCESS ? 0x02020202 : 0;
  printf("x + x: expected %d, got %d\n", expected, got);
  Finish();
  return got != expected;
}
