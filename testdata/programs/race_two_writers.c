/* A race on purpose: two streams write one buffer and nothing orders them
 * (H5, H17). Whose numbers stay depends on policy and seed. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream[4];
  for (int i = 0; i < 4; ++i) stream[i] = NewStream();
  void* out = NewNumbers(1, 0);
  for (int i = 0; i < 4; ++i) {
    void* factor = NewNumbers(i + 3, 0);
    Run(add, out, factor, out, stream[i]);
    Run(mul, out, factor, out, stream[3 - i]);
  }
  for (int i = 0; i < 4; ++i) CHECK(aclrtSynchronizeStream(stream[i]));
  ShowDevice("some order of four sums and four products", out, kBytes);
  return Finish();
}
