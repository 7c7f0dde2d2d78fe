/* Phases with a barrier: in each phase every thread reads its neighbour's
 * block of the phase before, which that thread had synchronised. */
#include "threads.h"

enum { kThreads = 3, kPhases = 4 };

static pthread_barrier_t barrier;
static void* blocks[2][kThreads];
static aclopHandle *add, *mul;

static void* Work(void* argument) {
  const int me = *(int*)argument;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  for (int phase = 0; phase < kPhases; ++phase) {
    void* left = blocks[phase % 2][(me + 1) % kThreads];
    void* own = blocks[phase % 2][me];
    void* next = blocks[(phase + 1) % 2][me];
    Run(add, own, left, next, stream);
    Run(mul, next, left, next, stream);
    CHECK(aclrtSynchronizeStream(stream));
    pthread_barrier_wait(&barrier);
  }
  CHECK(aclrtDestroyStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  mul = NewBinary("Mul");
  int numbers[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    numbers[i] = i;
    blocks[0][i] = NewNumbers(i + 1, 1);
    blocks[1][i] = NewDevice(kBytes);
  }
  PTHREAD(pthread_barrier_init(&barrier, NULL, kThreads));
  RunThreads(kThreads, Work, numbers, sizeof(int));
  for (int i = 0; i < kThreads; ++i) {
    ShowDevice("block", blocks[kPhases % 2][i], kBytes);
  }
  return Finish();
}
