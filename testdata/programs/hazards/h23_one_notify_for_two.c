/* H23: two consumers wait for one record of one notify; the first wait takes
 * it, the other one never ends (R74). Fixed: each has a notify of its own. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream producer = NewStream(), consumer[2];
  aclrtNotify ready[2] = {NULL, NULL};
  CHECK(aclrtCreateNotify(&ready[0], 0));
  ready[1] = ready[0];
#ifdef FIXED
  CHECK(aclrtCreateNotify(&ready[1], 0));
#endif
  void *x = NewNumbers(3, 0), *product = NewNumbers(0, 0), *sum[2];
  for (int i = 0; i < 2; ++i) {
    consumer[i] = NewStream();
    sum[i] = NewNumbers(0, 0);
  }
  Run(mul, x, x, product, producer);
  CHECK(aclrtRecordNotify(ready[0], producer));
#ifdef FIXED
  CHECK(aclrtRecordNotify(ready[1], producer));
#endif
  for (int i = 0; i < 2; ++i) {
    CHECK(aclrtWaitAndResetNotify(ready[i], consumer[i], 0));
    Run(add, product, x, sum[i], consumer[i]);
  }

  int wrong = 0;
  for (int i = 0; i < 2; ++i) {
    const aclError code = aclrtSynchronizeStreamWithTimeout(consumer[i], 1000);
    Show("consumer", code);
    if (code != ACL_SUCCESS) {
      CHECK(aclrtStreamAbort(consumer[i]));
      continue;
    }
    int32_t got = 0;
    CHECK(aclrtMemcpy(&got, 4, sum[i], 4, ACL_MEMCPY_DEVICE_TO_HOST));
    printf("x * x + x: expected 12, got %d\n", got);
    wrong |= got != 12;
  }
  Finish();
  return wrong;
}
