/* A fixed-id event is a level: it stays signalled until aclrtResetEvent runs
 * on its stream (R61). Two rounds with the reset between them, in the waiting
 * stream, and a second event that keeps the next record behind the reset. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream producer = NewStream(), consumer = NewStream();
  aclrtEvent level = NULL, consumed = NewEvent();
  CHECK(aclrtCreateEventWithFlag(&level, ACL_EVENT_SYNC));
  void* x = NewNumbers(1, 1);
  void* step = NewNumbers(10, 0);
  void* seen[3];
  for (int round = 0; round < 3; ++round) {
    seen[round] = NewDevice(kBytes);
    if (round > 0) CHECK(aclrtStreamWaitEvent(producer, consumed));
    Run(add, x, step, x, producer);
    CHECK(aclrtRecordEvent(level, producer));
    CHECK(aclrtStreamWaitEvent(consumer, level));
    CHECK(aclrtResetEvent(level, consumer));
    Run(add, x, step, seen[round], consumer);
    CHECK(aclrtRecordEvent(consumed, consumer));
  }
  CHECK(aclrtSynchronizeDevice());
  for (int round = 0; round < 3; ++round) {
    ShowDevice("seen", seen[round], kBytes);
  }
  return Finish();
}
