/* H25: a thread queues more than 2047 tasks behind a wait that it is itself to
 * satisfy afterwards: the submission blocks for ever (R38, I17). Fixed: it
 * satisfies the wait first. */
#include "../check.h"

enum { kTasks = 2100 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream(), control = NewStream();
  aclrtNotify go = NULL;
  CHECK(aclrtCreateNotify(&go, 0));
  char* memory = (char*)NewDevice(64);
  CHECK(aclrtMemset(memory, 64, 0, 64));
  CHECK(aclrtWaitAndResetNotify(go, stream, 0));
#ifdef FIXED
  CHECK(aclrtRecordNotify(go, control));
#endif
  aclError code = ACL_SUCCESS;
  int last = 0;
  for (int i = 0; i < kTasks && code == ACL_SUCCESS; ++i) {
    code = aclrtMemsetAsync(memory, 64, i % 100, 64, stream);
    if (code == ACL_SUCCESS) last = i % 100;
  }
  Show("submission", code);
#ifndef FIXED
  CHECK(aclrtRecordNotify(go, control));
#endif
  CHECK(aclrtSynchronizeStream(stream));
  char got = 0;
  CHECK(aclrtMemcpy(&got, 1, memory, 1, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("the last value: expected %d, got %d\n", last, got);
  Finish();
  return got != last;
}
