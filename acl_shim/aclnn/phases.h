// File: phases.h
// The two phases that every operator has. Called by the generated entry
// points. Thread-safe.

#ifndef ACL_SHIM_ACLNN_PHASES_H_
#define ACL_SHIM_ACLNN_PHASES_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "acl_shim/aclnn/arg.h"
#include "aclnn/acl_meta.h"

namespace npuemu::shim::nn {

// Phase one (R171): checks everything and makes an executor. Errors: 161001
// for a null output of the phase or a null argument, 161002 for arguments that
// the operator does not take, 200001 for what is not modelled.
aclnnStatus PhaseOne(size_t op, const char* function,
                     std::span<const Arg> args, uint64_t* workspace_size,
                     aclOpExecutor** executor);

// Phase two (R172, R174): queues the kernels and consumes the executor, also
// when it fails. Errors: 161001 for a null or consumed executor and for a null
// workspace where the first phase asked for one, 161002 for one that is too
// small, those of a launch.
aclnnStatus PhaseTwo(const char* function, void* workspace,
                     uint64_t workspace_size, aclOpExecutor* executor,
                     aclrtStream stream);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_PHASES_H_
