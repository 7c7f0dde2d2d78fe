/* A race on purpose: the host reads what a stream copies to pinned memory
 * before it synchronises (R89, H15, the bug family F3). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void* x = NewNumbers(1, 1);
  int32_t* host = (int32_t*)NewPinned(kBytes);
  int32_t early[5];
  for (int round = 0; round < 5; ++round) {
    Run(add, x, x, x, stream);
    CHECK(aclrtMemcpyAsync(host, kBytes, x, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                           stream));
    early[round] = host[0];
  }
  CHECK(aclrtSynchronizeStream(stream));
  for (int round = 0; round < 5; ++round) printf("early: %d\n", early[round]);
  ShowBytes("in the end", host, kBytes);
  return Finish();
}
