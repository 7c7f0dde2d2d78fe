/* Waiting for an event that was never recorded: new events pass, default ones
 * are refused, fixed-id ones hold the stream until some record (R59, H18);
 * queries and synchronise calls answer by family (R62, R63). */
#include "check.h"

int main(int argc, char** argv) {
  (void)argv;
  Start(argc > 1 ? 1 : argc, argv);
  aclrtStream waiting = NewStream(), recording = NewStream();
  aclrtEvent fresh = NewEvent(), plain = NULL, fixed = NULL;
  CHECK(aclrtCreateEvent(&plain));
  CHECK(aclrtCreateEventWithFlag(&fixed, ACL_EVENT_SYNC));
  Show("wait, new mode", aclrtStreamWaitEvent(waiting, fresh));
  Show("wait, default", aclrtStreamWaitEvent(waiting, plain));
  Show("wait, fixed id", aclrtStreamWaitEvent(waiting, fixed));
  aclrtEvent all[3] = {fresh, plain, fixed};
  for (int i = 0; i < 3; ++i) {
    aclrtEventRecordedStatus status;
    CHECK(aclrtQueryEventStatus(all[i], &status));
    printf("event %d: status %d, reset %d, synchronise %d\n", i, status,
           i == 1 ? 0 : aclrtResetEvent(all[i], recording),
           aclrtSynchronizeEvent(all[i]));
  }
  void* data = NewDevice(64);
  CHECK(aclrtMemset(data, 64, 1, 64));
  CHECK(aclrtMemsetAsync(data, 64, 3, 64, waiting));
  aclrtStreamStatus stuck;
  CHECK(aclrtStreamQuery(waiting, &stuck));
  printf("held: %d\n", stuck == ACL_STREAM_STATUS_NOT_READY);
  ShowDevice("before the record", data, 64);
  CHECK(aclrtRecordEvent(fixed, recording));
  CHECK(aclrtSynchronizeStream(waiting));
  ShowDevice("after the record", data, 64);
  return Finish();
}
