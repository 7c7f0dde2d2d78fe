/* Polling an event and a stream instead of synchronising: queries never block
 * and in the end tell completion (R45, R63). How often they say "not ready"
 * depends on the policy, so the number is part of the output. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream = NewStream();
  aclrtEvent event = NewEvent();
  void* x = NewNumbers(3, 2);
  for (int i = 0; i < 10; ++i) Run(mul, x, x, x, stream);
  CHECK(aclrtRecordEvent(event, stream));
  Run(mul, x, x, x, stream);

  int event_polls = 0, stream_polls = 0;
  aclrtEventRecordedStatus recorded = ACL_EVENT_RECORDED_STATUS_NOT_READY;
  while (recorded != ACL_EVENT_RECORDED_STATUS_COMPLETE) {
    CHECK(aclrtQueryEventStatus(event, &recorded));
    ++event_polls;
  }
  aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
  while (status != ACL_STREAM_STATUS_COMPLETE) {
    CHECK(aclrtStreamQuery(stream, &status));
    ++stream_polls;
  }
  printf("polls: %d and %d\n", event_polls, stream_polls);
  ShowDevice("x to the 2048th", x, kBytes);
  return Finish();
}
