/* A thread per device (R12, R13): a context, a handle and a stream in each. A
 * shared handle would know the stream of a thread that has ended (I11). */
#include "threads.h"

typedef struct {
  int device;
  int32_t first;
  uint64_t hash;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(job->device));
  aclopHandle* sub = NewBinary("Sub");
  int32_t now = -1;
  CHECK(aclrtGetDevice(&now));
  REQUIRE(now == job->device);
  aclrtStream stream = NewStream();
  void* x = NewNumbers(100 * job->device, 3);
  void* y = NewNumbers(job->device, 1);
  for (int i = 0; i < 6; ++i) Run(sub, x, y, x, stream);
  int32_t host[kCount];
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtMemcpy(host, kBytes, x, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  job->hash = Hash(host, kBytes);
  job->first = host[0];
  CHECK(aclrtDestroyStream(stream));
  aclopDestroyHandle(sub);
  CHECK(aclrtResetDevice(job->device));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Job jobs[4];
  for (int i = 0; i < 4; ++i) jobs[i] = (Job){i, 0, 0};
  RunThreads(4, Work, jobs, sizeof(Job));
  for (int i = 0; i < 4; ++i) {
    printf("device %d: %016llx, first %d\n", i,
           (unsigned long long)jobs[i].hash, jobs[i].first);
  }
  return Finish();
}
