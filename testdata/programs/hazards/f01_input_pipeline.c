/* H6: a pinned staging buffer is filled for the next step while the copy that
 * reads it is still queued (family F1). Fixed: the host waits for that copy.
 *
 * The input pipeline of a decoder: two staging buffers, two device inputs; the
 * copies run ahead of the kernels, the host runs ahead of both. Everything on
 * the device is ordered by events. */
#include "../check.h"

enum { kSteps = 8, kSlots = 2 };

static int Wrong(int step, const void* device) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = 1000 * step + i + 5;
    if (got[i] == expected) continue;
    printf("step %d: [%d] expected %d, got %d\n", step, i, expected, got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream copies = NewStream(), kernels = NewStream();
  void* bias = NewNumbers(5, 0);
  int32_t* staging[kSlots];
  void *input[kSlots], *output[kSteps];
  aclrtEvent copied[kSlots], consumed[kSlots];
  for (int slot = 0; slot < kSlots; ++slot) {
    staging[slot] = (int32_t*)NewPinned(kBytes);
    input[slot] = NewDevice(kBytes);
    copied[slot] = NewEvent();
    consumed[slot] = NewEvent();
  }

  for (int step = 0; step < kSteps; ++step) {
    const int slot = step % kSlots;
    if (step >= kSlots) {
#ifdef FIXED
      CHECK(aclrtSynchronizeEvent(copied[slot]));
#endif
      CHECK(aclrtStreamWaitEvent(copies, consumed[slot]));
    }
    for (int i = 0; i < kCount; ++i) staging[slot][i] = 1000 * step + i;
    CHECK(aclrtMemcpyAsync(input[slot], kBytes, staging[slot], kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, copies));
    CHECK(aclrtRecordEvent(copied[slot], copies));
    CHECK(aclrtStreamWaitEvent(kernels, copied[slot]));
    output[step] = NewDevice(kBytes);
    Run(add, input[slot], bias, output[step], kernels);
    CHECK(aclrtRecordEvent(consumed[slot], kernels));
  }

  CHECK(aclrtSynchronizeStream(kernels));
  int wrong = 0;
  for (int step = 0; step < kSteps; ++step) wrong += Wrong(step, output[step]);
  printf("%d of %d steps are wrong\n", wrong, kSteps);
  Finish();
  return wrong != 0;
}
