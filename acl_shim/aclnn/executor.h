// File: executor.h
// What lies between the two phases of an operator: its plan and the addresses
// of its tensors (R171-R176). Single use, unless it was made repeatable.
//
// Executors() is thread-safe; an executor is not: threads that share one order
// their calls (R175). Launch and SetAddress are used inside a Call.

#ifndef ACL_SHIM_ACLNN_EXECUTOR_H_
#define ACL_SHIM_ACLNN_EXECUTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "acl_shim/aclnn/arg.h"
#include "acl_shim/aclnn/plan.h"
#include "acl_shim/core/handle_table.h"
#include "aclnn/acl_meta.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu::shim::nn {

struct Executor {
  std::shared_ptr<const Plan> plan;
  std::vector<uint64_t> addresses;   // of plan->tensors
  std::vector<ArgRole> roles;        // of the arguments
  std::vector<const void*> handles;  // of them, where plan->found names some
  bool repeatable = false;
  uint64_t last_task = 0;  // that its last second phase submitted; 0: none
};

// The handle that the calling thread's last first phase gave; another executor
// never has it.
const aclOpExecutor* LastExecutor();
void SetLastExecutor(const aclOpExecutor* executor);

HandleTable<Executor>& Executors();

// The executor of a handle. One that is consumed or destroyed is told as H35,
// with who did it, where that is not long ago.
absl::StatusOr<std::shared_ptr<Executor>> FindExecutor(Call& call,
                                                       const void* handle);

// Removes it; `function` did it, as the text of a later H35 says.
absl::Status Consume(Call& call, const void* handle, const char* function);
// The second phase of it ended, with what it submitted.
void NoteLaunched(Call& call, const void* handle, Executor* executor);

// Queues the steps of the plan. Errors: those of Submit.
absl::Status Launch(Call& call, Stream* stream, const Executor& executor,
                    uint64_t workspace);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_EXECUTOR_H_
