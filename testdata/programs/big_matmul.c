/* MatMulV2 of 512 x 512 on two streams: enough work to keep several worker
 * threads busy; the bits do not depend on how many there are. */
#include "check.h"

enum { kSide = 512, kMatrix = kSide * kSide * 2 };

static void* NewOperand(uint32_t seed) {
  static aclFloat16 values[kSide * kSide];
  for (int i = 0; i < kSide * kSide; ++i) {
    seed = seed * 1664525u + 1013904223u;
    /* Sign, exponents from 2^-6 to 2^1, any mantissa. */
    values[i] = (aclFloat16)((seed >> 16 & 0x83ffu) +
                             (9u + (seed >> 28 & 7u)) * 0x400u);
  }
  void* device = NewDevice(kMatrix);
  CHECK(aclrtMemcpy(device, kMatrix, values, kMatrix,
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
  void *x = NewOperand(1), *y = NewOperand(2);
  void *xy = NewDevice(kMatrix), *yx = NewDevice(kMatrix);
  CHECK(TryRun(matmul, x, y, xy, kMatrix, a));
  CHECK(TryRun(matmul, y, x, yx, kMatrix, b));
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("x y", xy, kMatrix);
  ShowDevice("y x", yx, kMatrix);
  return Finish();
}
