/* H29: a stream is aborted and with it the record for which another stream
 * still waits, now for ever (R51). Fixed: that stream is aborted first. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream producer = NewStream(), consumer = NewStream();
  aclrtEvent ready = NewEvent();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0), *z = NewNumbers(0, 0);
  Run(add, x, x, y, producer);
  CHECK(aclrtRecordEvent(ready, producer));
  CHECK(aclrtStreamWaitEvent(consumer, ready));
  Run(add, y, y, z, consumer);

  /* The request was cancelled. */
#ifdef FIXED
  CHECK(aclrtStreamAbort(consumer));
#endif
  CHECK(aclrtStreamAbort(producer));
  const aclError code = aclrtSynchronizeStreamWithTimeout(consumer, 1000);
  Show("consumer after the abort", code);
  if (code != ACL_SUCCESS) CHECK(aclrtStreamAbort(consumer));

  Run(add, x, x, y, producer);
  CHECK(aclrtRecordEvent(ready, producer));
  CHECK(aclrtStreamWaitEvent(consumer, ready));
  Run(add, y, y, z, consumer);
  CHECK(aclrtSynchronizeStream(consumer));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, z, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("the next request: expected 4, got %d\n", got);
  Finish();
  return got != 4;
}
