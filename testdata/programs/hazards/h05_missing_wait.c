/* H5: the consumer's stream reads a product that the producer's stream may not
 * have computed yet. Fixed: it waits for an event of the producer. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream producer = NewStream(), consumer = NewStream();
  void *x = NewNumbers(3, 0), *product = NewNumbers(0, 0);
  void* sum = NewDevice(kBytes);
  Run(mul, x, x, product, producer);
#ifdef FIXED
  aclrtEvent ready = NewEvent();
  CHECK(aclrtRecordEvent(ready, producer));
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
