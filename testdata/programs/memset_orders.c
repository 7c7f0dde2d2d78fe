/* Fills: on device memory in stream order, on host memory at once, whatever
 * the stream still has to do (R93, R94, H8). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  aclrtEvent gate = NULL;
  CHECK(aclrtCreateEventWithFlag(&gate, ACL_EVENT_SYNC));
  unsigned char* host = (unsigned char*)NewPinned(64);
  uint32_t* device = (uint32_t*)NewDevice(64);
  CHECK(aclrtMemset(device, 64, 0x5a, 64));
  CHECK(aclrtStreamWaitEvent(stream, gate));
  Show("host fill", aclrtMemsetAsync(host, 64, 7, 64, stream));
  Show("device fill", aclrtMemsetAsync(device, 64, 7, 64, stream));
  Show("words", aclrtMemsetD32Async(device + 4, 48, 0xdeadbeef, 3, stream));
  ShowBytes("host, held stream", host, 64);
  ShowDevice("device, held stream", device, 64);
  aclrtStream other = NewStream();
  CHECK(aclrtRecordEvent(gate, other));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("device, released", device, 64);
  Show("more than there is", aclrtMemset(device, 8, 0, 9));
  Show("nothing", aclrtMemset(device, 8, 0, 0));
  Show("words unaligned", aclrtMemsetD32((char*)device + 2, 16, 1, 2));
  return Finish();
}
