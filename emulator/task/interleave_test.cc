#include "emulator/task/interleave.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/task/executor.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

using Bytes = std::vector<uint64_t>;

constexpr uint64_t kCells = 24;

// A random task over a small memory: `blocks` blocks of cells, each a mix of
// what was read at its copy in, written at its copy out.
struct Plan {
  SimTime start;
  SimDuration cost;
  uint64_t read, write, cells, blocks, salt;
};

uint64_t Mix(uint64_t old, uint64_t read, uint64_t salt) {
  return old * 31 + read * 17 + salt;
}

SimDuration At(const Plan& plan, uint64_t k) {
  return plan.cost * static_cast<int64_t>(k) /
         static_cast<int64_t>(plan.blocks);
}

Task MakeTask(const Plan& plan, Bytes* memory) {
  Task task;
  task.start = plan.start;
  task.cost = plan.cost;
  task.end = plan.start + plan.cost;
  task.reads.push_back({plan.read, plan.read + plan.cells});
  task.reads.push_back({plan.write, plan.write + plan.cells});
  task.writes.push_back({plan.write, plan.write + plan.cells});
  task.body = [=](BlockPlan* out) {
    for (uint64_t k = 0; k < plan.blocks; ++k) {
      auto cells = std::make_shared<Bytes>();
      const uint64_t begin = plan.cells * k / plan.blocks;
      const uint64_t end = plan.cells * (k + 1) / plan.blocks;
      auto in = [=] {
        for (uint64_t i = begin; i < end; ++i) {
          cells->push_back(Mix((*memory)[plan.write + i],
                               (*memory)[plan.read + i], plan.salt + i));
        }
        return Fault::kNone;
      };
      auto copy_out = [=] {
        std::copy(cells->begin(), cells->end(),
                  memory->begin() + static_cast<ptrdiff_t>(plan.write + begin));
        return Fault::kNone;
      };
      if (out == nullptr) {
        in();
        copy_out();
      } else {
        out->steps.push_back({At(plan, k), in});
        out->steps.push_back({At(plan, k + 1), copy_out});
      }
    }
    return Fault::kNone;
  };
  return task;
}

// Disjoint reads and writes, so that a whole run equals one in blocks.
Plan RandomPlan(Prng& prng, uint64_t salt) {
  Plan plan;
  plan.cells = 1 + prng.Below(6);
  plan.blocks = 1 + prng.Below(plan.cells);
  plan.read = prng.Below(kCells / 2 - plan.cells + 1);
  plan.write = kCells / 2 + prng.Below(kCells / 2 - plan.cells + 1);
  if (prng.Below(2) == 0) std::swap(plan.read, plan.write);
  plan.cost = SimDuration(1 + static_cast<int64_t>(prng.Below(40)));
  plan.salt = salt;
  return plan;
}

// Independent of the code under test: nanosecond by nanosecond, and for each
// one task by task. Only for batches in ascending order of start.
void Reference(const std::vector<Plan>& plans, const std::vector<bool>& split,
               Bytes* memory) {
  int64_t last = 0;
  for (const Plan& plan : plans) {
    last = std::max(last, Nanoseconds(plan.start + plan.cost));
  }
  std::vector<std::vector<Bytes>> buffers(plans.size());
  for (size_t t = 0; t < plans.size(); ++t) buffers[t].resize(plans[t].blocks);
  for (int64_t now = 0; now <= last; ++now) {
    for (size_t t = 0; t < plans.size(); ++t) {
      const Plan& plan = plans[t];
      const auto begin = [&](uint64_t k) {
        return plan.cells * k / plan.blocks;
      };
      for (uint64_t k = 0; k < plan.blocks; ++k) {
        const bool whole = !split[t];
        const SimTime in = plan.start + (whole ? SimDuration(0) : At(plan, k));
        const SimTime out =
            plan.start + (whole ? SimDuration(0) : At(plan, k + 1));
        if (Nanoseconds(in) == now) {
          for (uint64_t i = begin(k); i < begin(k + 1); ++i) {
            buffers[t][k].push_back(Mix((*memory)[plan.write + i],
                                        (*memory)[plan.read + i],
                                        plan.salt + i));
          }
        }
        if (Nanoseconds(out) == now) {
          for (uint64_t i = begin(k); i < begin(k + 1); ++i) {
            (*memory)[plan.write + i] = buffers[t][k][i - begin(k)];
          }
        }
      }
    }
  }
}

