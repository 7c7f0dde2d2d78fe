/* A race on purpose: the consumer's stream waits for the producer's event in
 * every round but the last (H5, the bug family F4). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream producer = NewStream(), consumer = NewStream();
  aclrtEvent ready = NewEvent();
  void* x = NewNumbers(1, 1);
  void* product = NewNumbers(0, 0);
  void* sum = NewNumbers(0, 0);
  for (int round = 0; round < 4; ++round) {
    Run(mul, x, x, product, producer);
    Run(add, product, x, product, producer);
    CHECK(aclrtRecordEvent(ready, producer));
    if (round < 3) CHECK(aclrtStreamWaitEvent(consumer, ready));
    Run(add, sum, product, sum, consumer);
    if (round < 3) CHECK(aclrtSynchronizeStream(consumer));
  }
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("sum", sum, kBytes);
  return Finish();
}
