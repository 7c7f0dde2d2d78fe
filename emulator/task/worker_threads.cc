#include "emulator/task/worker_threads.h"

#include <atomic>

#include "emulator/base/tsan.h"

namespace npuemu {
namespace {

std::atomic<int> g_workers{0};

struct Counted {
  bool counted = false;
  ~Counted() {
    if (counted) --g_workers;
  }
};
thread_local Counted counted_thread;

}  // namespace

void EnterWork() {
  tsan::BeginOurs();
  if (counted_thread.counted) return;
  counted_thread.counted = true;
  ++g_workers;
}

void LeaveWork() { tsan::EndOurs(); }

int WorkerThreads() { return g_workers; }

bool IsWorkerThread() { return counted_thread.counted; }

}  // namespace npuemu
