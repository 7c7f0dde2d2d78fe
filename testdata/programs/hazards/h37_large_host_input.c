/* H37: an input in host memory is larger than the 1 MiB that one call can take
 * with it (R137). Fixed: it is copied to the device first. */
#include "../check.h"
#include "acl/acl_op_compiler.h"

enum { kNumbers = 300000, kSize = kNumbers * 4 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  static int32_t host[kNumbers];
  for (int i = 0; i < kNumbers; ++i) host[i] = 20;
  void *x = NewDevice(kSize), *y = NewDevice(kSize), *given = host;
  CHECK(aclrtMemset(x, kSize, 0, kSize));
  CHECK(aclrtMemset(y, kSize, 0, kSize));
  aclTensorDesc* desc[3];
  for (int i = 0; i < 3; ++i) desc[i] = NewVector(ACL_INT32, kNumbers);
#ifdef FIXED
  given = NewDevice(kSize);
  CHECK(aclrtMemcpy(given, kSize, host, kSize, ACL_MEMCPY_HOST_TO_DEVICE));
#else
  CHECK(aclSetTensorPlaceMent(desc[1], ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT));
#endif
  aclDataBuffer* buffer[3] = {aclCreateDataBuffer(x, kSize),
                              aclCreateDataBuffer(given, kSize),
                              aclCreateDataBuffer(y, kSize)};
  const aclError code = aclopCompileAndExecuteV2(
      "Add", 2, desc, buffer, 1, desc + 2, buffer + 2, NULL, ACL_ENGINE_SYS,
      ACL_COMPILE_SYS, NULL, stream);
  Show("launch", code);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  const int32_t expected = code == ACL_SUCCESS ? 20 : 0;
  printf("0 + 20: expected %d, got %d\n", expected, got);
  for (int i = 0; i < 3; ++i) {
    aclDestroyTensorDesc(desc[i]);
    aclDestroyDataBuffer(buffer[i]);
  }
  Finish();
  return got != expected;
}
