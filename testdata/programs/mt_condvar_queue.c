/* Producer and consumer with a condition variable: one thread uploads blocks,
 * the other computes with them in the order of the queue. */
#include "threads.h"

enum { kBlocks = 12, kRoom = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static void* queue[kRoom];
static int produced, consumed;

static void* Produce(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  for (int i = 0; i < kBlocks; ++i) {
    void* block = NewNumbers(i, i + 1);
    PTHREAD(pthread_mutex_lock(&lock));
    while (produced - consumed == kRoom) {
      PTHREAD(pthread_cond_wait(&changed, &lock));
    }
    queue[produced++ % kRoom] = block;
    PTHREAD(pthread_cond_broadcast(&changed));
    PTHREAD(pthread_mutex_unlock(&lock));
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream = NewStream();
  void* three = NewNumbers(3, 0);
  void* sum = NewNumbers(0, 0);
  pthread_t producer;
  PTHREAD(pthread_create(&producer, NULL, Produce, NULL));
  for (int i = 0; i < kBlocks; ++i) {
    PTHREAD(pthread_mutex_lock(&lock));
    while (produced == consumed) PTHREAD(pthread_cond_wait(&changed, &lock));
    void* block = queue[consumed++ % kRoom];
    PTHREAD(pthread_cond_broadcast(&changed));
    PTHREAD(pthread_mutex_unlock(&lock));
    Run(mul, sum, three, sum, stream);
    Run(add, sum, block, sum, stream);
  }
  PTHREAD(pthread_join(producer, NULL));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("sum", sum, kBytes);
  return Finish();
}
