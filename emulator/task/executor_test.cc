#include "emulator/task/executor.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/task/interleave.h"
#include "gtest/gtest.h"
#include "oneapi/tbb/global_control.h"

namespace npuemu {
namespace {

constexpr uint64_t kCells = 16;

Task Touching(MemoryRange read, MemoryRange write) {
  Task task;
  task.reads.push_back(read);
  task.writes.push_back(write);
  return task;
}

TEST(ExecutorTest, ConflictIsAWriteAgainstAnyAccess) {
  const Task a = Touching({0, 4}, {8, 12});
  EXPECT_TRUE(Conflict(a, Touching({11, 13}, {20, 21})));   // RAW
  EXPECT_TRUE(Conflict(a, Touching({20, 21}, {3, 5})));     // WAR
  EXPECT_TRUE(Conflict(a, Touching({20, 21}, {8, 9})));     // WAW
  EXPECT_FALSE(Conflict(a, Touching({0, 4}, {12, 13})));    // reads agree
  EXPECT_FALSE(Conflict(a, Touching({12, 13}, {4, 8})));    // touching ends
}

// A batch of random tasks over a small memory: each writes a mix of what it
// reads, so that any swapped pair of conflicting tasks changes a byte.
std::vector<Task> RandomBatch(Prng& prng, std::vector<uint64_t>* memory) {
  std::vector<Task> tasks;
  const uint64_t count = 1 + prng.Below(40);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t read = prng.Below(kCells);
    const uint64_t write = prng.Below(kCells);
    Task task = Touching({read, read + 1}, {write, write + 1});
    task.cost = SimDuration(100000);
    task.body = [=] {
      uint64_t& cell = (*memory)[write];
      cell = cell * 31 + (*memory)[read] * 17 + i + 1;
      return Fault::kNone;
    };
    tasks.push_back(std::move(task));
  }
  return tasks;
}

TEST(ExecutorTest, SameBytesAsInOrder) {
  const uint64_t seed = 20261122;
  SCOPED_TRACE(seed);
  for (uint64_t round = 0; round < 300; ++round) {
    std::vector<uint64_t> serial(kCells, 1);
    Prng once(seed + round);
    for (Task& task : RandomBatch(once, &serial)) task.body.Run();
    std::vector<uint64_t> parallel(kCells, 1);
    Prng again(seed + round);
    std::vector<Task> batch = RandomBatch(again, &parallel);
    Executor executor(4);
    executor.Run(batch, false);
    ASSERT_EQ(parallel, serial) << "round " << round;
  }
  // A worker that still leaves an arena when the process ends would be a leak
  // to LeakSanitizer.
  tbb::task_scheduler_handle handle{tbb::attach{}};
  EXPECT_TRUE(tbb::finalize(handle, std::nothrow));
}

TEST(ExecutorTest, KeepsTheFaultOfEachBody) {
  std::vector<Task> batch(3);
  batch[1].body = [] { return Fault::kRtAicoreException; };
  bool ran = false;
  batch[2].fault = Fault::kRtWaitTimeout;  // given up before it began
  batch[2].body = [&] {
    ran = true;
    return Fault::kNone;
  };
  Executor(1).Run(batch, false);
  EXPECT_EQ(batch[0].fault, Fault::kNone);
  EXPECT_EQ(batch[1].fault, Fault::kRtAicoreException);
  EXPECT_EQ(batch[2].fault, Fault::kRtWaitTimeout);
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace npuemu
