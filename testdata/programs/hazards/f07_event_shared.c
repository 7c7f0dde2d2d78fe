/* H5: one event is recorded on the streams of two micro-batches before the
 * waits are queued; both waits bind to the later record, and nobody waits for
 * the first batch (family F7, R58). Fixed: an event for each micro-batch.
 *
 * The first batch is a prefill and has more kernels than the second one. */
#include "../check.h"

enum { kSteps = 4, kBatches = 2 };

static const int kKernels[kBatches] = {6, 1};

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream combine = NewStream(), streams[kBatches];
  aclrtEvent done[kBatches];
  void *x = NewNumbers(1, 1), *sum = NewNumbers(0, 0), *hidden[kBatches];
  for (int b = 0; b < kBatches; ++b) {
    streams[b] = NewStream();
    hidden[b] = NewNumbers(0, 0);
#ifdef FIXED
    done[b] = NewEvent();
#else
    done[b] = b == 0 ? NewEvent() : done[0];
#endif
  }

  for (int step = 0; step < kSteps; ++step) {
    for (int b = 0; b < kBatches; ++b) {
      for (int kernel = 0; kernel < kKernels[b]; ++kernel) {
        Run(add, hidden[b], x, hidden[b], streams[b]);
      }
      CHECK(aclrtRecordEvent(done[b], streams[b]));
    }
    for (int b = 0; b < kBatches; ++b) {
      CHECK(aclrtStreamWaitEvent(combine, done[b]));
    }
    for (int b = 0; b < kBatches; ++b) {
      Run(add, sum, hidden[b], sum, combine);
    }
    CHECK(aclrtSynchronizeStream(combine));
  }
  CHECK(aclrtSynchronizeDevice());

  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, sum, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  int wrong = 0;
  for (int i = 0; i < kCount && wrong == 0; ++i) {
    const int32_t expected = 7 * kSteps * (kSteps + 1) / 2 * (i + 1);
    if (got[i] == expected) continue;
    printf("sum: [%d] expected %d, got %d\n", i, expected, got[i]);
    wrong = 1;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
