// File: policy.h
// Which of the legal next tasks runs next. A policy sees only what is ready:
// it chooses among legal orders and cannot break one (design 4).

#ifndef EMULATOR_SCHED_POLICY_H_
#define EMULATOR_SCHED_POLICY_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/base/prng.h"
#include "emulator/base/sim_time.h"
#include "emulator/task/task.h"

namespace npuemu {

// The head of a stream whose wait is satisfied.
struct ReadyTask {
  const Task* task;
  SimTime earliest;  // when it could start
  bool needed;       // the call that drives cannot return without it
};

class Policy {
 public:
  virtual ~Policy() = default;

  // The index of the task to decide next; nullopt leaves the rest for a later
  // call. `observing`: a call must see its goal reached; otherwise only tasks
  // that may start up to `horizon` are up to choice.
  virtual std::optional<size_t> PickNext(std::span<const ReadyTask> ready,
                                         bool observing, SimTime horizon,
                                         Prng& prng) = 0;

  // Whether tasks can be left ready at the end of a submitting call.
  virtual bool Defers() const = 0;
  // Whether a query counts its polls before it drives (design 4, `late`).
  virtual bool CountsPolls() const { return false; }
};

// "fifo", "timed" or "late" (config.def checks the name).
std::unique_ptr<Policy> MakePolicy(std::string_view name);

}  // namespace npuemu

#endif  // EMULATOR_SCHED_POLICY_H_
