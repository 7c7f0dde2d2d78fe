/* H1: a worker thread launches on the main thread's stream and never set a
 * device: it has no context. Fixed: it calls aclrtSetDevice first. */
#include "../threads.h"

static aclopHandle* add;
static aclrtStream stream;
static void *x, *y;
static aclError launched;

static void* Work(void* unused) {
  (void)unused;
#ifdef FIXED
  CHECK(aclrtSetDevice(0));
#endif
  launched = TryRun(add, x, x, y, kBytes, stream);
#ifdef FIXED
  CHECK(aclrtResetDevice(0));
#endif
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  stream = NewStream();
  x = NewNumbers(21, 0);
  y = NewNumbers(0, 0);
  pthread_t worker;
  PTHREAD(pthread_create(&worker, NULL, Work, NULL));
  PTHREAD(pthread_join(worker, NULL));
  Show("launch of the worker", launched);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t sum = 0;
  CHECK(aclrtMemcpy(&sum, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  const int32_t expected = launched == ACL_SUCCESS ? 42 : 0;
  printf("x + x: expected %d, got %d\n", expected, sum);
  Finish();
  return sum != expected;
}
