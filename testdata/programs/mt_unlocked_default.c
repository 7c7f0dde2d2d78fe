/* The forbidden flow on the default stream: aclopExecWithHandle with NULL from
 * two threads of one context (R32, R149, I8, H4). Codes and
 * numbers depend on the order of the threads' micro-steps; a fault or a wrong
 * result is an answer, a crash of the process is not. */
#include "threads.h"

typedef struct {
  aclopHandle *add, *mul;
  aclrtStream stream;
  void* value;
  int number;
  int failures;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  void* mine = NewNumbers(job->number, 0);
  void* three = NewNumbers(3, 0);
  for (int i = 0; i < 3; ++i) {
    void* v = job->value;
    job->failures += TryRun(job->mul, v, three, v, kBytes, job->stream) != 0;
    job->failures += TryRun(job->add, v, mine, v, kBytes, job->stream) != 0;
  }
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  const Job job = {NewBinary("Add"), NewBinary("Mul"), NULL,
                   NewNumbers(0, 0), 0, 0};
  Job jobs[2];
  for (int i = 0; i < 2; ++i) {
    jobs[i] = job;
    jobs[i].number = i + 1;
  }
  RunThreads(2, Work, jobs, sizeof(Job));
  Show("synchronise", aclrtSynchronizeStream(job.stream));
  for (int i = 0; i < 2; ++i) printf("failures: %d\n", jobs[i].failures);
  ShowDevice("trace of the order", job.value, kBytes);
  return 0; /* What is left of the context is not asked for. */
}
