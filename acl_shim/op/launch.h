// File: launch.h
// The launch of a static single operator in the micro-steps S1-S10 of
// semantics.md 9.1. Before each is a switch point with its name; another
// controlled thread may run there and change the op object, the allocator and
// the stream resource, none of which is guarded outside of S2 and S4-S9. So
// the interleavings I1-I4 and I8-I12 come out as on the device: a null or
// shared workspace is wrong bytes or a device exception, and a use of deleted
// objects is ModelCrash. Threads that are not controlled meet only where a full
// queue makes one wait, inside of S4-S9.
//
// Thread safety: used inside a Call.

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

// S5 and half of S7: host inputs are copied to the staging buffer on `stream`;
// `args` gets the addresses of all operands. Errors: kInvalidParam for null
// with a length (R131) and for an address that is not device memory.
absl::Status StageAndCollect(Call& call, Stream* stream,
                             StreamResource& resource, const OpPlan& plan,
                             const OpBuffers& buffers,
                             absl::InlinedVector<uint64_t, 8>* args);

// Queues the call on `stream`, which is the op object's own, or the caller's
// default stream where a handle found the object under null (R149). Errors:
// those of CheckBuffers and StageAndCollect; kGeFailure (500002) for more than
// 1 MiB of host inputs (R137); those of Submit; kInternalError (ModelCrash).
absl::Status LaunchOp(Call& call, const std::shared_ptr<Stream>& stream,
                      const std::shared_ptr<OpObject>& object,
                      const OpPlan& plan, const OpBuffers& buffers);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_LAUNCH_H_
