/* Times between events are virtual and the same in every run of one policy
 * and seed (R66). Also the codes for events that were not recorded, not
 * finished or have no time line. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream = NewStream();
  aclrtEvent start = NULL, end = NULL, untimed = NewEvent();
  CHECK(aclrtCreateEventExWithFlag(&start, ACL_EVENT_TIME_LINE));
  CHECK(aclrtCreateEventExWithFlag(&end, ACL_EVENT_TIME_LINE));
  float ms = 0;
  Show("never recorded", aclrtEventElapsedTime(&ms, start, end));
  void* x = NewNumbers(1, 1);
  for (int round = 0; round < 3; ++round) {
    CHECK(aclrtRecordEvent(start, stream));
    for (int i = 0; i <= round * 4; ++i) Run(mul, x, x, x, stream);
    CHECK(aclrtRecordEvent(end, stream));
    CHECK(aclrtSynchronizeStream(stream));
    CHECK(aclrtEventElapsedTime(&ms, start, end));
    REQUIRE(ms > 0);
    printf("round %d: %.6f ms\n", round, ms);
  }
  CHECK(aclrtRecordEvent(untimed, stream));
  CHECK(aclrtSynchronizeStream(stream));
  Show("no time line", aclrtEventElapsedTime(&ms, start, untimed));
  Show("end before start", aclrtEventElapsedTime(&ms, end, start));
  return Finish();
}
