/* The documented way: each thread sets the device and works on a stream and
 * buffers of its own (R12, R24); one handle serves them all (R130). No stream
 * ends while another thread may still make one: the handle knows streams by
 * their addresses, and a new stream at an old address would be I11. */
#include "threads.h"

typedef struct {
  aclopHandle* mul;
  int number;
  void* result;
  aclrtStream stream;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  job->stream = NewStream();
  job->result = NewNumbers(job->number, 1);
  void* factor = NewNumbers(2 * job->number + 1, 0);
  for (int i = 0; i < 10; ++i) {
    Run(job->mul, job->result, factor, job->result, job->stream);
  }
  CHECK(aclrtSynchronizeStream(job->stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Job jobs[4];
  aclopHandle* mul = NewBinary("Mul");
  for (int i = 0; i < 4; ++i) jobs[i] = (Job){mul, i, NULL, NULL};
  RunThreads(4, Work, jobs, sizeof(Job));
  for (int i = 0; i < 4; ++i) CHECK(aclrtDestroyStream(jobs[i].stream));
  for (int i = 0; i < 4; ++i) ShowDevice("thread", jobs[i].result, kBytes);
  return Finish();
}
