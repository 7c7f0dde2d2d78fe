/* H15: the output of a step is read after the event of another slot, which
 * was recorded earlier (family F3). Fixed: the event of the slot that is read.
 *
 * Asynchronous output: three pinned buffers, each with an event behind its
 * copy; the host reads the output of a step while the next one runs. */
#include "../check.h"

enum { kSteps = 9, kSlots = 3 };

static aclrtEvent copied[kSlots];
static int32_t* output[kSlots];

static int Collect(int step) {
  const int slot = step % kSlots;
#ifdef FIXED
  const int behind = slot;
#else
  const int behind = (slot + kSlots - 1) % kSlots;
#endif
  CHECK(aclrtSynchronizeEvent(copied[behind]));
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, output[slot], kBytes,
                    ACL_MEMCPY_HOST_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = (step + 1) * (i + 1);
    if (got[i] == expected) continue;
    printf("step %d: [%d] expected %d, got %d\n", step, i, expected, got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream kernels = NewStream(), copies = NewStream();
  void *one = NewNumbers(1, 1), *sum = NewNumbers(0, 0);
  void* staged[kSlots];
  aclrtEvent computed = NewEvent();
  for (int slot = 0; slot < kSlots; ++slot) {
    output[slot] = (int32_t*)NewPinned(kBytes);
    staged[slot] = NewDevice(kBytes);
    copied[slot] = NewEvent();
  }

  int wrong = 0;
  for (int step = 0; step < kSteps; ++step) {
    const int slot = step % kSlots;
    if (step >= kSlots) CHECK(aclrtStreamWaitEvent(kernels, copied[slot]));
    Run(add, sum, one, sum, kernels);
    CHECK(aclrtMemcpyAsync(staged[slot], kBytes, sum, kBytes,
                           ACL_MEMCPY_DEVICE_TO_DEVICE, kernels));
    CHECK(aclrtRecordEvent(computed, kernels));
    CHECK(aclrtStreamWaitEvent(copies, computed));
    CHECK(aclrtMemcpyAsync(output[slot], kBytes, staged[slot], kBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST, copies));
    CHECK(aclrtRecordEvent(copied[slot], copies));
    if (step > 0) wrong += Collect(step - 1);
  }
  wrong += Collect(kSteps - 1);
  CHECK(aclrtSynchronizeDevice());
  printf("%d of %d outputs are wrong\n", wrong, kSteps);
  Finish();
  return wrong != 0;
}
