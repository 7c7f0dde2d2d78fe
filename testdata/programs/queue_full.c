/* More tasks than a stream's queue holds: submission waits for room and goes
 * on; nothing is lost, nothing fails (R36, R37). A second stream, held by an
 * event, is filled behind it without end up to what fits. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  uint32_t* data = (uint32_t*)NewDevice(64);
  for (uint32_t i = 0; i < 2500; ++i) {
    CHECK(aclrtMemsetD32Async(data + i % 16, 4, i, 1, stream));
  }
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("2500 fills", data, 64);

  aclrtStream held = NewStream();
  aclrtEvent gate = NULL;
  CHECK(aclrtCreateEventWithFlag(&gate, ACL_EVENT_SYNC));
  CHECK(aclrtStreamWaitEvent(held, gate));
  for (uint32_t i = 0; i < 1900; ++i) {
    CHECK(aclrtMemsetD32Async(data + i % 16, 4, 7 * i, 1, held));
  }
  ShowDevice("held", data, 64);
  CHECK(aclrtRecordEvent(gate, stream));
  CHECK(aclrtSynchronizeStream(held));
  ShowDevice("released", data, 64);
  return Finish();
}
