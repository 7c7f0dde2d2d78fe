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

// R136 lets it pass: the kernel reads or writes within the slack (H36).
void NoteShort(Call& call, const OpPlan& plan, const Side& side,
               const std::vector<OperandPlan>& operands,
               const BufferList& buffers) {
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].passing == Passing::kSkip) continue;
    if (buffers[i].size >= operands[i].bytes) continue;
    call.Misuse(36, absl::StrCat(Named(plan, side, i), ": the buffer has ",
                                 buffers[i].size, " bytes, the tensor ",
                                 operands[i].bytes));
  }
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
    return WithHazard(
        FaultError(Fault::kGeFailure,
                   absl::StrCat(plan.model->def.op_type,
                                ": inputs in host memory: given ", total,
                                " bytes (each padded to ", kStagePadding,
                                "), expected at most ", kStageBytes)),
        /*hazard=*/37);
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
    ASSIGN_OR_RETURN(const uint64_t stage, resource_.Stage(call_));
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

}  // namespace

absl::Status StageAndCollect(Call& call, Stream* stream,
                             StreamResource& resource, const OpPlan& plan,
                             const OpBuffers& buffers,
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

bool AllEmpty(const BufferList& outputs) {
  return std::all_of(outputs.begin(), outputs.end(),
                     [](const DataBuffer& buffer) { return buffer.size == 0; });
}

absl::Status CheckBuffers(const OpPlan& plan, const OpBuffers& buffers) {
  RETURN_IF_ERROR(CheckSide(plan, kInput, plan.inputs, buffers.inputs));
  RETURN_IF_ERROR(CheckSide(plan, kOutput, plan.outputs, buffers.outputs));
  return Staging::CheckTotal(plan, buffers.inputs);
}

namespace {

class StaticLaunch {
 public:
  StaticLaunch(Call& call, Stream* stream, StreamResource& resource,
               OpObject& object, const OpPlan& plan, const OpBuffers& buffers)
      : call_(call), stream_(stream), r_(resource), p_(object), plan_(plan),
        buffers_(buffers) {}

  absl::Status Run() {
    RETURN_IF_ERROR(Step("S1"));
    RETURN_IF_ERROR(CheckBuffers(plan_, buffers_));
    if (call_.node.log().checking()) {
      NoteShort(call_, plan_, kInput, plan_.inputs, buffers_.inputs);
      NoteShort(call_, plan_, kOutput, plan_.outputs, buffers_.outputs);
    }
    if (plan_.op->workspace > 0) RETURN_IF_ERROR(TakeWorkspace());
    absl::Status status = Launch();
    status.Update(GiveBack());  // whatever happened
    return status;
  }

 private:
  // The switch point before a step, and whether what the step uses is there.
  absl::Status Step(const char* label) {
    call_.SwitchPoint(label);
    return CheckAlive();
  }

  absl::Status CheckAlive() {
    if (r_.erased()) {
      return ModelCrash(call_, "I10: use of a stream's single-op resource that "
                               "aclrtDestroyStream freed");
    }
    const char* deleted = p_.Deleted();
    return deleted == nullptr ? absl::OkStatus() : ModelCrash(call_, deleted);
  }

  absl::Status Lock() {
    RETURN_IF_ERROR(r_.mutex.Lock(call_));
    absl::Status status = CheckAlive();
    if (!status.ok()) r_.mutex.Unlock(call_);
    return status;
  }

  // S2: one at a time, but P.mem is everybody's. S3: outside of the lock.
  absl::Status TakeWorkspace() {
    RETURN_IF_ERROR(Step("S2"));
    NoteUserAllocator(call_, *stream_);
    RETURN_IF_ERROR(Lock());
    const auto block = r_.allocator.Malloc(call_, plan_.op->workspace);
    if (block.ok()) p_.mem = *block;
    r_.mutex.Unlock(call_);
    RETURN_IF_ERROR(block.status());
    RETURN_IF_ERROR(Step("S3"));
    if (p_.mem != 0) return absl::OkStatus();
    return ModelCrash(call_, "I3: read of the address of a null workspace "
                             "block, which another thread freed");
  }

  // S4 to S9.
  absl::Status Launch() {
    RETURN_IF_ERROR(Step("S4"));
    RETURN_IF_ERROR(Lock());
    absl::Status status = LaunchLocked();
    if (status.ok()) status = Step("S9");
    r_.mutex.Unlock(call_);
    return status;
  }

  absl::Status LaunchLocked() {
    RETURN_IF_ERROR(Step("S5"));
    absl::InlinedVector<uint64_t, 8> args;
    RETURN_IF_ERROR(
        StageAndCollect(call_, stream_, r_, plan_, buffers_, &args));
    RETURN_IF_ERROR(Step("S6"));
    const uint64_t base = r_.allocator.AddressOf(p_.mem);
    if (base != p_.base) p_.workspace = p_.base = base;
    RETURN_IF_ERROR(Step("S7"));
    p_.args = std::move(args);
    RETURN_IF_ERROR(Step("S8"));  // the task keeps a snapshot (R147)
    const std::span<const uint64_t> table(p_.args);
    const size_t inputs = plan_.inputs.size();
    return EnqueueOp(
        call_, stream_, plan_.op,
        {table.first(inputs), table.subspan(inputs), p_.workspace});
  }

  // S10: right after the launch (R139), without the lock.
  absl::Status GiveBack() {
    RETURN_IF_ERROR(Step("S10"));
    const BlockId mem = p_.mem;
    if (mem == 0) return absl::OkStatus();
    RETURN_IF_ERROR(Step("S10.free"));
    r_.allocator.Free(call_, mem);
    RETURN_IF_ERROR(Step("S10.null"));
    p_.mem = 0;
    return absl::OkStatus();
  }

  Call& call_;
  Stream* const stream_;
  StreamResource& r_;
  OpObject& p_;
  const OpPlan& plan_;
  const OpBuffers& buffers_;
};

}  // namespace

absl::Status LaunchOp(Call& call, const std::shared_ptr<Stream>& stream,
                      const std::shared_ptr<OpObject>& object,
                      const OpPlan& plan, const OpBuffers& buffers) {
  // Kept: the real one dangles where this one is marked as deleted.
  const std::shared_ptr<StreamResource> resource = object->resource.lock();
  const char* deleted = object->Deleted();
  if (deleted != nullptr) return ModelCrash(call, deleted);
  if (resource->stream != stream->queue.id && call.node.log().checking()) {
    call.Misuse(4, "the handle served NULL of another context: workspace and "
                   "staging buffer belong to that one (I8)");
  }
  return StaticLaunch(call, stream.get(), *resource, *object, plan, buffers)
      .Run();
}

}  // namespace npuemu::shim
