/* H2?: a task is launched directly while the task queue's thread, which feeds
 * the same stream, has taken two others but not launched them: the order is
 * k3, k1, k2 (family F6). Fixed: the caller waits until all that it queued has
 * been launched, not until the queue is empty. */
#include "../threads.h"

enum { kRounds = 4, kRoom = 4 };

typedef struct {
  aclopHandle* kernel;
  void *x, *y, *out;
} Launch;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static Launch queue[kRoom];
static int queued, open_launches, closed;
static aclrtStream stream;

static void Push(Launch launch) {
  PTHREAD(pthread_mutex_lock(&lock));
  REQUIRE(queued < kRoom);
  queue[queued++] = launch;
  ++open_launches;
  PTHREAD(pthread_cond_broadcast(&changed));
  PTHREAD(pthread_mutex_unlock(&lock));
}

static void Drain(void) {
  PTHREAD(pthread_mutex_lock(&lock));
#ifdef FIXED
  while (open_launches > 0) PTHREAD(pthread_cond_wait(&changed, &lock));
#else
  while (queued > 0) PTHREAD(pthread_cond_wait(&changed, &lock));
#endif
  PTHREAD(pthread_mutex_unlock(&lock));
}

static void* RunQueue(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  PTHREAD(pthread_mutex_lock(&lock));
  while (!closed || queued > 0) {
    Launch batch[kRoom];
    const int count = queued;
    memcpy(batch, queue, (size_t)count * sizeof(Launch));
    queued = 0;
    PTHREAD(pthread_cond_broadcast(&changed));
    PTHREAD(pthread_mutex_unlock(&lock));
    for (int i = 0; i < count; ++i) {
      Run(batch[i].kernel, batch[i].x, batch[i].y, batch[i].out, stream);
    }
    PTHREAD(pthread_mutex_lock(&lock));
    open_launches -= count;
    PTHREAD(pthread_cond_broadcast(&changed));
    while (!closed && queued == 0) PTHREAD(pthread_cond_wait(&changed, &lock));
  }
  PTHREAD(pthread_mutex_unlock(&lock));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle *add = NewBinary("Add"), *mul = NewBinary("Mul");
  stream = NewStream();
  void *x = NewNumbers(1, 1), *two = NewNumbers(2, 0), *out[kRounds];
  void *y = NewNumbers(0, 0), *z = NewNumbers(0, 0);
  pthread_t thread;
  PTHREAD(pthread_create(&thread, NULL, RunQueue, NULL));
  for (int round = 0; round < kRounds; ++round) {
    out[round] = NewNumbers(0, 0);
    Push((Launch){add, x, y, y});   /* k1: y += x */
    Push((Launch){mul, y, two, z}); /* k2: z = 2 y */
    Drain();
    CHECK(aclrtMemcpyAsync(out[round], kBytes, z, kBytes, /* k3 */
                           ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
  }
  PTHREAD(pthread_mutex_lock(&lock));
  closed = 1;
  PTHREAD(pthread_cond_broadcast(&changed));
  PTHREAD(pthread_mutex_unlock(&lock));
  PTHREAD(pthread_join(thread, NULL));
  CHECK(aclrtSynchronizeStream(stream));

  int wrong = 0;
  for (int round = 0; round < kRounds; ++round) {
    int32_t got[kCount];
    CHECK(aclrtMemcpy(got, kBytes, out[round], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    const int32_t expected = 2 * (round + 1) * kCount;
    if (got[kCount - 1] == expected) continue;
    printf("round %d: expected %d, got %d\n", round, expected,
           got[kCount - 1]);
    ++wrong;
  }
  printf("%d of %d rounds are wrong\n", wrong, kRounds);
  Finish();
  return wrong != 0;
}
