/* NULL is the default stream of the calling thread's current context: another
 * one in each context, and no fence for other streams (R13, R30, H17). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtContext primary = NULL, second = NULL;
  CHECK(aclrtGetCurrentContext(&primary));
  void* x = NewNumbers(1, 1);
  void *a = NewDevice(kBytes), *b = NewDevice(kBytes);
  aclrtEvent done = NewEvent();
  Run(add, x, x, a, NULL);
  CHECK(aclrtRecordEvent(done, NULL));
  aclrtStream first_default = NULL, second_default = NULL;
  CHECK(aclrtCtxGetCurrentDefaultStream(&first_default));

  CHECK(aclrtCreateContext(&second, 0));
  CHECK(aclrtCtxGetCurrentDefaultStream(&second_default));
  printf("two default streams: %d\n", first_default != second_default);
  /* The host waits for the other context's event, then uses its own NULL. */
  CHECK(aclrtSynchronizeEvent(done));
  Run(add, a, x, b, NULL);
  CHECK(aclrtSynchronizeStream(NULL));
  ShowDevice("3 x", b, kBytes);
  Show("destroy NULL", aclrtDestroyStream(NULL));
  CHECK(aclrtSetCurrentContext(primary));
  CHECK(aclrtSynchronizeStream(NULL));
  ShowDevice("2 x", a, kBytes);
  CHECK(aclrtDestroyContext(second));
  return Finish();
}
