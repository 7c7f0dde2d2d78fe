/* A kernel that reads freed memory faults; the call had returned success, the
 * next synchronise tells it once, and later tasks run (R52, R178, R180, R181,
 * H43). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream(), sound = NewStream();
  void* x = NewNumbers(1, 1);
  void* out = NewDevice(kBytes);
  char* wild = (char*)(uintptr_t)0x100;
  Show("launch", TryRun(add, x, wild, out, kBytes, stream));
  Show("after it", TryRun(add, x, x, out, kBytes, stream));
  Show("another stream", TryRun(add, x, x, x, kBytes, sound));
  Show("last error so far", aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
  Show("other stream", aclrtSynchronizeStream(sound));
  Show("synchronise", aclrtSynchronizeStream(stream));
  Show("once more", aclrtSynchronizeStream(stream));
  Show("last error", aclrtGetLastError(ACL_RT_THREAD_LEVEL));
  Show("read away", aclrtGetLastError(ACL_RT_THREAD_LEVEL));
  ShowDevice("later task ran", out, kBytes);
  Show("launch again", TryRun(add, x, x, out, kBytes, stream));
  Show("synchronise", aclrtSynchronizeStream(stream));
  ShowDevice("and again", out, kBytes);
  return Finish();
}
