/* A diamond of matrix products over four streams, joined by default events
 * (family D of R57): a new record each time needs no reset. Rules R29, R58. */
#include "check.h"

enum { kSide = 64, kMatrix = kSide * kSide * 2 };

static void* NewMatrixOf(float first) {
  static aclFloat16 values[kSide * kSide];
  for (int i = 0; i < kSide * kSide; ++i) {
    values[i] = aclFloatToFloat16(first + (float)(i % 17) / 32);
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
  aclrtStream stream[4];
  aclrtEvent done[4];
  void* value[4];
  for (int i = 0; i < 4; ++i) {
    stream[i] = NewStream();
    CHECK(aclrtCreateEvent(&done[i]));
    value[i] = NewDevice(kMatrix);
  }
  void *x = NewMatrixOf(0.0625f), *y = NewMatrixOf(-0.25f);

  CHECK(TryRun(matmul, x, y, value[0], kMatrix, stream[0]));
  CHECK(aclrtRecordEvent(done[0], stream[0]));
  for (int i = 1; i <= 2; ++i) {
    CHECK(aclrtStreamWaitEvent(stream[i], done[0]));
    CHECK(TryRun(matmul, value[0], i == 1 ? x : y, value[i], kMatrix,
                 stream[i]));
    CHECK(aclrtRecordEvent(done[i], stream[i]));
  }
  CHECK(aclrtStreamWaitEvent(stream[3], done[1]));
  CHECK(aclrtStreamWaitEvent(stream[3], done[2]));
  CHECK(TryRun(matmul, value[1], value[2], value[3], kMatrix, stream[3]));
  CHECK(aclrtSynchronizeStream(stream[3]));
  ShowDevice("x y x x y y", value[3], kMatrix);
  return Finish();
}
