/* H24: the word that says "data is there" is written before the data is
 * (R75). Fixed: by a later task of the same stream. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream writer = NewStream(), reader = NewStream();
  void* flag = NewDevice(64);
  CHECK(aclrtMemset(flag, 64, 0, 64));
  void *x = NewNumbers(3, 0), *data = NewNumbers(0, 0);
  void* sum = NewDevice(kBytes);
  CHECK(aclrtValueWait(flag, 1, ACL_STREAM_WAIT_VALUE_EQ, reader));
  Run(add, data, x, sum, reader);
#ifndef FIXED
  CHECK(aclrtValueWrite(flag, 1, 0, writer));
#endif
  Run(mul, x, x, data, writer);
#ifdef FIXED
  CHECK(aclrtValueWrite(flag, 1, 0, writer));
#endif
  CHECK(aclrtSynchronizeStream(reader));
  CHECK(aclrtSynchronizeStream(writer));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x * x + x: expected 12, got %d\n", got);
  Finish();
  return got != 12;
}
