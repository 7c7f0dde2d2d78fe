/* H40: two streams run at a time whose workspaces come from one allocator with
 * one block (R102). Fixed: the first stream is synchronised before the second
 * one runs. */
#include "../check.h"

enum { kSide = 64, kMatrix = kSide * kSide * 2, kBlock = 1 << 20 };

/* The pool gives its one block to everybody: right for a single stream. */
static void* Take(aclrtAllocator pool, size_t bytes) {
  return bytes <= kBlock ? pool : NULL;
}
static void Give(aclrtAllocator pool, aclrtAllocatorBlock block) {
  REQUIRE(block == pool);
}
static void* Address(aclrtAllocatorBlock block) { return block; }

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopAttr* attr = aclopCreateAttr();
  const int64_t last = -1;
  CHECK(aclopSetAttrListInt(attr, "axes", 1, &last));
  aclopHandle* softmax =
      NewHandle("SoftmaxV2", 1, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
  aclrtAllocatorDesc pool = aclrtAllocatorCreateDesc();
  CHECK(aclrtAllocatorSetObjToDesc(pool, NewDevice(kBlock)));
  CHECK(aclrtAllocatorSetAllocFuncToDesc(pool, Take));
  CHECK(aclrtAllocatorSetFreeFuncToDesc(pool, Give));
  CHECK(aclrtAllocatorSetGetAddrFromBlockFuncToDesc(pool, Address));
  void *x = NewDevice(kMatrix), *y[2];
  CHECK(aclrtMemset(x, kMatrix, 0, kMatrix));
  aclrtStream stream[2];
  for (int i = 0; i < 2; ++i) {
    y[i] = NewDevice(kMatrix);
    stream[i] = NewStream();
    CHECK(aclrtAllocatorRegister(stream[i], pool));
  }

  CHECK(TryRun(softmax, x, NULL, y[0], kMatrix, stream[0]));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream[0]));
#endif
  CHECK(TryRun(softmax, x, NULL, y[1], kMatrix, stream[1]));
  int wrong = 0;
  for (int i = 0; i < 2; ++i) {
    CHECK(aclrtSynchronizeStream(stream[i]));
    CHECK(aclrtAllocatorUnregister(stream[i]));
    aclFloat16 got = 0;
    CHECK(aclrtMemcpy(&got, 2, y[i], 2, ACL_MEMCPY_DEVICE_TO_HOST));
    printf("softmax: expected %g, got %g\n", 1.0 / kSide,
           aclFloat16ToFloat(got));
    wrong |= aclFloat16ToFloat(got) != 1.0f / kSide;
  }
  CHECK(aclrtAllocatorDestroyDesc(pool));
  Finish();
  return wrong;
}
