/* H6: the scheduler thread fills a pinned buffer for a later step as soon as
 * the executor has submitted its copy, not when it has run (family F1).
 * Fixed: the scheduler waits for the event behind the copy.
 *
 * Asynchronous scheduling: one thread makes the token ids of the next steps,
 * another one launches; two semaphores hand the buffers to and fro. */
#include <semaphore.h>

#include "../threads.h"

enum { kSteps = 8, kSlots = 2 };

static sem_t filled, submitted;
static int32_t* token_ids[kSlots];
static aclrtEvent copied[kSlots];

static void* Schedule(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  for (int step = 0; step < kSteps; ++step) {
    const int slot = step % kSlots;
    REQUIRE(sem_wait(&submitted) == 0);
#ifdef FIXED
    if (step >= kSlots) CHECK(aclrtSynchronizeEvent(copied[slot]));
#endif
    for (int i = 0; i < kCount; ++i) token_ids[slot][i] = step * step + i;
    REQUIRE(sem_post(&filled) == 0);
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *input = NewDevice(kBytes), *sum = NewNumbers(0, 0);
  for (int slot = 0; slot < kSlots; ++slot) {
    token_ids[slot] = (int32_t*)NewPinned(kBytes);
    copied[slot] = NewEvent();
  }
  REQUIRE(sem_init(&filled, 0, 0) == 0);
  REQUIRE(sem_init(&submitted, 0, kSlots) == 0);
  pthread_t scheduler;
  PTHREAD(pthread_create(&scheduler, NULL, Schedule, NULL));

  for (int step = 0; step < kSteps; ++step) {
    const int slot = step % kSlots;
    REQUIRE(sem_wait(&filled) == 0);
    CHECK(aclrtMemcpyAsync(input, kBytes, token_ids[slot], kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    CHECK(aclrtRecordEvent(copied[slot], stream));
    Run(add, sum, input, sum, stream);
    REQUIRE(sem_post(&submitted) == 0);
  }

  PTHREAD(pthread_join(scheduler, NULL));
  int32_t got[kCount];
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtMemcpy(got, kBytes, sum, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  int wrong = 0;
  for (int i = 0; i < kCount && wrong == 0; ++i) {
    const int32_t expected = 140 + kSteps * i;  /* 0 + 1 + 4 + ... + 49 */
    if (got[i] == expected) continue;
    printf("sum: [%d] expected %d, got %d\n", i, expected, got[i]);
    wrong = 1;
  }
  printf("%d steps: %s\n", kSteps, wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
