/* Fork and join: stream a feeds b and c by one event, a waits for both.
 * Rules R29, R58: the result is the same in every legal order. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream a = NewStream(), b = NewStream(), c = NewStream();
  aclrtEvent fork = NewEvent(), left = NewEvent(), right = NewEvent();
  void* x = NewNumbers(1, 1);
  void* y = NewNumbers(7, 3);
  void *sum = NewDevice(kBytes), *p = NewDevice(kBytes);
  void *q = NewDevice(kBytes), *out = NewDevice(kBytes);

  Run(add, x, y, sum, a);
  CHECK(aclrtRecordEvent(fork, a));
  CHECK(aclrtStreamWaitEvent(b, fork));
  CHECK(aclrtStreamWaitEvent(c, fork));
  Run(mul, sum, x, p, b);
  Run(mul, sum, y, q, c);
  CHECK(aclrtRecordEvent(left, b));
  CHECK(aclrtRecordEvent(right, c));
  CHECK(aclrtStreamWaitEvent(a, left));
  CHECK(aclrtStreamWaitEvent(a, right));
  Run(add, p, q, out, a);
  CHECK(aclrtSynchronizeStream(a));
  ShowDevice("(x + y) * x + (x + y) * y", out, kBytes);
  return Finish();
}
