/* Notifies: each record wakes exactly one wait, which resets it (R74, H23).
 * Two streams hand a buffer to and fro without any event. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream a = NewStream(), b = NewStream();
  aclrtNotify there = NULL, back = NULL;
  CHECK(aclrtCreateNotify(&there, 0));
  CHECK(aclrtCreateNotify(&back, 0));
  void* x = NewNumbers(2, 1);
  void* two = NewNumbers(2, 0);
  for (int round = 0; round < 5; ++round) {
    Run(add, x, two, x, a);
    CHECK(aclrtRecordNotify(there, a));
    CHECK(aclrtWaitAndResetNotify(there, b, 0));
    Run(mul, x, two, x, b);
    CHECK(aclrtRecordNotify(back, b));
    CHECK(aclrtWaitAndResetNotify(back, a, 0));
  }
  CHECK(aclrtSynchronizeStream(a));
  ShowDevice("five rounds of (x + 2) * 2", x, kBytes);
  CHECK(aclrtDestroyNotify(there));
  CHECK(aclrtDestroyNotify(back));
  return Finish();
}
