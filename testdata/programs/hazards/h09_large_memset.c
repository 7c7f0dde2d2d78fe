/* H9: a set of more than 64 MiB is several tasks; another thread's set of the
 * first part comes between them and is spread to the end (R90, I16). Fixed: a
 * mutex around each of the two calls. */
#include "../threads.h"

enum { kPart = 4096, kBig = (64 << 20) + kPart };

#ifdef FIXED
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
#endif
static aclrtStream stream;
static void* buffer;

static void Set(int32_t value, size_t bytes) {
#ifdef FIXED
  PTHREAD(pthread_mutex_lock(&lock));
#endif
  CHECK(aclrtMemsetAsync(buffer, kBig, value, bytes, stream));
#ifdef FIXED
  PTHREAD(pthread_mutex_unlock(&lock));
#endif
}

static void* SetAll(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  Set(1, kBig);
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  stream = NewStream();
  buffer = NewDevice(kBig);
  pthread_t other;
  PTHREAD(pthread_create(&other, NULL, SetAll, NULL));
  Set(2, kPart);
  PTHREAD(pthread_join(other, NULL));
  CHECK(aclrtSynchronizeStream(stream));
  char last = 0;
  CHECK(aclrtMemcpy(&last, 1, (char*)buffer + kBig - 1, 1,
                    ACL_MEMCPY_DEVICE_TO_HOST));
  printf("the last byte: expected 1, got %d\n", last);
  Finish();
  return last != 1;
}
