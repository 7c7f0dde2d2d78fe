// File: launch.h
// The launch of a single operator in the micro-steps S1-S10 of semantics.md
// 9.1. Thread safety: LaunchOp is used inside a Call. The node's lock stands
// for R.mu; only a full queue lets another thread in between, and the state of
// a launch is its own.

#ifndef ACL_SHIM_OP_LAUNCH_H_
#define ACL_SHIM_OP_LAUNCH_H_

#include <memory>

#include "absl/status/status.h"
#include "acl_shim/op/op_plan.h"
#include "acl_shim/op/query.h"
#include "acl_shim/op/stream_resource.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {

// The buffers of one call, in the order of the plan's operands.
struct OpBuffers {
  BufferList inputs;
  BufferList outputs;
};

// R130, R131: every output buffer has length 0, so there is nothing to do.
bool AllEmpty(const BufferList& outputs);

// S1. Counts of used operands: 145000 E10401/E10403, or E10405/E10406 for a
// dynamic model. Sizes of a static model (R136): 145000 E10402/E10404 with
// index, expected and aligned given size. Pure.
absl::Status CheckBuffers(const OpPlan& plan, const OpBuffers& buffers);

// Queues the call. Errors besides CheckBuffers: kInvalidParam for null with a
// length (R131) and for an address that is not device memory; kGeFailure
// (500002) for more than 1 MiB of host inputs (R137); those of Submit.
absl::Status LaunchOp(Call& call, Stream* stream, StreamResource& resource,
                      const OpPlan& plan, const OpBuffers& buffers);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_LAUNCH_H_
