/* H28: a stream waits for the event of the first step, which was destroyed; the
 * real runtime may have given its address to the event of the second step
 * (R28). Fixed: it waits for that one. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream producer = NewStream(), consumer = NewStream();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0), *z = NewDevice(kBytes);
  aclrtEvent first = NewEvent();
  Run(add, y, x, y, producer);
  CHECK(aclrtRecordEvent(first, producer));
  CHECK(aclrtSynchronizeEvent(first));
  CHECK(aclrtDestroyEvent(first));

  aclrtEvent second = NewEvent();
  Run(add, y, x, y, producer);
  CHECK(aclrtRecordEvent(second, producer));
#ifdef FIXED
  const aclError code = aclrtStreamWaitEvent(consumer, second);
#else
  const aclError code = aclrtStreamWaitEvent(consumer, first);
#endif
  Show("wait", code);
  if (code != ACL_SUCCESS) CHECK(aclrtSynchronizeEvent(second));
  Run(add, y, x, z, consumer);
  CHECK(aclrtSynchronizeStream(consumer));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, z, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("1 + 1 + 1: expected 3, got %d\n", got);
  CHECK(aclrtDestroyEvent(second));
  Finish();
  return got != 3;
}
