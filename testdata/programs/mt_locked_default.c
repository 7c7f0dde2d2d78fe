/* The twin of mt_unlocked_default with a lock around each pair of launches and
 * numbers that commute: one result, whichever thread comes first (R32, H4). */
#include "threads.h"

typedef struct {
  pthread_mutex_t* lock;
  aclopHandle *add, *max;
  void *sum, *top;
  int number;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  void* mine = NewNumbers(job->number, 5 - job->number);
  for (int i = 0; i < 4; ++i) {
    PTHREAD(pthread_mutex_lock(job->lock));
    Run(job->add, job->sum, mine, job->sum, NULL);
    Run(job->max, job->top, mine, job->top, NULL);
    PTHREAD(pthread_mutex_unlock(job->lock));
  }
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  Job jobs[3];
  const Job job = {&lock, NewBinary("Add"), NewBinary("Maximum"),
                   NewNumbers(0, 0), NewNumbers(0, 0), 0};
  for (int i = 0; i < 3; ++i) {
    jobs[i] = job;
    jobs[i].number = 3 * i + 1;
  }
  RunThreads(3, Work, jobs, sizeof(Job));
  CHECK(aclrtSynchronizeStream(NULL));
  ShowDevice("sum", job.sum, kBytes);
  ShowDevice("maximum", job.top, kBytes);
  return 0; /* Three threads ended without a reset: counts stay (R14). */
}
