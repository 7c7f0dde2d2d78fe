/* ACL_STOP_ON_FAILURE: after one failed task every stream of the context is
 * stopped and says so until the end (R52, R53). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream(), other = NewStream();
  Show("stop", aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE));
  Show("stop again", aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE));
  Show("back", aclrtSetStreamFailureMode(stream, ACL_CONTINUE_ON_FAILURE));
  void* x = NewNumbers(1, 1);
  void* out = NewNumbers(0, 0);
  char* wild = (char*)(uintptr_t)0x100;
  Show("launch", TryRun(add, x, wild, out, kBytes, stream));
  Show("synchronise", aclrtSynchronizeStream(stream));
  Show("sticky", aclrtSynchronizeStream(stream));
  Show("no more launches", TryRun(add, x, x, out, kBytes, stream));
  Show("other stream", TryRun(add, x, x, out, kBytes, other));
  Show("other synchronise", aclrtSynchronizeStream(other));
  ShowDevice("untouched", out, kBytes);
  return Finish();
}
