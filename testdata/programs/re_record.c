/* A wait binds to the record that is the latest at the call of
 * aclrtStreamWaitEvent; recording the event again does not move it (R58). The
 * second record comes after a wait for what only the first waiter's stream can
 * give: were the wait moved, the two streams would wait for each other. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream first = NewStream(), second = NewStream();
  aclrtEvent event = NewEvent(), back = NewEvent();
  void* x = NewNumbers(1, 2);
  void* y = NewNumbers(5, 0);
  void *a = NewDevice(kBytes), *b = NewDevice(kBytes), *c = NewDevice(kBytes);

  Run(add, x, y, a, first);
  CHECK(aclrtRecordEvent(event, first));
  CHECK(aclrtStreamWaitEvent(second, event));
  Run(add, a, x, b, second);
  CHECK(aclrtRecordEvent(back, second));
  CHECK(aclrtStreamWaitEvent(first, back));
  Run(add, a, b, c, first);
  CHECK(aclrtRecordEvent(event, first));

  CHECK(aclrtSynchronizeEvent(event));
  ShowDevice("before the second record", b, kBytes);
  ShowDevice("after it", c, kBytes);
  return Finish();
}
