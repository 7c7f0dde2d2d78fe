/* Events that one thread records and another waits for; the threads order the
 * two calls by a condition variable, the streams by the event (R58, H21). */
#include "threads.h"

enum { kRounds = 6 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static aclrtEvent done[kRounds];
static int recorded;
static void* values[kRounds];
static aclopHandle* mul;

static void* Record(void* start) {
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  for (int i = 0; i < kRounds; ++i) {
    values[i] = NewDevice(kBytes);
    Run(mul, i == 0 ? start : values[i - 1], start, values[i], stream);
    PTHREAD(pthread_mutex_lock(&lock));
    CHECK(aclrtRecordEvent(done[i], stream));
    recorded = i + 1;
    PTHREAD(pthread_cond_signal(&changed));
    PTHREAD(pthread_mutex_unlock(&lock));
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  mul = NewBinary("Mul");
  aclopHandle* add = NewBinary("Add");
  for (int i = 0; i < kRounds; ++i) done[i] = NewEvent();
  aclrtStream stream = NewStream();
  void* sum = NewNumbers(0, 0);
  pthread_t recorder;
  PTHREAD(pthread_create(&recorder, NULL, Record, NewNumbers(3, 2)));
  for (int i = 0; i < kRounds; ++i) {
    PTHREAD(pthread_mutex_lock(&lock));
    while (recorded <= i) PTHREAD(pthread_cond_wait(&changed, &lock));
    PTHREAD(pthread_mutex_unlock(&lock));
    CHECK(aclrtStreamWaitEvent(stream, done[i]));
    Run(add, sum, values[i], sum, stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
  PTHREAD(pthread_join(recorder, NULL));
  ShowDevice("sum of the powers", sum, kBytes);
  return Finish();
}
