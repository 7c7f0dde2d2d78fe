/* Producer and consumer with two semaphores and one pinned staging buffer: the
 * semaphore that gives it back comes after the copy's event (R64, R89). */
#include <semaphore.h>

#include "threads.h"

enum { kRounds = 8 };

static sem_t full, empty;
static int32_t* staging;

static void* Fill(void* unused) {
  (void)unused;
  for (int round = 1; round <= kRounds; ++round) {
    REQUIRE(sem_wait(&empty) == 0);
    for (int i = 0; i < kCount; ++i) staging[i] = round * i + 1;
    REQUIRE(sem_post(&full) == 0);
  }
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream = NewStream();
  aclrtEvent copied = NewEvent();
  staging = (int32_t*)NewPinned(kBytes);
  REQUIRE(sem_init(&full, 0, 0) == 0 && sem_init(&empty, 0, 1) == 0);
  void* x = NewDevice(kBytes);
  void* product = NewNumbers(1, 0);
  pthread_t filler;
  PTHREAD(pthread_create(&filler, NULL, Fill, NULL));
  for (int round = 0; round < kRounds; ++round) {
    REQUIRE(sem_wait(&full) == 0);
    CHECK(aclrtMemcpyAsync(x, kBytes, staging, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    CHECK(aclrtRecordEvent(copied, stream));
    Run(mul, product, x, product, stream);
    CHECK(aclrtSynchronizeEvent(copied));
    REQUIRE(sem_post(&empty) == 0);
  }
  PTHREAD(pthread_join(filler, NULL));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("product", product, kBytes);
  return Finish();
}
