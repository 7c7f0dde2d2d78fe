/* H10: the KV block of a finished request is freed while its copy to the host
 * is still queued, and the next request gets it (family F5). Fixed: the block
 * is freed after the event behind the copy.
 *
 * The offloaded cache of one request then holds the prompt of another. */
#include "../check.h"

enum { kRequests = 5 };

static int32_t First(int request) { return 5000 * (request + 1); }

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream compute = NewStream(), offload = NewStream();
  aclrtEvent computed = NewEvent(), offloaded = NewEvent();
  int32_t* store = (int32_t*)NewPinned(kRequests * kBytes);
  void* position = NewNumbers(0, 1);
  for (int request = 0; request < kRequests; ++request) {
    void* block = NewNumbers(First(request), 0);
    Run(add, block, position, block, compute);
    CHECK(aclrtRecordEvent(computed, compute));
    CHECK(aclrtStreamWaitEvent(offload, computed));
    CHECK(aclrtMemcpyAsync(store + request * kCount, kBytes, block, kBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST, offload));
    CHECK(aclrtRecordEvent(offloaded, offload));
    CHECK(aclrtSynchronizeStream(compute));  /* The request is finished. */
#ifdef FIXED
    CHECK(aclrtSynchronizeEvent(offloaded));
#endif
    CHECK(aclrtFree(block));
  }
  CHECK(aclrtSynchronizeStream(offload));

  int wrong = 0;
  for (int request = 0; request < kRequests; ++request) {
    for (int i = 0; i < kCount; ++i) {
      const int32_t expected = First(request) + i;
      const int32_t got = store[request * kCount + i];
      if (got == expected) continue;
      printf("request %d: [%d] expected %d, got %d\n", request, i, expected,
             got);
      ++wrong;
      break;
    }
  }
  printf("%d of %d requests are wrong\n", wrong, kRequests);
  Finish();
  return wrong != 0;
}
