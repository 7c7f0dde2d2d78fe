/* H19 or H18: two streams wait for one event of a fixed id, and the first to
 * pass resets it; the other one may not have passed, and waits for ever
 * (family F7, R61). Fixed: the reset comes behind both waits.
 *
 * On a device this is the hang that comes when the host is fast enough. */
#include "../check.h"

enum { kSteps = 5, kReaders = 2 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream writer = NewStream(), readers[kReaders];
  aclrtEvent ready = NULL, passed = NewEvent();
  CHECK(aclrtCreateEventWithFlag(&ready, ACL_EVENT_SYNC));
  void *x = NewNumbers(0, 0), *one = NewNumbers(1, 1), *sums[kReaders];
  for (int r = 0; r < kReaders; ++r) {
    readers[r] = NewStream();
    sums[r] = NewNumbers(0, 0);
  }

  int wrong = 0;
  for (int step = 0; step < kSteps && wrong == 0; ++step) {
    Run(add, x, one, x, writer);
    CHECK(aclrtRecordEvent(ready, writer));
    for (int r = 0; r < kReaders; ++r) {
      CHECK(aclrtStreamWaitEvent(readers[r], ready));
      Run(add, sums[r], x, sums[r], readers[r]);
    }
#ifdef FIXED
    CHECK(aclrtRecordEvent(passed, readers[1]));
    CHECK(aclrtStreamWaitEvent(readers[0], passed));
#endif
    CHECK(aclrtResetEvent(ready, readers[0]));
    for (int r = 0; r < kReaders; ++r) {
      const aclError code = aclrtSynchronizeStreamWithTimeout(readers[r], 1000);
      if (code == ACL_SUCCESS) continue;
      printf("step %d, reader %d: expected 0, got %d\n", step, r, code);
      ++wrong;
    }
  }
  for (int r = 0; r < kReaders; ++r) {
    if (wrong) CHECK(aclrtStreamAbort(readers[r]));
    int32_t got[kCount];
    CHECK(aclrtMemcpy(got, kBytes, sums[r], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < kCount && wrong == 0; ++i) {
      const int32_t expected = kSteps * (kSteps + 1) / 2 * (i + 1);
      if (got[i] == expected) continue;
      printf("sum %d: [%d] expected %d, got %d\n", r, i, expected, got[i]);
      ++wrong;
    }
  }
  CHECK(aclrtDestroyEvent(passed));
  CHECK(aclrtDestroyEvent(ready));
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
