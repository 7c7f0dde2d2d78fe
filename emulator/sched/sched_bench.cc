// What a decision costs the host: 100,000 tasks on 64 streams are queued
// behind a gate, then driven. Per policy, with waits between the streams.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "emulator/sched/scheduler.h"

namespace npuemu {
namespace {

constexpr int kTasks = 100000;

// Queued tasks on streams that stand still until the gate is set.
struct Backlog {
  Backlog(const char* policy, int streams)
      : costs(*FindSoc("Ascend910B1"), 1),
        scheduler(&log, &turns, MakePolicy(policy), &costs, &executor, 1),
        lock(mutex),
        gate(std::make_shared<Signal>()) {
    for (int i = 0; i < streams; ++i) {
      queues.push_back(std::make_unique<StreamQueue>(i, 0, nullptr));
      Task wait;
      wait.wait = WaitKind::kLevel;
      wait.wait_for = gate;
      scheduler.Submit(lock, queues.back().get(), std::move(wait), SimTime());
    }
    std::shared_ptr<Signal> record = gate;
    for (int i = 0; i < kTasks; ++i) {
      Task task;
      task.name = "bench";
      task.unit = i % 8 == 0 ? Unit::kCopyIn : Unit::kVector;
      task.cores = 1 + static_cast<uint32_t>(i % 4);
      task.cost = SimDuration(1000 + i % 7);
      // Every 16th records, the next one, on another stream, waits for it: a
      // chain through all streams.
      if (i % 16 == 0) {
        record = std::make_shared<Signal>();
        task.effect = EffectKind::kSet;
        task.target = record;
      } else if (i % 16 == 1 && i > 1) {
        task.wait = WaitKind::kLevel;
        task.wait_for = record;
      }
      StreamQueue* queue = queues[static_cast<size_t>(i % streams)].get();
      scheduler.Submit(lock, queue, std::move(task), SimTime(SimDuration(i)));
    }
  }

  void Open() {
    Task open;
    open.effect = EffectKind::kSet;
    open.target = gate;
    scheduler.Submit(lock, &control, std::move(open), SimTime());
    scheduler.DriveAll(lock, SimTime());
    if (scheduler.HasDeferred()) std::abort();
  }

  std::mutex mutex;
  EventLog log{4096};
  CostModel costs;
  Executor executor{1};
  Turns turns{&log};
  Scheduler scheduler;
  Lock lock;
  std::shared_ptr<Signal> gate;
  StreamQueue control{1000, 0, nullptr};
  std::vector<std::unique_ptr<StreamQueue>> queues;
};

void BM_Decide(benchmark::State& state, const char* policy) {
  const int streams = static_cast<int>(state.range(0));
  for (auto unused : state) {
    state.PauseTiming();
    {
      Backlog backlog(policy, streams);
      state.ResumeTiming();
      backlog.Open();
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kTasks);
}
#define POLICY(name) \
  BENCHMARK_CAPTURE(BM_Decide, name, #name)->Arg(1)->Arg(64)->Arg(1024)
POLICY(fifo);
POLICY(timed);
POLICY(late);
POLICY(random);
POLICY(pct);

void BM_BytesPerQueuedTask(benchmark::State& state) {
  for (auto unused : state) {
    const size_t before = mallinfo2().uordblks;
    Backlog backlog("late", 64);
    const size_t after = mallinfo2().uordblks;
    state.counters["bytes"] = static_cast<double>(after - before) / kTasks;
    state.counters["sizeof"] = sizeof(Task);
  }
}
BENCHMARK(BM_BytesPerQueuedTask)->Iterations(1);

}  // namespace
}  // namespace npuemu

BENCHMARK_MAIN();
