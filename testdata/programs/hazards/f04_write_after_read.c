/* H5: the copy stream writes the next chunk into an input that the kernels may
 * still read (family F4, write after read). Fixed: the copy stream waits for
 * the event behind the last reader.
 *
 * Chunked prefill with two device inputs. The other direction, kernels behind
 * copies, has its wait; the host buffers are never rewritten. */
#include "../check.h"

enum { kChunks = 8, kSlots = 2 };

static int Wrong(int chunk, const void* device) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = 3 * (kCount * chunk + i);
    if (got[i] == expected) continue;
    printf("chunk %d: [%d] expected %d, got %d\n", chunk, i, expected, got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream copies = NewStream(), kernels = NewStream();
  int32_t* prompt = (int32_t*)NewPinned(kChunks * kBytes);
  for (int i = 0; i < kChunks * kCount; ++i) prompt[i] = i;
  void *input[kSlots], *output[kChunks];
  aclrtEvent copied[kSlots], read[kSlots];
  for (int slot = 0; slot < kSlots; ++slot) {
    input[slot] = NewDevice(kBytes);
    copied[slot] = NewEvent();
    read[slot] = NewEvent();
  }
  for (int i = 0; i < kChunks; ++i) output[i] = NewDevice(kBytes);

  for (int chunk = 0; chunk < kChunks; ++chunk) {
    const int slot = chunk % kSlots;
#ifdef FIXED
    if (chunk >= kSlots) CHECK(aclrtStreamWaitEvent(copies, read[slot]));
#endif
    CHECK(aclrtMemcpyAsync(input[slot], kBytes, prompt + chunk * kCount,
                           kBytes, ACL_MEMCPY_HOST_TO_DEVICE, copies));
    CHECK(aclrtRecordEvent(copied[slot], copies));
    CHECK(aclrtStreamWaitEvent(kernels, copied[slot]));
    Run(add, input[slot], input[slot], output[chunk], kernels);
    Run(add, output[chunk], input[slot], output[chunk], kernels);
    CHECK(aclrtRecordEvent(read[slot], kernels));
  }

  CHECK(aclrtSynchronizeStream(copies));
  CHECK(aclrtSynchronizeStream(kernels));
  int wrong = 0;
  for (int i = 0; i < kChunks; ++i) wrong += Wrong(i, output[i]);
  printf("%d of %d chunks are wrong\n", wrong, kChunks);
  Finish();
  return wrong != 0;
}
