/* A race on purpose: a copy reads what a product begins to write and nothing
 * orders them (H5). Where the two overlap in virtual time the blocks of both
 * take turns: the copy holds some rows of the product, not all. */
#include "check.h"

enum { kSide = 512, kSquare = kSide * kSide, kMatrix = 2 * kSquare };

static void* Filled(float value) {
  static aclFloat16 host[kSquare];
  for (int i = 0; i < kSquare; ++i) host[i] = aclFloatToFloat16(value);
  void* device = NewDevice(kMatrix);
  CHECK(aclrtMemcpy(device, kMatrix, host, kMatrix,
                    ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopAttr* attr = aclopCreateAttr();
  CHECK(aclopSetAttrBool(attr, "transpose_x1", 0));
  CHECK(aclopSetAttrBool(attr, "transpose_x2", 0));
  aclopHandle* matmul =
      NewHandle("MatMulV2", 2, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
  aclrtStream a = NewStream(), b = NewStream();
  void *x = Filled(1), *out = Filled(0), *copy = Filled(0);
  CHECK(aclrtMemcpyAsync(copy, kMatrix, out, kMatrix,
                         ACL_MEMCPY_DEVICE_TO_DEVICE, b));
  CHECK(TryRun(matmul, x, x, out, kMatrix, a));
  CHECK(aclrtSynchronizeStream(a));
  CHECK(aclrtSynchronizeStream(b));
  static aclFloat16 host[kSquare];
  CHECK(aclrtMemcpy(host, kMatrix, copy, kMatrix, ACL_MEMCPY_DEVICE_TO_HOST));
  int done = 0;
  for (int i = 0; i < kSquare; ++i) done += host[i] != 0;
  printf("the copy holds %d of %d elements of the product\n", done, kSquare);
  return Finish();
}
