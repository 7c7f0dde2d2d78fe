#include "kernels/op/parallel.h"

#include <tbb/blocked_range.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_scheduler_observer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "kernels/numeric/float_env.h"

namespace npuemu::kernels {
namespace {

constexpr int kMaxThreads = 256;
std::atomic<int> g_threads{0};
std::atomic<void (*)()> g_entered{nullptr};
std::atomic<void (*)()> g_left{nullptr};

// oneTBB prints a warning into the user's terminal if asked for more threads
// than it has.
int ThreadCount() {
  static const int most =
      std::min(tbb::info::default_concurrency(), kMaxThreads);
  const int wanted = g_threads.load();
  return wanted == 0 ? most : std::min(wanted, most);
}

class WorkerObserver : public tbb::task_scheduler_observer {
 public:
  explicit WorkerObserver(tbb::task_arena& arena)
      : tbb::task_scheduler_observer(arena) {
    observe(true);
  }
  void on_scheduler_entry(bool worker) override {
    const auto entered = g_entered.load();
    if (worker && entered != nullptr) entered();
  }
  void on_scheduler_exit(bool worker) override {
    const auto left = g_left.load();
    if (worker && left != nullptr) left();
  }
};

struct Arena {
  explicit Arena(int threads) : arena(threads), observer(arena) {}
  tbb::task_arena arena;
  WorkerObserver observer;
};

// One arena for each thread count ever used. They are made on first use,
// without a lock, and never destroyed: a kernel may run during exit.
tbb::task_arena& ArenaFor(int threads) {
  static std::array<std::atomic<Arena*>, kMaxThreads + 1> arenas{};
  std::atomic<Arena*>& slot = arenas[static_cast<size_t>(threads)];
  Arena* arena = slot.load(std::memory_order_acquire);
  if (arena != nullptr) return arena->arena;
  auto* fresh = new Arena(threads);
  if (slot.compare_exchange_strong(arena, fresh)) return fresh->arena;
  delete fresh;
  return arena->arena;
}

// A rough host time, only for the choice of a grain: a vector cycle is 64
// lanes, a cube cycle 4096 products (arithmetic.md 6).
double HostNanoseconds(const OpCall& call) {
  const Work work = call.op->cost(call);
  return 400.0 * static_cast<double>(work.cube_cycles) +
         30.0 * static_cast<double>(work.vector_cycles) +
         0.1 * static_cast<double>(work.bytes_read + work.bytes_written);
}

// Keeps the error of the lowest range, whatever the threads' order.
class FirstError {
 public:
  void Add(int64_t begin, OpStatus status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (status_.ok() || begin < begin_) {
      begin_ = begin;
      status_ = std::move(status);
    }
  }
  OpStatus Take() { return std::move(status_); }

 private:
  std::mutex mutex_;
  int64_t begin_ = 0;
  OpStatus status_;
};

OpStatus RunPhase(const OpCall& call, const Operands& operands, int phase,
                  int64_t items, int64_t grain) {
  FirstError error;
  const tbb::blocked_range<int64_t> all(0, items, static_cast<size_t>(grain));
  tbb::parallel_for(all, [&](const tbb::blocked_range<int64_t>& range) {
    const DefaultFloatEnv env;  // workers inherit the creator's environment
    OpStatus status =
        call.op->compute(call, operands, phase, range.begin(), range.end());
    if (!status.ok()) error.Add(range.begin(), std::move(status));
  });
  return error.Take();
}

}  // namespace

void SetKernelThreads(int threads) {
  g_threads.store(std::clamp(threads, 0, kMaxThreads));
}

void SetWorkerHooks(void (*entered)(), void (*left)()) {
  g_left.store(left);
  g_entered.store(entered);
}

OpStatus RunParallel(const OpCall& call, const Operands& given) {
  // Waking a thread costs microseconds, and what fits into a cache is done in a
  // fraction of the estimate.
  constexpr double kSmall = 16000;
  constexpr double kGrain = 2000;
  const int threads = ThreadCount();
  if (threads == 1) return RunSerially(call, given);
  const double nanoseconds = HostNanoseconds(call);
  if (nanoseconds < kSmall) return RunSerially(call, given);
  const Detached detached(call, given);
  const Operands& operands = detached.operands();
  const int phases = call.op->phases == nullptr ? 1 : call.op->phases(call);
  OpStatus status;
  ArenaFor(threads).execute([&] {
    tbb::this_task_arena::isolate([&] {
      for (int phase = 0; phase < phases && status.ok(); ++phase) {
        const int64_t items = call.op->items(call, phase);
        if (items <= 0) continue;
        const auto grain = static_cast<int64_t>(static_cast<double>(items) *
                                                kGrain / nanoseconds);
        status =
            RunPhase(call, operands, phase, items, std::max<int64_t>(grain, 1));
      }
    });
  });
  return status;
}

}  // namespace npuemu::kernels
