/* H20: a notify is destroyed as soon as its wait is queued, while the stream
 * may still wait for it. Fixed: when the stream has been synchronised. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream producer = NewStream(), consumer = NewStream();
  aclrtNotify ready = NULL;
  CHECK(aclrtCreateNotify(&ready, 0));
  void *x = NewNumbers(3, 0), *product = NewNumbers(0, 0);
  void* sum = NewDevice(kBytes);
  Run(mul, x, x, product, producer);
  CHECK(aclrtRecordNotify(ready, producer));
  CHECK(aclrtWaitAndResetNotify(ready, consumer, 0));
#ifndef FIXED
  CHECK(aclrtDestroyNotify(ready));
#endif
  Run(add, product, x, sum, consumer);
  CHECK(aclrtSynchronizeStream(consumer));
#ifdef FIXED
  CHECK(aclrtDestroyNotify(ready));
#endif
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x * x + x: expected 12, got %d\n", got);
  Finish();
  return got != 12;
}
