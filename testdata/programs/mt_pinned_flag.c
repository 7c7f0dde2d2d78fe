/* A thread spins on a word of pinned memory that a copy of another thread's
 * stream sets; the data was copied before it on the same stream (R29). No call
 * of the API drives the work while the thread spins. */
#include "threads.h"

static volatile int32_t* flag;
static int32_t* host;

static void* Spin(void* result) {
  while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) == 0) sched_yield();
  *(uint64_t*)result = Hash(host, kBytes);
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream = NewStream();
  flag = (volatile int32_t*)NewPinned(64);
  host = (int32_t*)NewPinned(kBytes);
  void* x = NewNumbers(3, 4);
  void* one = NewNumbers(1, 0);
  uint64_t seen = 0;
  pthread_t spinner;
  PTHREAD(pthread_create(&spinner, NULL, Spin, &seen));
  for (int i = 0; i < 5; ++i) Run(mul, x, x, x, stream);
  CHECK(aclrtMemcpyAsync(host, kBytes, x, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                         stream));
  CHECK(aclrtMemcpyAsync((void*)flag, 4, one, 4, ACL_MEMCPY_DEVICE_TO_HOST,
                         stream));
  PTHREAD(pthread_join(spinner, NULL));
  printf("seen by the spinning thread: %016llx\n", (unsigned long long)seen);
  CHECK(aclrtSynchronizeStream(stream));
  ShowBytes("in the end", host, kBytes);
  return Finish();
}
