/* A race on purpose: memory is freed and given out again while a kernel that
 * reads it is still queued (R80, H10). Which numbers the kernel sees depends on
 * the policy. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void* out = NewDevice(kBytes);
  void* x = NewNumbers(1, 1);
  for (int i = 0; i < 4; ++i) Run(add, x, x, out, stream);
  CHECK(aclrtFree(x));
  void* next = NewNumbers(1000, 1000);
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("2 x, before or after", out, kBytes);
  ShowDevice("the new owner's", next, kBytes);
  return Finish();
}
