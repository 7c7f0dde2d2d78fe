/* A task that fails: the call had returned success, the next synchronise of
 * its stream tells it once, later tasks run (R52, R178, R180, R181, H43). What
 * fails is a copy by a descriptor that was never set. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream(), sound = NewStream();
  void* x = NewNumbers(1, 1);
  void* out = NewDevice(kBytes);
  void* empty = NewDevice(64);
  CHECK(aclrtMemset(empty, 64, 0, 64));
  Show("copy", aclrtMemcpyAsyncWithDesc(
                   empty, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, stream));
  Show("after it", TryRun(add, x, x, out, kBytes, stream));
  Show("last error so far", aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
  Show("other stream", aclrtSynchronizeStream(sound));
  Show("synchronise", aclrtSynchronizeStream(stream));
  Show("once more", aclrtSynchronizeStream(stream));
  Show("last error", aclrtGetLastError(ACL_RT_THREAD_LEVEL));
  Show("read away", aclrtGetLastError(ACL_RT_THREAD_LEVEL));
  ShowDevice("later task ran", out, kBytes);
  return Finish();
}
