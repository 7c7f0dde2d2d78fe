/* Two streams take turns on one buffer, each waiting for the other's event;
 * the two events are recorded anew in every round. Rules R29, R58. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream ping = NewStream(), pong = NewStream();
  aclrtEvent from_ping = NewEvent(), from_pong = NewEvent();
  void* ball = NewNumbers(1, 1);
  void* three = NewNumbers(3, 0);

  for (int round = 0; round < 8; ++round) {
    if (round > 0) CHECK(aclrtStreamWaitEvent(ping, from_pong));
    Run(add, ball, three, ball, ping);
    CHECK(aclrtRecordEvent(from_ping, ping));
    CHECK(aclrtStreamWaitEvent(pong, from_ping));
    Run(mul, ball, three, ball, pong);
    CHECK(aclrtRecordEvent(from_pong, pong));
  }
  CHECK(aclrtSynchronizeEvent(from_pong));
  ShowDevice("eight rounds of (x + 3) * 3", ball, kBytes);
  return Finish();
}
