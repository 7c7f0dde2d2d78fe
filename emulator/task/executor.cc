#include "emulator/task/executor.h"

#include <vector>

#include "emulator/memory/interval_map.h"
#include "emulator/task/interleave.h"
#include "emulator/task/worker_threads.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_scheduler_observer.h"

namespace npuemu {
namespace {

// What the tasks of a wave touch.
class Footprint {
 public:
  // Whether the task conflicts with one that was added; adds it if not.
  bool Add(const Task& task) {
    for (const MemoryRange& range : task.reads) {
      if (Meets(writes_, range)) return false;
    }
    for (const MemoryRange& range : task.writes) {
      if (Meets(writes_, range) || Meets(reads_, range)) return false;
    }
    for (const MemoryRange& range : task.reads) Mark(&reads_, range);
    for (const MemoryRange& range : task.writes) Mark(&writes_, range);
    return true;
  }

 private:
  struct Touched {};
  using Ranges = IntervalMap<Touched>;
  static bool Meets(const Ranges& ranges, const MemoryRange& range) {
    return !ranges.ForEachOverlap(range.begin, range.end,
                                  [](const auto&) { return false; });
  }
  static void Mark(Ranges* ranges, const MemoryRange& range) {
    if (range.begin < range.end) ranges->Insert(range.begin, range.end, {});
  }
  Ranges reads_;
  Ranges writes_;
};

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
    if (worker) EnterWork();
  }
  void on_scheduler_exit(bool worker) override {
    if (worker) LeaveWork();
  }
};

}  // namespace

struct Executor::Arena {
  explicit Arena(int threads)
      : arena(threads > 0 ? threads : tbb::task_arena::automatic),
        counter(arena) {}
  tbb::task_arena arena;
  WorkerCounter counter;
};

Executor::Executor(int threads) : threads_(threads) {}
Executor::~Executor() = default;

void Executor::RunBody(Task& task) const {
  if (task.body != nullptr && task.fault == Fault::kNone) {
    task.fault = task.body.Run();
  }
  if (checksum_ != nullptr) task.checksum = checksum_(task);
}

void Executor::Run(std::span<Task> tasks, bool in_virtual_time) {
  if (tasks.size() == 1) return RunBody(tasks[0]);  // the fast path
  if (in_virtual_time) {
    const std::vector<bool> races = FindRaces(tasks);
    if (!races.empty()) {
      RunInterleaved(tasks, races);
      if (checksum_ == nullptr) return;
      for (Task& task : tasks) task.checksum = checksum_(task);
      return;
    }
  }
  while (!tasks.empty()) {
    // The longest prefix without a conflict is one wave.
    Footprint footprint;
    size_t wave = 0;
    SimDuration cost{0};
    while (wave < tasks.size() && footprint.Add(tasks[wave])) {
      cost += tasks[wave].cost;
      ++wave;
    }
    RunWave(tasks.first(wave), cost);
    tasks = tasks.subspan(wave);
  }
}

void Executor::RunWave(std::span<Task> wave, SimDuration cost) {
  if (wave.size() == 1 || cost < kWorthParallel * 2) {
    for (Task& task : wave) RunBody(task);
    return;
  }
  if (arena_ == nullptr) arena_ = std::make_unique<Arena>(threads_);
  arena_->arena.execute([&] {
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(size_t{0}, wave.size(),
                        [&](size_t i) { RunBody(wave[i]); });
    });
  });
}

}  // namespace npuemu
