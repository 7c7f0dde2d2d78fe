/* H14: a window of numbers is shifted within its buffer by one copy, whose
 * source and target overlap (R91). Fixed: it goes through a second buffer. */
#include "../check.h"

enum { kShift = 64 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  char* window = (char*)NewNumbers(0, 1);
#ifdef FIXED
  void* copy = NewDevice(kBytes);
  CHECK(aclrtMemcpyAsync(copy, kBytes, window, kBytes - kShift,
                         ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
#else
  void* copy = window;
#endif
  CHECK(aclrtMemcpyAsync(window + kShift, kBytes - kShift, copy,
                         kBytes - kShift, ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, window, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  int wrong = 0;
  for (int i = kShift / 4; i < kCount && wrong == 0; ++i) {
    if (got[i] == i - kShift / 4) continue;
    printf("number %d: expected %d, got %d\n", i, i - kShift / 4, got[i]);
    wrong = 1;
  }
  printf("shifted: %s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
