/* H21: one thread records an event again while another waits for it, and
 * nothing says which call comes first: the wait may bind to the old record
 * (R58). Fixed: the waiting thread starts when the recording one has ended. */
#include "../threads.h"

static aclopHandle* add;
static aclrtStream producer, consumer;
static aclrtEvent ready;
static void *value, *ten, *result;

/* The second batch; main made and recorded the first one. */
static void* Produce(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  Run(add, value, ten, value, producer);
  CHECK(aclrtRecordEvent(ready, producer));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

static void* Consume(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtStreamWaitEvent(consumer, ready));
  Run(add, value, ten, result, consumer);
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  producer = NewStream();
  consumer = NewStream();
  ready = NewEvent();
  value = NewNumbers(1, 0);
  ten = NewNumbers(10, 0);
  result = NewDevice(kBytes);
  CHECK(aclrtRecordEvent(ready, producer));
  pthread_t threads[2];
  PTHREAD(pthread_create(&threads[0], NULL, Produce, NULL));
#ifdef FIXED
  PTHREAD(pthread_join(threads[0], NULL));
#endif
  PTHREAD(pthread_create(&threads[1], NULL, Consume, NULL));
#ifndef FIXED
  PTHREAD(pthread_join(threads[0], NULL));
#endif
  PTHREAD(pthread_join(threads[1], NULL));
  CHECK(aclrtSynchronizeStream(consumer));
  CHECK(aclrtSynchronizeStream(producer));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, result, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("(1 + 10) + 10: expected 21, got %d\n", got);
  Finish();
  return got != 21;
}
