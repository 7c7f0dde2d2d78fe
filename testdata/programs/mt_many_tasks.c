/* Eight threads, 10,000 tasks: each fills one pinned slot while the copy of the
 * other is under way, and waits for a slot's event before it touches it. */
#include "threads.h"

enum { kThreads = 8, kRounds = 125, kSums = 8, kSlots = 2 };

typedef struct {
  int32_t first;
  int64_t total;
} Worker;

static aclopHandle* add;

static void* Work(void* argument) {
  Worker* worker = (Worker*)argument;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  int32_t *in[kSlots], *out[kSlots];
  aclrtEvent done[kSlots];
  void *x = NewDevice(kBytes), *y = NewDevice(kBytes);
  for (int i = 0; i < kSlots; ++i) {
    in[i] = (int32_t*)NewPinned(kBytes);
    out[i] = (int32_t*)NewPinned(kBytes);
    done[i] = NewEvent();
  }
  for (int round = 0; round < kRounds + kSlots; ++round) {
    const int slot = round % kSlots;
    if (round >= kSlots) {
      CHECK(aclrtSynchronizeEvent(done[slot]));
      for (int i = 0; i < kCount; ++i) worker->total += out[slot][i];
    }
    if (round >= kRounds) continue;
    for (int i = 0; i < kCount; ++i) in[slot][i] = worker->first + round;
    CHECK(aclrtMemcpyAsync(x, kBytes, in[slot], kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    Run(add, x, x, y, stream);
    for (int i = 1; i < kSums - 1; ++i) Run(add, y, x, y, stream);
    CHECK(aclrtMemcpyAsync(out[slot], kBytes, y, kBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST, stream));
    CHECK(aclrtRecordEvent(done[slot], stream));
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  Worker workers[kThreads];
  for (int i = 0; i < kThreads; ++i) workers[i] = (Worker){i, 0};
  RunThreads(kThreads, Work, workers, sizeof(Worker));
  for (int i = 0; i < kThreads; ++i) {
    printf("thread %d: %lld\n", i, (long long)workers[i].total);
  }
  return Finish();
}
