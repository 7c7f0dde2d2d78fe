/* H30: a thread that knows nothing of the capture copies synchronously while
 * another one captures in mode GLOBAL: the copy is refused (107030, family F8).
 * Fixed: the thread tolerates captures (mode RELAXED). */
#include <semaphore.h>

#include "../graphs.h"
#include "../threads.h"

static sem_t capturing, copied;
static void* weights;
static int32_t loaded[kCount];

static void* Load(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  REQUIRE(sem_wait(&capturing) == 0);
#ifdef FIXED
  aclmdlRICaptureMode mode = ACL_MODEL_RI_CAPTURE_MODE_RELAXED;
  CHECK(aclmdlRICaptureThreadExchangeMode(&mode));
#endif
  Show("copy", aclrtMemcpy(loaded, kBytes, weights, kBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST));
  REQUIRE(sem_post(&copied) == 0);
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0);
  weights = NewNumbers(5, 0);
  REQUIRE(sem_init(&capturing, 0, 0) == 0 && sem_init(&copied, 0, 0) == 0);
  pthread_t loader;
  PTHREAD(pthread_create(&loader, NULL, Load, NULL));
  BeginCapture(stream);
  REQUIRE(sem_post(&capturing) == 0);
  Run(add, x, x, y, stream);
  REQUIRE(sem_wait(&copied) == 0);
  aclmdlRI graph = EndCapture(stream);
  PTHREAD(pthread_join(loader, NULL));
  Execute(graph, stream);
  CHECK(aclrtSynchronizeStream(stream));
  printf("weights: expected 5, got %d\n", loaded[0]);
  CHECK(aclmdlRIDestroy(graph));
  Finish();
  return loaded[0] != 5;
}
