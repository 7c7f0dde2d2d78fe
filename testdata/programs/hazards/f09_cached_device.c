/* H1?: which device's context is current is remembered for the process, but is
 * a thread's; another thread then launches with the wrong context, or with
 * none (family F9, R12, R23). Fixed: each thread remembers its own.
 *
 * A pool of two threads serves streams on two devices. */
#include "../threads.h"

enum { kThreads = 2, kDevices = 2, kJobs = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int next_job, failures;
static aclrtContext contexts[kDevices];
static aclrtStream streams[kDevices];
static void *sources[kDevices], *results[kJobs];

#ifdef FIXED
static _Thread_local int current = -1;
#else
static int current = -1;
#endif

static void UseDevice(int device) {
  PTHREAD(pthread_mutex_lock(&lock));
  if (current != device) CHECK(aclrtSetCurrentContext(contexts[device]));
  current = device;
  PTHREAD(pthread_mutex_unlock(&lock));
}

/* The next job, and one more failure if the last one failed. */
static int TakeJob(int last_job, aclError code) {
  PTHREAD(pthread_mutex_lock(&lock));
  if (code != ACL_SUCCESS) {
    printf("job %d: expected 0, got %d\n", last_job, code);
    ++failures;
  }
  const int job = next_job < kJobs ? next_job++ : -1;
  PTHREAD(pthread_mutex_unlock(&lock));
  return job;
}

static void* Work(void* unused) {
  (void)unused;
  aclError code = ACL_SUCCESS;
  for (int job = -1; (job = TakeJob(job, code)) >= 0;) {
    const int device = job % kDevices;
    UseDevice(device);
    code = aclrtMemcpyAsync(results[job], kBytes, sources[device], kBytes,
                            ACL_MEMCPY_DEVICE_TO_DEVICE, streams[device]);
    if (code == ACL_SUCCESS) code = aclrtSynchronizeStream(streams[device]);
  }
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  for (int device = 0; device < kDevices; ++device) {
    CHECK(aclrtCreateContext(&contexts[device], device));
    streams[device] = NewStream();
    sources[device] = NewNumbers(100 * device, 1);
    for (int job = device; job < kJobs; job += kDevices) {
      results[job] = NewNumbers(0, 0);
    }
  }
  char unused[kThreads] = {0};
  RunThreads(kThreads, Work, unused, 1);
  int wrong = failures;
  for (int job = 0; job < kJobs; ++job) {
    int32_t got[kCount];
    CHECK(aclrtMemcpy(got, kBytes, results[job], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    const int32_t expected = 100 * (job % kDevices) + 7;
    if (got[7] == expected) continue;
    printf("job %d: [7] expected %d, got %d\n", job, expected, got[7]);
    ++wrong;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  for (int i = 0; i < kDevices; ++i) {
    CHECK(aclrtSetCurrentContext(contexts[i]));
    CHECK(aclrtDestroyStream(streams[i]));
    CHECK(aclrtDestroyContext(contexts[i]));
  }
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtResetDevice(0));
  Finish();
  return wrong != 0;
}
