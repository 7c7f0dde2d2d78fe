/* H21: the loader's thread announces a step and then queues its copies and the
 * record, so that the other thread's wait may bind to the record of the step
 * before (family F7, R58). Fixed: it announces last.
 *
 * The event is one and the same in all steps; the loader goes on when the other
 * thread has queued its wait. */
#include <semaphore.h>

#include "../threads.h"

enum { kSteps = 6, kPages = 3, kAll = kSteps * kPages };

static sem_t announced, waited;
static aclrtEvent loaded;
static void* cache[kAll];
static int32_t* pages; /* pinned, filled once */

static void* Load(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  for (int step = 0; step < kSteps; ++step) {
#ifndef FIXED
    REQUIRE(sem_post(&announced) == 0);
#endif
    for (int i = step * kPages; i < (step + 1) * kPages; ++i) {
      CHECK(aclrtMemcpyAsync(cache[i], kBytes, pages + i * kCount, kBytes,
                             ACL_MEMCPY_HOST_TO_DEVICE, stream));
    }
    CHECK(aclrtRecordEvent(loaded, stream));
#ifdef FIXED
    REQUIRE(sem_post(&announced) == 0);
#endif
    REQUIRE(sem_wait(&waited) == 0);
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream compute = NewStream();
  loaded = NewEvent();
  pages = (int32_t*)NewPinned(kAll * kBytes);
  for (int i = 0; i < kAll * kCount; ++i) pages[i] = i % kCount + 1;
  for (int i = 0; i < kAll; ++i) cache[i] = NewNumbers(0, 0);
  void* sum = NewNumbers(0, 0);
  REQUIRE(sem_init(&announced, 0, 0) == 0 && sem_init(&waited, 0, 0) == 0);
  CHECK(aclrtRecordEvent(loaded, compute)); /* of no step */
  pthread_t loader;
  PTHREAD(pthread_create(&loader, NULL, Load, NULL));
  for (int step = 0; step < kSteps; ++step) {
    REQUIRE(sem_wait(&announced) == 0);
    CHECK(aclrtStreamWaitEvent(compute, loaded));
    REQUIRE(sem_post(&waited) == 0);
    for (int i = step * kPages; i < (step + 1) * kPages; ++i) {
      Run(add, sum, cache[i], sum, compute);
    }
  }
  CHECK(aclrtSynchronizeStream(compute));
  PTHREAD(pthread_join(loader, NULL));

  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, sum, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  int wrong = 0;
  for (int i = 0; i < kCount && wrong == 0; ++i) {
    const int32_t expected = kAll * (i + 1);
    if (got[i] == expected) continue;
    printf("sum: [%d] expected %d, got %d\n", i, expected, got[i]);
    wrong = 1;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
