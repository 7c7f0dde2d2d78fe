/* H5: a buffer is cleared on a side stream, and nothing orders that before the
 * kernel that writes it (family F4, write after write). Fixed: the compute
 * stream waits for the event behind the clear.
 *
 * The clear is only there so that a padded tail reads as zero; when it comes
 * last, it takes the results with it. */
#include "../check.h"

enum { kSteps = 5 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream compute = NewStream(), side = NewStream();
  aclrtEvent cleared = NewEvent();
  void *x = NewNumbers(1, 1), *three = NewNumbers(3, 0);
  void* padded[kSteps];
  for (int step = 0; step < kSteps; ++step) {
    padded[step] = NewDevice(2 * kBytes);
    CHECK(aclrtMemsetAsync(padded[step], 2 * kBytes, 0, 2 * kBytes, side));
    CHECK(aclrtRecordEvent(cleared, side));
#ifdef FIXED
    CHECK(aclrtStreamWaitEvent(compute, cleared));
#endif
    Run(mul, x, three, x, compute);
    Run(mul, x, three, padded[step], compute);
  }
  CHECK(aclrtSynchronizeStream(compute));
  CHECK(aclrtSynchronizeStream(side));

  int wrong = 0;
  int32_t power = 3;
  for (int step = 0; step < kSteps; ++step) {
    int32_t got[2 * kCount];
    CHECK(aclrtMemcpy(got, 2 * kBytes, padded[step], 2 * kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    power *= 3;
    for (int i = 0; i < 2 * kCount; ++i) {
      const int32_t expected = i < kCount ? power * (i + 1) : 0;
      if (got[i] == expected) continue;
      printf("step %d: [%d] expected %d, got %d\n", step, i, expected, got[i]);
      ++wrong;
      break;
    }
  }
  printf("%d of %d steps are wrong\n", wrong, kSteps);
  Finish();
  return wrong != 0;
}
