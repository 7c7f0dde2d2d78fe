/* H6: a pool of pinned blocks gives a block to the next request when its copy
 * has been queued, not when it has run (family F2). Fixed: a block stays with
 * its event, and the pool waits for that before it gives the block out again.
 *
 * Nothing is freed and no call fails: the first request just gets the numbers
 * of a later one. */
#include "../check.h"

enum { kBlocks = 3, kRequests = 9 };

typedef struct {
  int32_t* host;
  aclrtEvent copied;
  int used;
} Block;

/* The block that was given out the longest time ago. */
static Block* Take(Block* pool, int request) {
  Block* block = &pool[request % kBlocks];
#ifdef FIXED
  if (block->used) CHECK(aclrtSynchronizeEvent(block->copied));
#endif
  block->used = 1;
  return block;
}

static int Wrong(int request, const void* device) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = 3 * (100 * request + i);
    if (got[i] == expected) continue;
    printf("request %d: [%d] expected %d, got %d\n", request, i, expected,
           got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream = NewStream();
  void* three = NewNumbers(3, 0);
  void* values[kRequests];
  Block pool[kBlocks];
  for (int i = 0; i < kBlocks; ++i) {
    pool[i] = (Block){(int32_t*)NewPinned(kBytes), NewEvent(), 0};
  }
  for (int request = 0; request < kRequests; ++request) {
    Block* block = Take(pool, request);
    for (int i = 0; i < kCount; ++i) block->host[i] = 100 * request + i;
    values[request] = NewDevice(kBytes);
    CHECK(aclrtMemcpyAsync(values[request], kBytes, block->host, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    CHECK(aclrtRecordEvent(block->copied, stream));
    Run(mul, values[request], three, values[request], stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
  int wrong = 0;
  for (int i = 0; i < kRequests; ++i) wrong += Wrong(i, values[i]);
  printf("%d of %d requests are wrong\n", wrong, kRequests);
  Finish();
  return wrong != 0;
}
