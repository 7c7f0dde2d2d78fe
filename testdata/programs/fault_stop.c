/* ACL_STOP_ON_FAILURE: after one failed task every stream of the context is
 * stopped and says so until the end (R52, R53). The task that fails is a copy
 * by a descriptor that was never set. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream(), other = NewStream();
  Show("stop", aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE));
  Show("stop again", aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE));
  Show("back", aclrtSetStreamFailureMode(stream, ACL_CONTINUE_ON_FAILURE));
  void* x = NewNumbers(1, 1);
  void* empty = NewDevice(64);
  CHECK(aclrtMemset(empty, 64, 0, 64));
  void* out = NewNumbers(0, 0);
  Show("copy", aclrtMemcpyAsyncWithDesc(
                   empty, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, stream));
  Show("synchronise", aclrtSynchronizeStream(stream));
  Show("sticky", aclrtSynchronizeStream(stream));
  Show("no more launches", TryRun(add, x, x, out, kBytes, stream));
  Show("other stream", TryRun(add, x, x, out, kBytes, other));
  Show("other synchronise", aclrtSynchronizeStream(other));
  ShowDevice("untouched", out, kBytes);
  Show("reset", aclrtResetDevice(0));
  Show("finalise", aclFinalize());
  return 0;
}
