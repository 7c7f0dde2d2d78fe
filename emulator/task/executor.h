// File: executor.h
// Executes what the scheduler decided. Tasks whose byte ranges conflict keep
// their decided order, or mix in blocks where they overlap in virtual time
// (interleave.h); others may run in parallel (design 1.3). The only oneTBB user
// of emulator/.

#ifndef EMULATOR_TASK_EXECUTOR_H_
#define EMULATOR_TASK_EXECUTOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "emulator/task/task.h"

namespace npuemu {

class Executor {
 public:
  // threads: 0 means all cores.
  explicit Executor(int threads);
  ~Executor();

  // Runs every body, in order or with the same bytes as in order, and stores
  // its fault in the task. in_virtual_time: races run in blocks. Call it
  // without a lock that a body could want.
  void Run(std::span<Task> tasks, bool in_virtual_time);

  // Where somebody records: makes a checksum of the bytes that a task wrote,
  // as soon as it has run.
  void SetChecksum(std::function<uint64_t(const Task&)> checksum) {
    checksum_ = std::move(checksum);
  }

 private:
  struct Arena;
  void RunBody(Task& task) const;
  // Tasks without a conflict.
  void RunWave(std::span<Task> wave, SimDuration cost);

  const int threads_;
  std::function<uint64_t(const Task&)> checksum_;
  std::unique_ptr<Arena> arena_;  // made at the first parallel wave
};

}  // namespace npuemu

#endif  // EMULATOR_TASK_EXECUTOR_H_
