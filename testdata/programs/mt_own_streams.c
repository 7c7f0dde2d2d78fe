/* The documented way: each thread sets the device and works on a stream and
 * buffers of its own (R12, R24); one handle serves them all (R130). */
#include "threads.h"

typedef struct {
  aclopHandle* mul;
  int number;
  void* result;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  job->result = NewNumbers(job->number, 1);
  void* factor = NewNumbers(2 * job->number + 1, 0);
  for (int i = 0; i < 10; ++i) {
    Run(job->mul, job->result, factor, job->result, stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtDestroyStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Job jobs[4];
  aclopHandle* mul = NewBinary("Mul");
  for (int i = 0; i < 4; ++i) jobs[i] = (Job){mul, i, NULL};
  RunThreads(4, Work, jobs, sizeof(Job));
  for (int i = 0; i < 4; ++i) ShowDevice("thread", jobs[i].result, kBytes);
  return Finish();
}
