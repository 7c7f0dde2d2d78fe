/* H34: the workspace is freed when the operator is launched, not when it has
 * run, and its memory is given out again (R174). Fixed: the stream is
 * synchronised before. */
#include "../nn.h"
#include "aclnnop/aclnn_addmm.h"

enum { kSide = 32 };

int main(int argc, char** argv) {
  Start(argc, argv);
  void *bias = NewFloats(1), *factor = NewFloats(1), *out = NewFloats(0);
  aclTensor* c = NewView(bias, kSide, kSide);
  aclTensor* a = NewView(factor, kSide, kSide);
  aclTensor* y = NewView(out, kSide, kSide);
  const float two = 2;
  aclScalar* scale = aclCreateScalar((void*)&two, ACL_FLOAT);
  aclrtStream stream = NewStream();
  uint64_t size = 0;
  aclOpExecutor* executor = NULL;
  CHECK(aclnnAddmmGetWorkspaceSize(c, a, a, scale, scale, y, 0, &size,
                                   &executor));
  void* workspace = NewDevice(size);
  CHECK(aclnnAddmm(workspace, size, executor, stream));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#endif
  CHECK(aclrtFree(workspace));
  void* next = NewDevice(size);
  CHECK(aclrtMemset(next, size, 0x42, size));
  CHECK(aclrtSynchronizeStream(stream));
  const int wrong = IsWrong("out", out, 2 * 1 + 2 * kSide);
  CHECK(aclDestroyScalar(scale));
  CHECK(aclDestroyTensor(c));
  CHECK(aclDestroyTensor(a));
  CHECK(aclDestroyTensor(y));
  Finish();
  return wrong;
}
