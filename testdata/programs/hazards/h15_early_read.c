/* H15: the host reads what a stream copies to pinned memory before it has
 * synchronised the stream (R89). Fixed: it reads afterwards. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(8, 0), *y = NewDevice(kBytes);
  int32_t* host = (int32_t*)NewPinned(kBytes);
  Run(add, x, x, y, stream);
  CHECK(aclrtMemcpyAsync(host, kBytes, y, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                         stream));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#endif
  const int32_t got = host[0];
  CHECK(aclrtSynchronizeStream(stream));
  printf("x + x: expected 16, got %d\n", got);
  Finish();
  return got != 16;
}
