/* H18: the consumer's stream waits for an event before any record of it, which
 * waits for nothing (R59). Fixed: the record comes first. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream producer = NewStream(), consumer = NewStream();
  aclrtEvent ready = NewEvent();
  void *x = NewNumbers(3, 0), *product = NewNumbers(0, 0);
  void* sum = NewDevice(kBytes);
#ifndef FIXED
  CHECK(aclrtStreamWaitEvent(consumer, ready));
#endif
  Run(mul, x, x, product, producer);
  CHECK(aclrtRecordEvent(ready, producer));
#ifdef FIXED
  CHECK(aclrtStreamWaitEvent(consumer, ready));
#endif
  Run(add, product, x, sum, consumer);
  CHECK(aclrtSynchronizeStream(consumer));
  CHECK(aclrtSynchronizeStream(producer));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x * x + x: expected 12, got %d\n", got);
  Finish();
  return got != 12;
}
