/* H35: the second phase is called twice for one first phase, and nobody looks
 * at what it returns (R172). Fixed: the executor is repeatable, and destroyed
 * at the end. */
#include "../nn.h"
#include "aclnnop/aclnn_add.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  void *sum = NewFloats(1), *one = NewFloats(1);
  aclTensor* x = NewView(sum, 1, kCount);
  aclTensor* y = NewView(one, 1, kCount);
  const float factor = 1;
  aclScalar* alpha = aclCreateScalar((void*)&factor, ACL_FLOAT);
  aclrtStream stream = NewStream();
  uint64_t size = 0;
  aclOpExecutor* executor = NULL;
  CHECK(aclnnInplaceAddGetWorkspaceSize(x, y, alpha, &size, &executor));
#ifdef FIXED
  CHECK(aclSetAclOpExecutorRepeatable(executor));
#endif
  void* workspace = size == 0 ? NULL : NewDevice(size);
  for (int i = 0; i < 2; ++i) {
    (void)aclnnInplaceAdd(workspace, size, executor, stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
#ifdef FIXED
  CHECK(aclDestroyAclOpExecutor(executor));
#endif
  const int wrong = IsWrong("sum", sum, 3);
  CHECK(aclDestroyScalar(alpha));
  CHECK(aclDestroyTensor(x));
  CHECK(aclDestroyTensor(y));
  Finish();
  return wrong;
}
