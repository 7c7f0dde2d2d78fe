/* Priorities are clamped to 0..7 and never break an order by events (R34); the
 * streams' order without events is the policy's. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclopHandle* add = NewBinary("Add");
  aclrtStream low = NULL, high = NULL;
  CHECK(aclrtCreateStreamWithConfig(&low, 100, ACL_STREAM_FAST_LAUNCH));
  CHECK(aclrtCreateStreamWithConfig(&high, 0, ACL_STREAM_FAST_SYNC));
  uint32_t priority[2], flags[2];
  CHECK(aclrtStreamGetPriority(low, &priority[0]));
  CHECK(aclrtStreamGetPriority(high, &priority[1]));
  CHECK(aclrtStreamGetFlags(low, &flags[0]));
  CHECK(aclrtStreamGetFlags(high, &flags[1]));
  printf("low: %u, flags %u; high: %u, flags %u\n", priority[0], flags[0],
         priority[1], flags[1]);
  void* x = NewNumbers(3, 1);
  void* y = NewNumbers(2, 0);
  aclrtEvent event = NewEvent();
  Run(mul, x, y, x, low);
  CHECK(aclrtRecordEvent(event, low));
  CHECK(aclrtStreamWaitEvent(high, event));
  Run(add, x, y, x, high);
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("2 x + 2", x, kBytes);
  /* No event: who comes first? */
  Run(add, x, y, x, low);
  Run(mul, x, y, x, low);
  Run(add, x, y, x, high);
  Run(mul, x, y, x, high);
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("in some order", x, kBytes);
  return Finish();
}
