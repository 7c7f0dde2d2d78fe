/* H26: each of two streams waits for what the other one signals only after its
 * own wait: both wait for ever. Fixed: the second one signals first. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream[2] = {NewStream(), NewStream()};
  aclrtNotify ready[2];
  for (int i = 0; i < 2; ++i) CHECK(aclrtCreateNotify(&ready[i], 0));
  void *x = NewNumbers(1, 0), *half[2], *sum[2];
  for (int i = 0; i < 2; ++i) {
    half[i] = NewNumbers(0, 0);
    sum[i] = NewNumbers(0, 0);
    Run(add, x, x, half[i], stream[i]);
  }

  CHECK(aclrtWaitAndResetNotify(ready[1], stream[0], 0));
  CHECK(aclrtRecordNotify(ready[0], stream[0]));
#ifdef FIXED
  CHECK(aclrtRecordNotify(ready[1], stream[1]));
  CHECK(aclrtWaitAndResetNotify(ready[0], stream[1], 0));
#else
  CHECK(aclrtWaitAndResetNotify(ready[0], stream[1], 0));
  CHECK(aclrtRecordNotify(ready[1], stream[1]));
#endif
  for (int i = 0; i < 2; ++i) Run(add, half[0], half[1], sum[i], stream[i]);

  int wrong = 0;
  for (int i = 0; i < 2; ++i) {
    const aclError code = aclrtSynchronizeStreamWithTimeout(stream[i], 1000);
    Show("synchronise", code);
    if (code != ACL_SUCCESS) continue;
    int32_t got = 0;
    CHECK(aclrtMemcpy(&got, 4, sum[i], 4, ACL_MEMCPY_DEVICE_TO_HOST));
    printf("sum of the halves: expected 4, got %d\n", got);
    wrong |= got != 4;
  }
#ifndef FIXED
  for (int i = 0; i < 2; ++i) CHECK(aclrtStreamAbort(stream[i]));
#endif
  Finish();
  return wrong;
}
