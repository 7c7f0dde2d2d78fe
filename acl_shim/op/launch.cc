#include "acl_shim/op/launch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/enqueue_op.h"
#include "emulator/device/transfer.h"

namespace npuemu::shim {
namespace {

// What differs between the two sides in messages (R136).
struct Side {
  const char* name;
  const char* count_id;
  const char* size_id;
  const char* dynamic_count_id;
};

constexpr Side kInput{"input", "E10401", "E10402", "E10405"};
constexpr Side kOutput{"output", "E10403", "E10404", "E10406"};

std::string Named(const OpPlan& plan, const Side& side, size_t index) {
  return absl::StrCat(plan.model->def.op_type, ": ", side.name, " ", index);
}

absl::Status CheckCount(const OpPlan& plan, const Side& side, size_t given,
                        size_t expected) {
  if (given == expected) return absl::OkStatus();
  return FaultError(
      Fault::kGeParamInvalid,
      absl::StrCat(plan.model->def.op_type, ": ", side.name,
                   " count: given ", given, ", expected ", expected),
      plan.model->def.dynamic ? side.dynamic_count_id : side.count_id);
}

absl::Status CheckSide(const OpPlan& plan, const Side& side,
                       const std::vector<OperandPlan>& operands,
                       const BufferList& buffers) {
  RETURN_IF_ERROR(CheckCount(plan, side, buffers.size(), operands.size()));
  if (plan.model->def.dynamic) return absl::OkStatus();
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].passing == Passing::kSkip) continue;
    const uint64_t given = (buffers[i].size + 63) / 32 * 32;
    if (given >= operands[i].expected) continue;
    return FaultError(
        Fault::kGeParamInvalid,
        absl::StrCat(Named(plan, side, i), " size is invalid: index ", i,
                     ", expect_size ", operands[i].expected, ", given size ",
                     given, " (of ", buffers[i].size, " bytes)"),
        side.size_id);
  }
  return absl::OkStatus();
}

// An operand with bytes must be device memory; one without is not touched.
absl::StatusOr<uint64_t> DeviceAddress(const Node& node, const OpPlan& plan,
                                       const Side& side, size_t index,
                                       const DataBuffer& buffer,
                                       uint64_t bytes) {
  const auto address = reinterpret_cast<uint64_t>(buffer.data);
  if (address == 0 && bytes == 0) return uint64_t{0};
  if (const_cast<Node&>(node).memory().IsDeviceAddress(address)) {
    return address;
  }
  return FaultError(
      Fault::kInvalidParam,
      absl::StrCat(Named(plan, side, index), " data: given ",
                   address == 0 ? "null"
                                : absl::StrCat("host address 0x",
                                               absl::Hex(address)),
                   " with ", buffer.size,
                   " bytes, expected device memory (aclrtMalloc)"));
}

// S5: host inputs, each at the next multiple of 512 bytes of the one staging
// buffer; their bytes are captured now (R137).
class Staging {
 public:
  Staging(Call& call, Stream* stream, StreamResource& resource)
      : call_(call), stream_(stream), resource_(resource) {}