Bytes Start() {
  Bytes memory(kCells);
  for (uint64_t i = 0; i < kCells; ++i) memory[i] = i + 1;
  return memory;
}

TEST(InterleaveTest, RacesMixAsVirtualTimeSays) {
  const uint64_t seed = 20261126;
  SCOPED_TRACE(seed);
  int raced = 0;
  int mixed = 0;
  for (uint64_t round = 0; round < 2000; ++round) {
    Prng prng(seed + round);
    std::vector<Plan> plans;
    const uint64_t count = 2 + prng.Below(5);
    SimTime now;
    for (uint64_t t = 0; t < count; ++t) {
      plans.push_back(RandomPlan(prng, 1000 * t));
      now += SimDuration(static_cast<int64_t>(prng.Below(20)));
      plans.back().start = now;
    }
    Bytes memory = Start();
    Bytes serial = Start();
    std::vector<Task> batch;
    for (const Plan& plan : plans) {
      batch.push_back(MakeTask(plan, &memory));
      MakeTask(plan, &serial).body.Run();
    }
    std::vector<bool> races = FindRaces(batch);
    const bool race = !races.empty();
    races.resize(plans.size());
    Bytes expected = Start();
    Reference(plans, races, &expected);
    Executor(1).Run(batch, /*in_virtual_time=*/true);
    ASSERT_EQ(memory, expected) << round;
    if (!race) {
      ASSERT_EQ(memory, serial) << round;
    }
    raced += race;
    mixed += memory != serial;
  }
  EXPECT_GT(raced, 200);
  EXPECT_GT(mixed, 50);
}

// In blocks and as a whole: the same bytes where nothing races.
TEST(InterleaveTest, BlocksOfRaceFreeTasksGiveTheBytesOfSerialOrder) {
  const uint64_t seed = 42;
  SCOPED_TRACE(seed);
  for (uint64_t round = 0; round < 1000; ++round) {
    Prng prng(seed + round);
    Bytes memory = Start();
    Bytes serial = Start();
    std::vector<Task> batch;
    std::vector<std::pair<Plan, SimTime>> done;
    SimTime now;
    for (uint64_t t = 0; t < 12; ++t) {
      Plan plan = RandomPlan(prng, 1000 * t);
      now += SimDuration(static_cast<int64_t>(prng.Below(10)));
      plan.start = now;
      // It waits for those that it conflicts with.
      for (const Task& other : batch) {
        if (Conflict(other, MakeTask(plan, &memory))) {
          plan.start = std::max(plan.start, other.end);
        }
      }
      now = plan.start;
      batch.push_back(MakeTask(plan, &memory));
      MakeTask(plan, &serial).body.Run();
    }
    ASSERT_TRUE(FindRaces(batch).empty());
    RunInterleaved(batch, std::vector<bool>(batch.size(), true));
    ASSERT_EQ(memory, serial) << round;
  }
}

TEST(InterleaveTest, AFaultEndsItsTaskOnly) {
  Bytes memory = Start();
  Plan plan{SimTime(), SimDuration(10), 0, 12, 4, 2, 5};
  std::vector<Task> batch;
  batch.push_back(MakeTask(plan, &memory));
  batch.push_back(MakeTask(plan, &memory));
  batch[0].body = [](BlockPlan*) { return Fault::kRtAicoreException; };
  Executor(1).Run(batch, true);
  EXPECT_EQ(batch[0].fault, Fault::kRtAicoreException);
  EXPECT_EQ(batch[1].fault, Fault::kNone);
  EXPECT_NE(memory, Start());
}

}  // namespace
}  // namespace npuemu
