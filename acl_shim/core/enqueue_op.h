// File: enqueue_op.h
// An operator call of kernels/ becomes a task of emulator/: with strided_copy.h
// the only place that knows both halves (design 1.5). Two steps, because one
// prepared call is launched many times: PrepareOp checks and computes all that
// does not depend on addresses, EnqueueOp does little more than build ranges
// and one body.
//
// Thread safety: a PreparedOp is immutable and may be shared; MakeOpTask and
// EnqueueOp are used inside a Call.

#ifndef ACL_SHIM_CORE_ENQUEUE_OP_H_
#define ACL_SHIM_CORE_ENQUEUE_OP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "emulator/base/status.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"
#include "emulator/task/task.h"
#include "kernels/op/op_def.h"

namespace npuemu::shim {

// Bytes of inputs whose value is known when the call is made; an entry per
// input, empty where it is not, or no entries at all.
using ConstantList = std::vector<std::vector<std::byte>>;

// A checked call with everything that does not depend on its buffers.
struct PreparedOp {
  kernels::OpCall call;    // const_inputs point into `constants`
  ConstantList constants;  // held in host memory, not passed as arguments
  Unit unit = Unit::kVector;
  Fault exception = Fault::kNone;  // what a failing body reports
  KernelWork work;
  bool parallel = false;  // worth worker threads
  size_t workspace = 0;   // bytes
  std::vector<size_t> input_bytes;
  std::vector<size_t> output_bytes;
  // Argument names, one per operand; behind the outputs come updated inputs,
  // the last output is the workspace.
  std::vector<const char*> input_names;
  std::vector<const char*> output_names;
  std::vector<int8_t> input_types;  // aclDataType
  std::vector<int8_t> output_types;
  AccessNames names;  // of these
};

// Checks the call and its outputs. A call that the kernels refuse is an error
// `refused` whose text names operator, argument, given and expected.
absl::StatusOr<std::shared_ptr<const PreparedOp>> PrepareOp(
    kernels::OpCall call, ConstantList constants,
    Fault refused = Fault::kApiNotSupport);

// The same for a call that CheckCall has passed, with outputs as infer gives
// them.
std::shared_ptr<const PreparedOp> PrepareChecked(kernels::OpCall call,
                                                 ConstantList constants);

// Device addresses, one per operand of the call; 0 for one that is absent or
// constant. The sizes are those of the PreparedOp.
struct OpAddresses {
  std::span<const uint64_t> inputs;
  std::span<const uint64_t> outputs;
  uint64_t workspace = 0;
};

// The task of one launch. Addresses become memory when it runs: one that lies
// outside of committed memory, or on a device that the stream's device may not
// access, or a null workspace where the call needs one, is a device exception
// (507015 cube, 507035 vector, 507018 AI CPU).
Task MakeOpTask(Node& node, const Stream& stream,
                std::shared_ptr<const PreparedOp> op,
                const OpAddresses& addresses);

// Whether the stream's device may access the memory at the address (R96).
bool MayAccess(Node& node, const Stream& stream, uint64_t address);

// MakeOpTask and Submit. Errors: those of Submit.
absl::Status EnqueueOp(Call& call, Stream* stream,
                       std::shared_ptr<const PreparedOp> op,
                       const OpAddresses& addresses);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_ENQUEUE_OP_H_