  static absl::Status CheckTotal(const OpPlan& plan,
                                 const BufferList& inputs) {
    uint64_t total = 0;
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (plan.inputs[i].passing != Passing::kHost) continue;
      total += Padded(inputs[i].size);
    }
    if (total <= kStageBytes) return absl::OkStatus();
    return FaultError(
        Fault::kGeFailure,
        absl::StrCat(plan.model->def.op_type, ": inputs in host memory: given ",
                     total, " bytes (each padded to ", kStagePadding,
                     "), expected at most ", kStageBytes));
  }

  absl::StatusOr<uint64_t> Copy(const OpPlan& plan, size_t index,
                                const DataBuffer& buffer) {
    if (plan.inputs[index].bytes == 0) return uint64_t{0};
    if (buffer.data == nullptr ||
        call_.node.memory().IsDeviceAddress(buffer.data)) {
      return FaultError(
          Fault::kInvalidParam,
          absl::StrCat(Named(plan, kInput, index), " data: given ",
                       buffer.data == nullptr ? "null" : "device memory",
                       ", expected host memory, as its descriptor says"));
    }
    ASSIGN_OR_RETURN(const uint64_t stage, resource_.Stage(call_.node));
    const uint64_t address = stage + used_;
    used_ += Padded(buffer.size);
    RETURN_IF_ERROR(CopyOnStream(
        call_, stream_, reinterpret_cast<void*>(address), buffer.data,
        Flat(std::min<uint64_t>(buffer.size, plan.inputs[index].bytes)),
        /*snapshot=*/true));
    return address;
  }

 private:
  static uint64_t Padded(uint64_t bytes) {
    return (bytes + kStagePadding - 1) / kStagePadding * kStagePadding;
  }

  Call& call_;
  Stream* stream_;
  StreamResource& resource_;
  uint64_t used_ = 0;
};

// S7: the argument slots of this call, inputs then outputs.
absl::Status WriteArgs(Call& call, Stream* stream, StreamResource& resource,
                       const OpPlan& plan, const OpBuffers& buffers,
                       absl::InlinedVector<uint64_t, 8>* args) {
  args->assign(plan.inputs.size() + plan.outputs.size(), 0);
  Staging staging(call, stream, resource);
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    const OperandPlan& operand = plan.inputs[i];
    if (operand.passing == Passing::kDevice) {
      ASSIGN_OR_RETURN((*args)[i],
                       DeviceAddress(call.node, plan, kInput, i,
                                     buffers.inputs[i], operand.bytes));
    }
  }
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const OperandPlan& operand = plan.outputs[i];
    if (operand.passing == Passing::kSkip) continue;
    ASSIGN_OR_RETURN((*args)[plan.inputs.size() + i],
                     DeviceAddress(call.node, plan, kOutput, i,
                                   buffers.outputs[i], operand.bytes));
  }
  // Last, so that a refused call has queued nothing.
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (plan.inputs[i].passing != Passing::kHost) continue;
    ASSIGN_OR_RETURN((*args)[i], staging.Copy(plan, i, buffers.inputs[i]));
  }
  return absl::OkStatus();
}

}  // namespace

bool AllEmpty(const BufferList& outputs) {
  return std::all_of(outputs.begin(), outputs.end(),
                     [](const DataBuffer& buffer) { return buffer.size == 0; });
}

absl::Status CheckBuffers(const OpPlan& plan, const OpBuffers& buffers) {
  RETURN_IF_ERROR(CheckSide(plan, kInput, plan.inputs, buffers.inputs));
  RETURN_IF_ERROR(CheckSide(plan, kOutput, plan.outputs, buffers.outputs));
  return Staging::CheckTotal(plan, buffers.inputs);
}

absl::Status LaunchOp(Call& call, Stream* stream, StreamResource& resource,
                      const OpPlan& plan, const OpBuffers& buffers) {
  RETURN_IF_ERROR(CheckBuffers(plan, buffers));  // S1
  LaunchState state;
  if (plan.op->workspace > 0) {  // S2
    ASSIGN_OR_RETURN(state.mem, resource.Take(call.node, plan.op->workspace));
    state.base = state.mem->address;  // S6
  }
  absl::Status status =
      WriteArgs(call, stream, resource, plan, buffers, &state.args);  // S5, S7
  if (status.ok()) {  // S8: the task keeps a snapshot of the arguments
    const std::span<const uint64_t> args(state.args);
    const size_t inputs = plan.inputs.size();
    status = EnqueueOp(call, stream, plan.op,
                       {args.first(inputs), args.subspan(inputs), state.base});
  }
  // S10: right after the launch (R139).
  if (state.mem != nullptr) state.mem->in_use = false;
  return status;
}

}  // namespace npuemu::shim
