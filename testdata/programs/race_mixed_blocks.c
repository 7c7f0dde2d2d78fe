/* A race on purpose: a copy reads what another copy is still writing and
 * nothing orders them (H5). Where the two overlap in virtual time the pieces of
 * both take turns: some of what was read is new, some is old. */
#include "check.h"

enum { kBig = 8 << 20 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream slow = NewStream(), fast = NewStream();
  char* host = NewPinned(kBig);
  memset(host, 1, kBig);
  void *buffer = NewDevice(kBig), *copy = NewDevice(kBig);
  CHECK(aclrtMemset(buffer, kBig, 0, kBig));
  CHECK(aclrtMemcpyAsync(buffer, kBig, host, kBig, ACL_MEMCPY_HOST_TO_DEVICE,
                         slow));
  /* Each unsuccessful query takes a little of the time that the copy needs. */
  aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
  for (int i = 0; i < 100; ++i) CHECK(aclrtStreamQuery(slow, &status));
  CHECK(aclrtMemcpyAsync(copy, kBig, buffer, kBig, ACL_MEMCPY_DEVICE_TO_DEVICE,
                         fast));
  CHECK(aclrtSynchronizeStream(slow));
  CHECK(aclrtSynchronizeStream(fast));
  CHECK(aclrtMemcpy(host, kBig, copy, kBig, ACL_MEMCPY_DEVICE_TO_HOST));
  int done = 0;
  for (int i = 0; i < kBig; ++i) done += host[i];
  printf("the copy holds %d of %d new bytes\n", done, kBig);
  return Finish();
}
