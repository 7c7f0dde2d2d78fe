/* H4: one handle runs on the null streams of two contexts, which so share one
 * workspace (R149, I8). Fixed: each context has a stream of its own. */
#include "../check.h"

enum { kSide = 64, kMatrix = kSide * kSide * 2, kLayers = 64 };

/* Matrices of one value. */
static void Fill(aclFloat16* host, int matrices, float value) {
  for (int i = 0; i < matrices * kSide * kSide; ++i) {
    host[i] = aclFloatToFloat16(value);
  }
}

static void* NewFilled(float value) {
  static aclFloat16 host[kSide * kSide];
  Fill(host, 1, value);
  void* device = NewDevice(kMatrix);
  CHECK(aclrtMemcpy(device, kMatrix, host, kMatrix, ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopAttr* attr = aclopCreateAttr();
  CHECK(aclopSetAttrBool(attr, "transpose_x1", 0));
  CHECK(aclopSetAttrBool(attr, "transpose_x2", 0));
  aclopHandle* matmul =
      NewHandle("MatMulV2", 2, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
  aclrtContext primary = NULL, context[2];
  CHECK(aclrtGetCurrentContext(&primary));
  aclrtStream upload = NewStream(), stream[2] = {NULL, NULL};
  aclrtEvent uploaded = NewEvent();
  void *x[2], *y[2], *weights = NewDevice(kLayers * kMatrix);
  aclFloat16* host = (aclFloat16*)NewPinned(kLayers * kMatrix);
  Fill(host, kLayers, 1);
  for (int i = 0; i < 2; ++i) {
    x[i] = NewFilled((float)(i + 1));
    y[i] = NewFilled(0);
    CHECK(aclrtCreateContext(&context[i], 0));
#ifdef FIXED
    stream[i] = NewStream();
#endif
  }

  CHECK(aclrtSetCurrentContext(primary));
  CHECK(aclrtMemcpyAsync(weights, kLayers * kMatrix, host, kLayers * kMatrix,
                         ACL_MEMCPY_HOST_TO_DEVICE, upload));
  CHECK(aclrtRecordEvent(uploaded, upload));
  for (int i = 0; i < 2; ++i) {
    CHECK(aclrtSetCurrentContext(context[i]));
    CHECK(aclrtStreamWaitEvent(stream[i], uploaded));
    CHECK(TryRun(matmul, x[i], weights, y[i], kMatrix, stream[i]));
  }
  int wrong = 0;
  for (int i = 1; i >= 0; --i) {
    CHECK(aclrtSetCurrentContext(context[i]));
    CHECK(aclrtSynchronizeStream(stream[i]));
    aclFloat16 got = 0;
    CHECK(aclrtMemcpy(&got, 2, y[i], 2, ACL_MEMCPY_DEVICE_TO_HOST));
    const float expected = (float)(kSide * (i + 1));
    printf("product: expected %g, got %g\n", expected, aclFloat16ToFloat(got));
    wrong |= aclFloat16ToFloat(got) != expected;
    if (stream[i] != NULL) CHECK(aclrtDestroyStream(stream[i]));
    CHECK(aclrtDestroyContext(context[i]));
  }
  Finish();
  return wrong;
}
