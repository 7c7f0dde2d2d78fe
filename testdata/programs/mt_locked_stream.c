/* One stream for several threads, each launch under one lock (R24, R40). What
 * the threads do commutes, so every order gives one result; the lock's order
 * is all that differs. */
#include "threads.h"

typedef struct {
  pthread_mutex_t* lock;
  aclopHandle* add;
  aclrtStream stream;
  void* sum;
  int number;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  void* mine = NewNumbers(job->number, job->number);
  for (int i = 0; i < 8; ++i) {
    PTHREAD(pthread_mutex_lock(job->lock));
    Run(job->add, job->sum, mine, job->sum, job->stream);
    PTHREAD(pthread_mutex_unlock(job->lock));
  }
  CHECK(aclrtSynchronizeStream(job->stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  const Job job = {&lock, NewBinary("Add"), NewStream(), NewNumbers(0, 0), 0};
  Job jobs[4];
  for (int i = 0; i < 4; ++i) {
    jobs[i] = job;
    jobs[i].number = i + 1;
  }
  RunThreads(4, Work, jobs, sizeof(Job));
  ShowDevice("8 * (1 + 2 + 3 + 4) * (i + 1)", job.sum, kBytes);
  return Finish();
}
