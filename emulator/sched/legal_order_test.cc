// Every policy yields only legal orders: random small programs of records,
// waits and kernels on several streams, checked against all legal orders,
// which a brute-force enumeration finds without the scheduler's code.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/sched/scheduler.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

struct Step {
  enum Kind { kKernel, kRecord, kWait } kind;
  int stream;
  int record;  // kRecord: its number; kWait: which record it waits for
};

using Program = std::vector<Step>;

// Waits bind to an earlier record, so every program ends.
Program RandomProgram(Prng& prng, int streams) {
  Program program;
  int records = 0;
  const uint64_t length = 3 + prng.Below(5);
  for (uint64_t i = 0; i < length; ++i) {
    const int stream = static_cast<int>(prng.Below(streams));
    const uint64_t kind = prng.Below(3);
    if (kind == 1) {
      program.push_back({Step::kRecord, stream, records++});
    } else if (kind == 2 && records > 0) {
      program.push_back(
          {Step::kWait, stream, static_cast<int>(prng.Below(records))});
    } else {
      program.push_back({Step::kKernel, stream, 0});
    }
  }
  return program;
}

// All orders that respect streams and record -> wait.
void Enumerate(const Program& program, std::vector<bool>& done,
               std::string& order, std::set<std::string>* orders) {
  bool complete = true;
  for (size_t i = 0; i < program.size(); ++i) {
    if (done[i]) continue;
    complete = false;
    bool legal = true;
    for (size_t j = 0; j < i; ++j) {
      if (done[j]) continue;
      const bool same_stream = program[j].stream == program[i].stream;
      const bool awaited = program[i].kind == Step::kWait &&
                           program[j].kind == Step::kRecord &&
                           program[j].record == program[i].record;
      if (same_stream || awaited) legal = false;
    }
    if (!legal) continue;
    done[i] = true;
    order.push_back(static_cast<char>('a' + i));
    Enumerate(program, done, order, orders);
    order.pop_back();
    done[i] = false;
  }
  if (complete) orders->insert(order);
}

std::string RunProgram(const Program& program, int streams,
                       const char* policy, Prng& prng) {
  std::mutex mutex;
  EventLog log(16);
  CostModel costs(*FindSoc("Ascend910B1"), 1);
  Executor executor(1);
  Lock lock(mutex);
  Scheduler scheduler(&log, MakePolicy(policy), &costs, &executor, 0);
  FailureDomain domain;
  std::vector<std::unique_ptr<StreamQueue>> queues;
  for (int i = 0; i < streams; ++i) {
    queues.push_back(std::make_unique<StreamQueue>(i, 0, &domain));
  }
  std::map<int, std::shared_ptr<Signal>> signals;
  std::string order;
  int64_t now = 0;
  auto drive = [&](int stream) {
    StreamQueue* queue = queues[static_cast<size_t>(stream)].get();
    Goal goal;
    goal.roots.push_back({queue, queue->submitted});
    EXPECT_EQ(scheduler.Drive(lock, goal, SimTime(SimDuration(now))),
              Scheduler::Outcome::kReached);
  };
  for (size_t i = 0; i < program.size(); ++i) {
    Task task;
    task.cost = SimDuration(static_cast<int64_t>(prng.Below(3000)));
    task.body = [&order, i] {
      order.push_back(static_cast<char>('a' + i));
      return Fault::kNone;
    };
    if (program[i].kind == Step::kRecord) {
      task.effect = EffectKind::kSet;
      task.target = signals[program[i].record] = std::make_shared<Signal>();
    } else if (program[i].kind == Step::kWait) {
      task.wait = WaitKind::kLevel;
      task.wait_for = signals[program[i].record];
    }
    scheduler.Submit(lock, queues[static_cast<size_t>(program[i].stream)].get(),
                     std::move(task), SimTime(SimDuration(now)));
    now += 500;
    if (prng.Below(4) == 0) drive(static_cast<int>(prng.Below(streams)));
  }
  for (int i = streams - 1; i >= 0; --i) drive(i);
  return order;
}

TEST(LegalOrderTest, EveryPolicyStaysWithinTheLegalOrders) {
  const uint64_t seed = 4711;
  SCOPED_TRACE(seed);
  std::set<std::string> seen_late;
  for (uint64_t round = 0; round < 400; ++round) {
    Prng prng(seed + round);
    const int streams = 1 + static_cast<int>(prng.Below(3));
    const Program program = RandomProgram(prng, streams);
    std::set<std::string> legal;
    std::vector<bool> done(program.size());
    std::string order;
    Enumerate(program, done, order, &legal);
    for (const char* policy : {"fifo", "timed", "late", "random", "pct"}) {
      Prng run = prng.Fork(policy);
      const std::string got = RunProgram(program, streams, policy, run);
      ASSERT_EQ(legal.count(got), 1u)
          << "round " << round << " " << policy << " gave " << got;
    }
  }
}

}  // namespace
}  // namespace npuemu
