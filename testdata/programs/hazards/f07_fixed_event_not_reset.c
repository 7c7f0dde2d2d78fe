/* H19: an event of a fixed id is recorded in each step and never reset; from
 * the second step on the wait passes on the first step's signal (family F7,
 * R61). Fixed: the waiting stream resets the event behind its wait.
 *
 * The other direction, the next step behind the last reader, is ordered by an
 * event that is new at each record. */
#include "../check.h"

enum { kSteps = 6 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream producer = NewStream(), consumer = NewStream();
  aclrtEvent ready = NULL, consumed = NewEvent();
  CHECK(aclrtCreateEventWithFlag(&ready, ACL_EVENT_SYNC));
  void *x = NewNumbers(0, 0), *one = NewNumbers(1, 1), *sum = NewNumbers(0, 0);

  for (int step = 0; step < kSteps; ++step) {
    if (step > 0) CHECK(aclrtStreamWaitEvent(producer, consumed));
    Run(add, x, one, x, producer);
    CHECK(aclrtRecordEvent(ready, producer));
    CHECK(aclrtStreamWaitEvent(consumer, ready));
#ifdef FIXED
    CHECK(aclrtResetEvent(ready, consumer));
#endif
    Run(add, sum, x, sum, consumer);
    CHECK(aclrtRecordEvent(consumed, consumer));
  }
  CHECK(aclrtSynchronizeStream(consumer));
  CHECK(aclrtSynchronizeStream(producer));

  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, sum, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  int wrong = 0;
  for (int i = 0; i < kCount && wrong == 0; ++i) {
    const int32_t expected = kSteps * (kSteps + 1) / 2 * (i + 1);
    if (got[i] == expected) continue;
    printf("sum: [%d] expected %d, got %d\n", i, expected, got[i]);
    wrong = 1;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
