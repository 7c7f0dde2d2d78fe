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
  std::vector<uint64_t> addresses;  // of plan->tensors
  std::vector<ArgRole> roles;       // of the arguments
  bool repeatable = false;
};

// The handle that the calling thread's last first phase gave; another executor
// never has it.
const aclOpExecutor* LastExecutor();
void SetLastExecutor(const aclOpExecutor* executor);

HandleTable<Executor>& Executors();

// Queues the steps of the plan. Errors: those of Submit.
absl::Status Launch(Call& call, Stream* stream, const Executor& executor,
                    uint64_t workspace);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_EXECUTOR_H_
