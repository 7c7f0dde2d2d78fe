/* H5: all executions of a graph read one input slot, which the next step fills
 * on another stream while the execution before may still read it (family F8).
 * Fixed: the fill waits for the execution. */
#include "../graphs.h"

enum { kSteps = 4 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream compute = NewStream(), copy = NewStream();
  aclrtEvent filled = NewEvent();
#ifdef FIXED
  aclrtEvent read = NewEvent();
#endif
  void *slot = NewNumbers(0, 0), *sum = NewNumbers(0, 0);
  int32_t* inputs = (int32_t*)NewPinned(kSteps * kBytes);
  for (int i = 0; i < kSteps * kCount; ++i) inputs[i] = i / kCount + 1;
  BeginCapture(compute);
  Run(add, sum, slot, sum, compute);
  aclmdlRI graph = EndCapture(compute);
  for (int i = 0; i < kSteps; ++i) {
    CHECK(aclrtMemcpyAsync(slot, kBytes, inputs + i * kCount, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, copy));
    CHECK(aclrtRecordEvent(filled, copy));
    CHECK(aclrtStreamWaitEvent(compute, filled));
    Execute(graph, compute);
#ifdef FIXED
    CHECK(aclrtRecordEvent(read, compute));
    CHECK(aclrtStreamWaitEvent(copy, read));
#endif
  }
  CHECK(aclrtSynchronizeStream(compute));
  CHECK(aclrtSynchronizeStream(copy));
  const int32_t got = FirstOf(sum);
  printf("sum: expected 10, got %d\n", got);
  CHECK(aclmdlRIDestroy(graph));
  Finish();
  return got != 10;
}
