/* H38: a handle outlives the stream it ran on; it finds the operator of that
 * stream, which is deleted, when a new stream gets the old address (R150, I11).
 * Fixed: each stream has a handle of its own. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  void *one = NewNumbers(1, 0), *sum = NewNumbers(0, 0);
  for (int request = 0; request < 3; ++request) {
    aclrtStream stream = NewStream();
    Show("launch", TryRun(add, sum, one, sum, kBytes, stream));
    CHECK(aclrtSynchronizeStream(stream));
    CHECK(aclrtDestroyStream(stream));
#ifdef FIXED
    aclopDestroyHandle(add);
    add = NewBinary("Add");
#endif
  }
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, sum, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("1 + 1 + 1: expected 3, got %d\n", got);
  Finish();
  return got != 3;
}
