/* H34: two operators on two streams are given one workspace (R174). Fixed: the
 * second stream waits for the first one. */
#include "../nn.h"
#include "aclnnop/aclnn_addmm.h"

enum { kSide = 32 };

static void* Multiply(void* bias, void* factor, void* out, void* workspace,
                      aclrtStream stream) {
  aclTensor* c = NewView(bias, kSide, kSide);
  aclTensor* a = NewView(factor, kSide, kSide);
  aclTensor* y = NewView(out, kSide, kSide);
  const float two = 2;
  aclScalar* scale = aclCreateScalar((void*)&two, ACL_FLOAT);
  uint64_t size = 0;
  aclOpExecutor* executor = NULL;
  CHECK(aclnnAddmmGetWorkspaceSize(c, a, a, scale, scale, y, 0, &size,
                                   &executor));
  REQUIRE(size > 0);
  if (workspace == NULL) workspace = NewDevice(size);
  CHECK(aclnnAddmm(workspace, size, executor, stream));
  CHECK(aclDestroyScalar(scale));
  CHECK(aclDestroyTensor(c));
  CHECK(aclDestroyTensor(a));
  CHECK(aclDestroyTensor(y));
  return workspace;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  void* bias = NewFloats(1);
  void *one = NewFloats(1), *three = NewFloats(3);
  void *first = NewFloats(0), *second = NewFloats(0);
  aclrtStream stream[] = {NewStream(), NewStream()};
  aclrtEvent done = NewEvent();

  void* workspace = Multiply(bias, one, first, NULL, stream[0]);
  CHECK(aclrtRecordEvent(done, stream[0]));
#ifdef FIXED
  CHECK(aclrtStreamWaitEvent(stream[1], done));
#endif
  Multiply(bias, three, second, workspace, stream[1]);
  CHECK(aclrtSynchronizeStream(stream[0]));
  CHECK(aclrtSynchronizeStream(stream[1]));
  int wrong = IsWrong("first", first, 2 * 1 + 2 * kSide * 1);
  wrong |= IsWrong("second", second, 2 * 1 + 2 * kSide * 9);
  Finish();
  return wrong;
}
