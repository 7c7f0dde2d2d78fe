#include "emulator/task/executor.h"

#include <algorithm>

#include "emulator/task/worker_threads.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_scheduler_observer.h"

namespace npuemu {
namespace {

bool Touches(const RangeList& writes, const RangeList& others) {
  return std::any_of(writes.begin(), writes.end(), [&](const MemoryRange& w) {
    return std::any_of(others.begin(), others.end(),
                       [&](const MemoryRange& o) { return Overlap(w, o); });
  });
}

void RunBody(Task& task) {
  if (task.body != nullptr && task.fault == Fault::kNone) {
    task.fault = task.body();
  }
}

// Below this virtual cost a parallel wave costs more than it saves.
constexpr SimDuration kWorthParallel{4000};

// Tells oneTBB's workers from the program's threads.
class WorkerCounter : public tbb::task_scheduler_observer {
 public:
  explicit WorkerCounter(tbb::task_arena& arena)
      : tbb::task_scheduler_observer(arena) {
    observe(true);
  }
  ~WorkerCounter() override { observe(false); }
  void on_scheduler_entry(bool worker) override {
    if (worker) CountWorkerThread();
  }
};

}  // namespace

bool Conflict(const Task& a, const Task& b) {
  return Touches(a.writes, b.reads) || Touches(a.writes, b.writes) ||
         Touches(b.writes, a.reads);
}

struct Executor::Arena {
  explicit Arena(int threads)
      : arena(threads > 0 ? threads : tbb::task_arena::automatic),
        counter(arena) {}
  tbb::task_arena arena;
  WorkerCounter counter;
};

Executor::Executor(int threads) : threads_(threads) {}
Executor::~Executor() = default;

void Executor::Run(std::span<Task> tasks) {
  while (!tasks.empty()) {
    // The longest prefix without a conflict is one wave.
    size_t wave = 1;
    SimDuration cost = tasks[0].cost;
    for (; wave < tasks.size(); ++wave) {
      const auto before = tasks.first(wave);
      if (std::any_of(before.begin(), before.end(), [&](const Task& task) {
            return Conflict(task, tasks[wave]);
          })) {
        break;
      }
      cost += tasks[wave].cost;
    }
    if (wave == 1 || cost < kWorthParallel * 2) {
      for (Task& task : tasks.first(wave)) RunBody(task);
    } else {
      if (arena_ == nullptr) arena_ = std::make_unique<Arena>(threads_);
      arena_->arena.execute([&] {
        tbb::this_task_arena::isolate([&] {
          tbb::parallel_for(size_t{0}, wave,
                            [&](size_t i) { RunBody(tasks[i]); });
        });
      });
    }
    tasks = tasks.subspan(wave);
  }
}

}  // namespace npuemu
