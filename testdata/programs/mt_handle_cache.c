/* A cache of operator handles behind a read-write lock: the first user of an
 * operator makes its handle, later ones share it (R130). */
#include "threads.h"

static const char* const kTypes[4] = {"Add", "Sub", "Mul", "Maximum"};
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static aclopHandle* cache[4];
static int made;

static aclopHandle* Cached(int type) {
  PTHREAD(pthread_rwlock_rdlock(&lock));
  aclopHandle* handle = cache[type];
  PTHREAD(pthread_rwlock_unlock(&lock));
  if (handle != NULL) return handle;
  PTHREAD(pthread_rwlock_wrlock(&lock));
  if (cache[type] == NULL) {
    cache[type] = NewBinary(kTypes[type]);
    ++made;
  }
  handle = cache[type];
  PTHREAD(pthread_rwlock_unlock(&lock));
  return handle;
}

typedef struct {
  int number;
  void* value;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  job->value = NewNumbers(job->number, 1);
  void* other = NewNumbers(5, -1);
  for (int i = 0; i < 8; ++i) {
    Run(Cached((job->number + i) % 4), job->value, other, job->value, stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Job jobs[4];
  for (int i = 0; i < 4; ++i) jobs[i] = (Job){i, NULL};
  RunThreads(4, Work, jobs, sizeof(Job));
  printf("handles made: %d\n", made);
  for (int i = 0; i < 4; ++i) ShowDevice("thread", jobs[i].value, kBytes);
  return Finish();
}
