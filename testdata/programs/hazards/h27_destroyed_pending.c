/* H27: a stream is destroyed while an operator with a workspace is queued on
 * it; the workspace is given back first, and another thread may get its memory
 * (R49, R150, I10). Fixed: the stream is synchronised before. */
#include "../threads.h"

enum { kSide = 64, kMatrix = kSide * kSide * 2, kOthers = 8 };

static aclrtStream stream;
static void* others[kOthers];

static void* Retire(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#endif
  CHECK(aclrtDestroyStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

/* Shares nothing with the other thread. */
static void* Allocate(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  for (int i = 0; i < kOthers; ++i) {
    others[i] = NewDevice(kMatrix);
    CHECK(aclrtMemset(others[i], kMatrix, 7, kMatrix));
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopAttr* attr = aclopCreateAttr();
  CHECK(aclopSetAttrBool(attr, "transpose_x1", 0));
  CHECK(aclopSetAttrBool(attr, "transpose_x2", 0));
  aclopHandle* matmul =
      NewHandle("MatMulV2", 2, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
  void *x = NewDevice(kMatrix), *y = NewDevice(kMatrix);
  CHECK(aclrtMemset(x, kMatrix, 0, kMatrix));
  stream = NewStream();
  for (int i = 0; i < 6; ++i) CHECK(TryRun(matmul, x, x, y, kMatrix, stream));
  pthread_t threads[2];
  PTHREAD(pthread_create(&threads[0], NULL, Retire, NULL));
  PTHREAD(pthread_create(&threads[1], NULL, Allocate, NULL));
  for (int i = 0; i < 2; ++i) PTHREAD(pthread_join(threads[i], NULL));
  int bad = 0;
  for (int i = 0; i < kOthers; ++i) {
    static char got[kMatrix];
    CHECK(aclrtMemcpy(got, kMatrix, others[i], kMatrix,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    for (int k = 0; k < kMatrix; ++k) bad += got[k] != 7;
  }
  printf("other memory: expected 7 everywhere, got %d other bytes\n", bad);
  Finish();
  return bad != 0;
}
