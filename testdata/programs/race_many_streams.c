/* A race on purpose: twelve streams each append their number to one word by
 * x = 3 x + i, so that the result tells the whole order of the streams; one
 * event in the middle keeps two of them in order (H5). */
#include "check.h"

enum { kStreams = 12 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  void* x = NewNumbers(0, 0);
  void* three = NewNumbers(3, 0);
  aclrtEvent middle = NewEvent();
  for (int i = 0; i < kStreams; ++i) {
    aclrtStream stream = NewStream();
    void* number = NewNumbers(i, 0);
    if (i == 9) CHECK(aclrtStreamWaitEvent(stream, middle));
    Run(mul, x, three, x, stream);
    Run(add, x, number, x, stream);
    if (i == 2) CHECK(aclrtRecordEvent(middle, stream));
  }
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("trace of the order", x, kBytes);
  return Finish();
}
