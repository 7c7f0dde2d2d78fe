/* H10: the pinned buffer of a cancelled request is freed while the copy that
 * writes it is still queued (family F3). Fixed: the copy's event is waited for
 * first.
 *
 * The next request may get the same memory and finds the other's KV cache in
 * its prompt; or the copy engine meets memory that is gone. */
#include "../check.h"

enum { kRequests = 4 };

static int Wrong(int request, const int32_t* prompt) {
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = -1000 * request - i;
    if (prompt[i] == expected) continue;
    printf("prompt %d: [%d] expected %d, got %d\n", request, i, expected,
           prompt[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  aclrtEvent swapped_out = NewEvent();
  void *cache = NewNumbers(0, 0), *one = NewNumbers(1, 1);
  int32_t* prompts[kRequests];
  for (int request = 0; request < kRequests; ++request) {
    int32_t* swap = (int32_t*)NewPinned(kBytes);
    Run(add, cache, one, cache, stream);
    CHECK(aclrtMemcpyAsync(swap, kBytes, cache, kBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST, stream));
    CHECK(aclrtRecordEvent(swapped_out, stream));
    /* The request is cancelled: nobody will swap in again. */
#ifdef FIXED
    CHECK(aclrtSynchronizeEvent(swapped_out));
#endif
    CHECK(aclrtFreeHost(swap));
    prompts[request] = (int32_t*)NewPinned(kBytes);
    for (int i = 0; i < kCount; ++i) {
      prompts[request][i] = -1000 * request - i;
    }
  }
  const aclError code = aclrtSynchronizeStream(stream);
  int wrong = code != ACL_SUCCESS;
  if (wrong) printf("synchronise: expected 0, got %d\n", code);
  for (int i = 0; i < kRequests; ++i) wrong += Wrong(i, prompts[i]);
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
