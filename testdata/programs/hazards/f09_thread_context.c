/* H1?: a thread pool sets the device once in the process; the context is one
 * thread's, and the other threads have none (family F9, R12). Fixed: each
 * thread of the pool sets the device.
 *
 * As long as the first thread does all the work, nothing is wrong. */
#include "../threads.h"

enum { kThreads = 2, kJobs = 6 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int next_job, failures;
static void* blocks[kJobs];
static int32_t received[kJobs][kCount];

#ifndef FIXED
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void SetDeviceOnce(void) { CHECK(aclrtSetDevice(0)); }
#endif

static int TakeJob(void) {
  PTHREAD(pthread_mutex_lock(&lock));
  const int job = next_job < kJobs ? next_job++ : -1;
  PTHREAD(pthread_mutex_unlock(&lock));
  return job;
}

static void* Work(void* unused) {
  (void)unused;
#ifdef FIXED
  CHECK(aclrtSetDevice(0));
#else
  PTHREAD(pthread_once(&once, SetDeviceOnce));
#endif
  for (int job = TakeJob(); job >= 0; job = TakeJob()) {
    const aclError code = aclrtMemcpy(blocks[job], kBytes, received[job],
                                      kBytes, ACL_MEMCPY_HOST_TO_DEVICE);
    if (code == ACL_SUCCESS) continue;
    PTHREAD(pthread_mutex_lock(&lock));
    printf("job %d: expected 0, got %d\n", job, code);
    ++failures;
    PTHREAD(pthread_mutex_unlock(&lock));
  }
#ifdef FIXED
  CHECK(aclrtResetDevice(0));
#endif
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  for (int job = 0; job < kJobs; ++job) {
    blocks[job] = NewNumbers(0, 0);
    for (int i = 0; i < kCount; ++i) received[job][i] = kCount * job + i;
  }
  char unused[kThreads] = {0};
  RunThreads(kThreads, Work, unused, 1);
  int wrong = failures;
  for (int job = 0; job < kJobs; ++job) {
    int32_t got[kCount];
    CHECK(aclrtMemcpy(got, kBytes, blocks[job], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    if (memcmp(got, received[job], kBytes) == 0) continue;
    printf("block %d: expected %d ..., got %d ...\n", job, received[job][0],
           got[0]);
    ++wrong;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
