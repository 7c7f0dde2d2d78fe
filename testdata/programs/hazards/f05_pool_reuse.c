/* H5: a pool that knows nothing of streams gives a temporary to the next step
 * while another stream still reads it (family F5). Fixed: a block comes back
 * with an event, and its next user's stream waits for that.
 *
 * The temporary is made on the compute stream, read on the communication
 * stream, and given back when that has been queued. */
#include "../check.h"

enum { kSteps = 6, kMostBlocks = 8 };

typedef struct {
  void* memory;
  aclrtEvent last_use;
} Block;

static Block pool[kMostBlocks];
static int free_blocks;

static Block Take(aclrtStream user) {
  if (free_blocks == 0) return (Block){NewDevice(kBytes), NewEvent()};
  const Block block = pool[--free_blocks];
#ifdef FIXED
  CHECK(aclrtStreamWaitEvent(user, block.last_use));
#else
  (void)user;
#endif
  return block;
}

static void GiveBack(Block block, aclrtStream last_user) {
  CHECK(aclrtRecordEvent(block.last_use, last_user));
  pool[free_blocks++] = block;
}

static int Wrong(int step, const void* device) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = 2 * (step + 1) * (i + 1);
    if (got[i] == expected) continue;
    printf("step %d: [%d] expected %d, got %d\n", step, i, expected, got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle *add = NewBinary("Add"), *mul = NewBinary("Mul");
  aclrtStream compute = NewStream(), communication = NewStream();
  aclrtEvent made = NewEvent();
  void *x = NewNumbers(1, 1), *two = NewNumbers(2, 0), *sum = NewNumbers(0, 0);
  void* gathered[kSteps];
  for (int step = 0; step < kSteps; ++step) gathered[step] = NewDevice(kBytes);

  for (int step = 0; step < kSteps; ++step) {
    Run(add, sum, x, sum, compute);
    const Block temporary = Take(compute);
    Run(mul, sum, two, temporary.memory, compute);
    CHECK(aclrtRecordEvent(made, compute));
    CHECK(aclrtStreamWaitEvent(communication, made));
    CHECK(aclrtMemcpyAsync(gathered[step], kBytes, temporary.memory, kBytes,
                           ACL_MEMCPY_DEVICE_TO_DEVICE, communication));
    GiveBack(temporary, communication);
  }
  CHECK(aclrtSynchronizeStream(compute));
  CHECK(aclrtSynchronizeStream(communication));
  int wrong = 0;
  for (int i = 0; i < kSteps; ++i) wrong += Wrong(i, gathered[i]);
  printf("%d of %d steps are wrong\n", wrong, kSteps);
  Finish();
  return wrong != 0;
}
