/* Host functions of two streams: each holds its stream (R110), all of them run
 * one after another on the context's thread. The order between the streams is
 * a decision of the policy; within a stream it is that of the calls. The
 * context's thread makes this a program with two threads. */
#include "check.h"

static char journal[32];
static int entries;

static void Note(void* letter) { journal[entries++] = *(char*)letter; }

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream lower = NewStream(), upper = NewStream();
  static char letters[] = "abcdABCD";
  void* x = NewNumbers(1, 0);
  void* y = NewNumbers(1, 0);
  for (int i = 0; i < 4; ++i) {
    Run(add, x, x, x, lower);
    CHECK(aclrtLaunchHostFunc(lower, Note, &letters[i]));
    CHECK(aclrtLaunchHostFunc(upper, Note, &letters[4 + i]));
    Run(add, y, y, y, upper);
  }
  CHECK(aclrtSynchronizeStream(lower));
  CHECK(aclrtSynchronizeStream(upper));
  REQUIRE(entries == 8);
  printf("order: %s\n", journal);
  ShowDevice("x", x, kBytes);
  ShowDevice("y", y, kBytes);
  return Finish();
}
