// File: dynamic_launch.h
// The launch of a dynamic operator through aclopExecuteV2: the steps D1-D6 of
// semantics.md 9.1, which take no lock (R148). Switch points D1 to D6, and
// D5.alloc, D5.launch, D5.free between the parts of a node (I7).
//
// The executor's inputs and outputs point into the stack frames of calls. Here
// a frame is an object that knows whether its call has returned: reading a dead
// one is kGeParamInvalid (145000) with "I6", where the real runtime reads
// garbage extents.
//
// Thread safety: used inside a Call.

#ifndef ACL_SHIM_OP_DYNAMIC_LAUNCH_H_
#define ACL_SHIM_OP_DYNAMIC_LAUNCH_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "acl_shim/op/launch.h"
#include "acl_shim/op/op_plan.h"
#include "acl_shim/op/query.h"
#include "acl_shim/op/stream_resource.h"

namespace npuemu::shim {

// The stack tensors of one call.
struct CallFrame {
  OpQuery query;  // as it matched
  OpBuffers buffers;
  std::vector<kernels::Shape> refreshed;  // what D6 writes back; see OpPlan
  bool returned = false;
};

// Runs the executor of `model` on `stream` for the frame, and D6. Synchronous
// where output extents come from a range (R131). Errors: those of MakePlan,
// CheckBuffers, StageAndCollect and Submit; kGeParamInvalid (I6);
// kInternalError (ModelCrash).
absl::Status LaunchDynamic(Call& call, const std::shared_ptr<Stream>& stream,
                           const std::shared_ptr<const OpModel>& model,
                           const std::shared_ptr<CallFrame>& frame);

// The outputs' extents had to be computed from a range (R131).
bool ComputedFromRange(const OpQuery& query, const OpPlan& plan);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_DYNAMIC_LAUNCH_H_
