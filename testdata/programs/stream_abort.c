/* Aborting a stream drops what has not run (R51, H29): how much that is, is
 * the policy's decision. The stream serves again afterwards. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void* x = NewNumbers(1, 0);
  void* y = NewNumbers(1, 0);
  for (int i = 0; i < 20; ++i) Run(add, x, y, x, stream);
  Show("abort", aclrtStreamAbort(stream));
  Show("synchronise", aclrtSynchronizeStream(stream));
  ShowDevice("what had run", x, kBytes);
  Show("launch", TryRun(add, x, y, x, kBytes, stream));
  Show("synchronise", aclrtSynchronizeStream(stream));
  ShowDevice("one more", x, kBytes);
  return Finish();
}
