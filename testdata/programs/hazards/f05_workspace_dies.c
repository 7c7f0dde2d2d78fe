/* H10 or H5: the caller frees an operator's workspace when the task queue's
 * thread has taken the job, before it has launched or the kernels have run
 * (family F5). Fixed: the job keeps the workspace until the stream is
 * synchronised.
 *
 * The memory goes to the next request's input at once. */
#include <semaphore.h>

#include "../threads.h"

enum { kJobs = 6 };

typedef struct {
  void *input, *workspace, *output;
} Job;

static Job job;
static sem_t pushed, taken;
static aclrtStream stream;
static aclopHandle *add, *mul;
static void* three;

static void* RunQueue(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  for (int i = 0; i < kJobs; ++i) {
    REQUIRE(sem_wait(&pushed) == 0);
    const Job mine = job;
    REQUIRE(sem_post(&taken) == 0);
    Run(mul, mine.input, three, mine.workspace, stream);
    Run(add, mine.workspace, mine.input, mine.output, stream);
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

static int Wrong(const char* what, int number, const void* device,
                 int32_t factor) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = factor * (100 * number + i);
    if (got[i] == expected) continue;
    printf("%s %d: [%d] expected %d, got %d\n", what, number, i, expected,
           got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  mul = NewBinary("Mul");
  stream = NewStream();
  three = NewNumbers(3, 0);
  REQUIRE(sem_init(&pushed, 0, 0) == 0 && sem_init(&taken, 0, 0) == 0);
  pthread_t queue;
  PTHREAD(pthread_create(&queue, NULL, RunQueue, NULL));
  Job jobs[kJobs];
  void* input = NewNumbers(0, 1);
  for (int i = 0; i < kJobs; ++i) {
    jobs[i] = job = (Job){input, NewDevice(kBytes), NewDevice(kBytes)};
    REQUIRE(sem_post(&pushed) == 0);
    REQUIRE(sem_wait(&taken) == 0);
#ifndef FIXED
    CHECK(aclrtFree(jobs[i].workspace));
#endif
    input = NewNumbers(100 * (i + 1), 1);
  }
  PTHREAD(pthread_join(queue, NULL));
  CHECK(aclrtSynchronizeStream(stream));
#ifdef FIXED
  for (int i = 0; i < kJobs; ++i) CHECK(aclrtFree(jobs[i].workspace));
#endif
  int wrong = 0;
  for (int i = 0; i < kJobs; ++i) {
    wrong += Wrong("input", i, jobs[i].input, 1);
    wrong += Wrong("output", i, jobs[i].output, 4);
  }
  printf("%d buffers are wrong\n", wrong);
  Finish();
  return wrong != 0;
}
