/* Threads that end without aclrtResetDevice: their streams and tasks stay, the
 * device's count does too (R12, R14, H44). The main thread finishes for them.
 */
#include "threads.h"

typedef struct {
  aclopHandle* add;
  aclrtStream stream;
  void* value;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  job->stream = NewStream();
  job->value = NewNumbers(1, 1);
  for (int i = 0; i < 7; ++i) {
    Run(job->add, job->value, job->value, job->value, job->stream);
  }
  return NULL; /* Neither synchronised nor reset. */
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Job jobs[3];
  aclopHandle* add = NewBinary("Add");
  for (int i = 0; i < 3; ++i) jobs[i] = (Job){add, NULL, NULL};
  RunThreads(3, Work, jobs, sizeof(Job));
  CHECK(aclrtSynchronizeDevice());
  for (int i = 0; i < 3; ++i) ShowDevice("128 x", jobs[i].value, kBytes);
  for (int i = 0; i < 4; ++i) Show("reset", aclrtResetDevice(0));
  Show("one reset too many", aclrtResetDevice(0));
  Show("finalise", aclFinalize());
  return 0;
}
