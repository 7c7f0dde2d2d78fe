/* H15: the thread that sends the KV cache synchronises its own stream, which is
 * empty, and not the one that computes the cache (family F4). Fixed: it waits
 * for the event that the model's thread recorded behind the layer.
 *
 * Prefill and decode are disaggregated: the model's thread queues a job for
 * each layer, the sender copies the layer's KV to its send buffer. */
#include <semaphore.h>

#include "../threads.h"

enum { kLayers = 6 };

static sem_t jobs;
static void* kv[kLayers];
static aclrtEvent computed[kLayers];
static int32_t sent[kLayers][kCount];

static void* Send(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  aclrtStream mine = NewStream();
  for (int layer = 0; layer < kLayers; ++layer) {
    REQUIRE(sem_wait(&jobs) == 0);
#ifdef FIXED
    CHECK(aclrtSynchronizeEvent(computed[layer]));
#else
    CHECK(aclrtSynchronizeStream(mine));
#endif
    CHECK(aclrtMemcpy(sent[layer], kBytes, kv[layer], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
  }
  CHECK(aclrtDestroyStream(mine));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream compute = NewStream();
  void *hidden = NewNumbers(1, 1), *two = NewNumbers(2, 0);
  for (int layer = 0; layer < kLayers; ++layer) {
    kv[layer] = NewNumbers(0, 0);
    computed[layer] = NewEvent();
  }
  REQUIRE(sem_init(&jobs, 0, 0) == 0);
  pthread_t sender;
  PTHREAD(pthread_create(&sender, NULL, Send, NULL));
  for (int layer = 0; layer < kLayers; ++layer) {
    Run(mul, hidden, two, hidden, compute);
    Run(mul, hidden, two, kv[layer], compute);
    CHECK(aclrtRecordEvent(computed[layer], compute));
    REQUIRE(sem_post(&jobs) == 0);
  }
  PTHREAD(pthread_join(sender, NULL));
  CHECK(aclrtSynchronizeStream(compute));

  int wrong = 0;
  for (int layer = 0; layer < kLayers; ++layer) {
    for (int i = 0; i < kCount; ++i) {
      const int32_t expected = (4 << layer) * (i + 1);
      if (sent[layer][i] == expected) continue;
      printf("layer %d: [%d] expected %d, got %d\n", layer, i, expected,
             sent[layer][i]);
      ++wrong;
      break;
    }
  }
  printf("%d of %d layers are wrong\n", wrong, kLayers);
  Finish();
  return wrong != 0;
}
