/* A race on purpose between threads: one records an event again and again, the
 * other waits for it and adds what it finds; nothing orders the calls, so the
 * wait binds to some record (R58, R72, H21). */
#include "threads.h"

static aclopHandle* add;
static aclrtEvent event;
static void *value, *one;

static void* Record(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  for (int i = 0; i < 10; ++i) {
    Run(add, value, one, value, stream);
    CHECK(aclrtRecordEvent(event, stream));
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  event = NewEvent();
  value = NewNumbers(0, 0);
  one = NewNumbers(1, 0);
  void* sum = NewNumbers(0, 0);
  aclrtStream stream = NewStream();
  pthread_t recorder;
  PTHREAD(pthread_create(&recorder, NULL, Record, NULL));
  for (int i = 0; i < 4; ++i) {
    CHECK(aclrtStreamWaitEvent(stream, event));
    Run(add, sum, value, sum, stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
  PTHREAD(pthread_join(recorder, NULL));
  ShowDevice("some of the values", sum, kBytes);
  ShowDevice("the last value", value, kBytes);
  return Finish();
}
