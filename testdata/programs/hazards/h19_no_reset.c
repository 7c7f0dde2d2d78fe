/* H19: a fixed-id event is recorded in each round and never reset: from the
 * second round on its wait passes on the old record (R61). Fixed: the waiting
 * stream resets it. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream producer = NewStream(), consumer = NewStream();
  aclrtEvent ready = NULL;
  CHECK(aclrtCreateEventWithFlag(&ready, ACL_EVENT_SYNC));
  void *one = NewNumbers(1, 0), *x = NewNumbers(0, 0), *sum = NewNumbers(0, 0);
  for (int round = 0; round < 3; ++round) {
    Run(add, x, one, x, producer);
    CHECK(aclrtRecordEvent(ready, producer));
    CHECK(aclrtStreamWaitEvent(consumer, ready));
#ifdef FIXED
    CHECK(aclrtResetEvent(ready, consumer));
#endif
    Run(add, sum, x, sum, consumer);
    CHECK(aclrtSynchronizeStream(consumer));
  }
  CHECK(aclrtSynchronizeStream(producer));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("1 + 2 + 3: expected 6, got %d\n", got);
  Finish();
  return got != 6;
}
