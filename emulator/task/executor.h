// File: executor.h
// Executes what the scheduler decided. Tasks whose byte ranges conflict keep
// their decided order, or mix in blocks where they overlap in virtual time
// (interleave.h); others may run in parallel (design 1.3). The only oneTBB user
// of emulator/.

#ifndef EMULATOR_TASK_EXECUTOR_H_
#define EMULATOR_TASK_EXECUTOR_H_

#include <memory>
#include <span>

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

 private:
  struct Arena;
  // Tasks without a conflict.
  void RunWave(std::span<Task> wave, SimDuration cost);

  const int threads_;
  std::unique_ptr<Arena> arena_;  // made at the first parallel wave
};

}  // namespace npuemu

#endif  // EMULATOR_TASK_EXECUTOR_H_
