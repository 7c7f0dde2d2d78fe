// File: task_body.h
// What a task does when it runs: as a whole, or in the blocks that AI cores and
// copy engines do one after the other (design 1.3). Blocks matter only to tasks
// that conflict while they overlap in virtual time; see interleave.h.

#ifndef EMULATOR_TASK_TASK_BODY_H_
#define EMULATOR_TASK_TASK_BODY_H_

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "emulator/base/sim_time.h"
#include "emulator/base/status.h"

namespace npuemu {

// A step of a block at a moment of the task: it reads (copy in, compute) or
// writes (copy out) memory.
struct BlockStep {
  SimDuration at;  // after the start of the task
  absl::AnyInvocable<Fault()> run;
};

// A task in blocks. The body fills `steps`, in any order; equal times keep
// theirs. A body that leaves them empty runs whole, at its start.
struct BlockPlan {
  SimDuration cost{0};
  uint32_t cores = 1;
  std::vector<BlockStep> steps;
};

// Move-only, may be empty. Made from f() -> Fault, which runs whole, or from
// f(BlockPlan*) -> Fault, which runs whole for null and else describes its
// blocks and runs nothing; a fault then is that of the task.
class TaskBody {
 public:
  TaskBody() = default;
  TaskBody(std::nullptr_t) {}  // NOLINT: as of any callable

  template <typename F>
    requires(std::is_invocable_r_v<Fault, F&, BlockPlan*>)
  TaskBody(F f) : call_(std::move(f)) {}  // NOLINT: a lambda is a body

  template <typename F>
    requires(std::is_invocable_r_v<Fault, F&>)
  TaskBody(F f)  // NOLINT: a lambda is a body
      : call_([f = std::move(f)](BlockPlan* plan) mutable {
          return plan == nullptr ? f() : Fault::kNone;
        }) {}

  bool operator==(std::nullptr_t) const { return call_ == nullptr; }

  Fault Run() { return call_(nullptr); }
  Fault Describe(BlockPlan* plan) { return call_(plan); }

 private:
  absl::AnyInvocable<Fault(BlockPlan*)> call_;
};

}  // namespace npuemu

#endif  // EMULATOR_TASK_TASK_BODY_H_
