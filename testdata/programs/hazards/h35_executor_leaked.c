/* H35: a repeatable executor is never destroyed (R173). Fixed: it is, when its
 * last launch has run. */
#include "../nn.h"
#include "aclnnop/aclnn_abs.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  void *in = NewFloats(-1), *out = NewFloats(0);
  aclTensor* x = NewView(in, 1, kCount);
  aclTensor* y = NewView(out, 1, kCount);
  aclrtStream stream = NewStream();
  uint64_t size = 0;
  aclOpExecutor* executor = NULL;
  CHECK(aclnnAbsGetWorkspaceSize(x, y, &size, &executor));
  CHECK(aclSetAclOpExecutorRepeatable(executor));
  for (int i = 0; i < 3; ++i) CHECK(aclnnAbs(NULL, size, executor, stream));
  CHECK(aclrtSynchronizeStream(stream));
#ifdef FIXED
  CHECK(aclDestroyAclOpExecutor(executor));
#endif
  const int wrong = IsWrong("out", out, 1);
  CHECK(aclDestroyTensor(x));
  CHECK(aclDestroyTensor(y));
  Finish();
  return wrong;
}
