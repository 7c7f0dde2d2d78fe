/* SoftmaxV2 of 1024 x 1024: three phases with a workspace, on many worker
 * threads; the bits do not depend on how many there are. */
#include "check.h"

enum { kSide = 1024, kMatrix = kSide * kSide * 2 };

int main(int argc, char** argv) {
  Start(argc, argv);
  static aclFloat16 values[kSide * kSide];
  uint32_t seed = 3;
  for (int i = 0; i < kSide * kSide; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values[i] = (aclFloat16)((seed >> 16 & 0x83ffu) +
                             (11u + (seed >> 28 & 7u)) * 0x400u);
  }
  void *x = NewDevice(kMatrix), *y = NewDevice(kMatrix);
  CHECK(aclrtMemcpy(x, kMatrix, values, kMatrix, ACL_MEMCPY_HOST_TO_DEVICE));
  aclopAttr* attr = aclopCreateAttr();
  const int64_t last = -1;
  CHECK(aclopSetAttrListInt(attr, "axes", 1, &last));
  aclopHandle* softmax =
      NewHandle("SoftmaxV2", 1, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
  aclrtStream stream = NewStream();
  CHECK(TryRun(softmax, x, NULL, y, kMatrix, stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("softmax", y, kMatrix);
  return Finish();
}
