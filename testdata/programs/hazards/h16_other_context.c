/* H16: aclrtSynchronizeDevice is called in one context for a stream of another
 * one, for which it does not wait (R46). Fixed: the stream is synchronised
 * itself. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  void *x = NewNumbers(6, 0), *y = NewNumbers(0, 0);
  aclrtContext primary = NULL, side = NULL;
  CHECK(aclrtGetCurrentContext(&primary));
  CHECK(aclrtCreateContext(&side, 0));
  aclrtStream stream = NewStream();
  Run(add, x, x, y, stream);
  CHECK(aclrtSetCurrentContext(primary));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#else
  CHECK(aclrtSynchronizeDevice());
#endif
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + x: expected 12, got %d\n", got);
  CHECK(aclrtSetCurrentContext(side));
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtDestroyStream(stream));
  CHECK(aclrtSetCurrentContext(primary));
  CHECK(aclrtDestroyContext(side));
  Finish();
  return got != 12;
}
