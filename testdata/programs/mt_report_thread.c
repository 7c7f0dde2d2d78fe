/* A thread that serves callbacks (R105-R108): blocking ones hold their stream,
 * so a kernel after them sees what the function wrote to pinned memory. */
#include "threads.h"

static pthread_barrier_t ready;
static volatile int stop;
static uint64_t server_id;
static int32_t* pinned;

static void* Serve(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  server_id = (uint64_t)pthread_self();
  pthread_barrier_wait(&ready);
  while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) aclrtProcessReport(5);
  return NULL;
}

static void Write(void* round) {
  for (int i = 0; i < kCount; ++i) pinned[i] += *(int*)round * i;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  pinned = (int32_t*)NewPinned(kBytes);
  void* x = NewDevice(kBytes);
  void* sum = NewNumbers(0, 0);
  PTHREAD(pthread_barrier_init(&ready, NULL, 2));
  pthread_t server;
  PTHREAD(pthread_create(&server, NULL, Serve, NULL));
  pthread_barrier_wait(&ready);
  CHECK(aclrtSubscribeReport(server_id, stream));
  int rounds[5];
  for (int i = 0; i < 5; ++i) {
    rounds[i] = i + 1;
    CHECK(aclrtLaunchCallback(Write, &rounds[i], ACL_CALLBACK_BLOCK, stream));
    CHECK(aclrtMemcpyAsync(x, kBytes, pinned, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    Run(add, sum, x, sum, stream);
  }
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("sum", sum, kBytes);
  CHECK(aclrtUnSubscribeReport(server_id, stream));
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  PTHREAD(pthread_join(server, NULL));
  return Finish();
}
