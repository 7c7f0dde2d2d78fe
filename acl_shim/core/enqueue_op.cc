#include "acl_shim/core/enqueue_op.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "acl_shim/core/log.h"
#include "acl_shim/core/op_blocks.h"
#include "emulator/device/context.h"
#include "kernels/op/parallel.h"

namespace npuemu::shim {
namespace {

// Host time, in nanoseconds, above which a body runs without the node's lock.
constexpr uint64_t kWorthUnlocking = 2000;

Unit UnitOf(kernels::Engine engine) {
  switch (engine) {
    case kernels::Engine::kCube:
      return Unit::kCube;
    case kernels::Engine::kVector:
      return Unit::kVector;
    case kernels::Engine::kAiCpu:
      return Unit::kAiCpu;
  }
  return Unit::kVector;
}

Fault ExceptionOf(Unit unit) {
  if (unit == Unit::kCube) return Fault::kRtAicoreException;
  if (unit == Unit::kAiCpu) return Fault::kRtAicpuException;
  return Fault::kRtVectorCoreException;
}

// A rough host time: a vector cycle is 64 lanes, a cube cycle 4096 products.
uint64_t HostNanoseconds(const KernelWork& work) {
  return 400 * work.cube_cycles + 30 * work.vector_cycles + work.bytes() / 10;
}

std::vector<size_t> BytesOf(const std::vector<kernels::TensorSpec>& specs) {
  std::vector<size_t> bytes;
  bytes.reserve(specs.size());
  for (const kernels::TensorSpec& spec : specs) {
    bytes.push_back(spec.absent() ? 0 : spec.bytes());
  }
  return bytes;
}

std::vector<int8_t> TypesOf(const std::vector<kernels::TensorSpec>& specs) {
  std::vector<int8_t> types;
  types.reserve(specs.size());
  for (const kernels::TensorSpec& spec : specs) {
    types.push_back(static_cast<int8_t>(spec.dtype));
  }
  return types;
}

// One for each of `count` operands; a dynamic parameter takes what is left.
std::vector<const char*> NamesOf(const std::vector<kernels::ParamSpec>& params,
                                 size_t count) {
  std::vector<const char*> names;
  for (size_t i = 0; i < params.size(); ++i) {
    const bool dynamic = params[i].kind == kernels::ParamKind::kDynamic;
    const size_t behind = params.size() - i - 1;
    const size_t left = count - std::min(count, names.size() + behind);
    names.insert(names.end(), dynamic ? left : 1, params[i].name);
  }
  return names;
}

// What the body of one launch keeps: one block of host memory.
class OpLaunch {
 public:
  OpLaunch(const DeviceMemory& memory, std::shared_ptr<const PreparedOp> op,
           const OpAddresses& addresses, bool saturate)
      : memory_(memory), op_(std::move(op)), saturate_(saturate) {
    addresses_.reserve(addresses.inputs.size() + addresses.outputs.size());
    addresses_.assign(addresses.inputs.begin(), addresses.inputs.end());
    addresses_.insert(addresses_.end(), addresses.outputs.begin(),
                      addresses.outputs.end());
    workspace_ = addresses.workspace;
  }

  // The addresses may not be used by this device.
  void Refuse() { foreign_ = true; }

  Fault Run(BlockPlan* plan) const {
    if (foreign_) return op_->exception;
    // A body never runs inside another body of the same thread: both arenas
    // are isolated. So one set of operands per thread saves two allocations.
    thread_local kernels::Operands operands;
    if (!Bind(&operands)) return op_->exception;
    if (plan != nullptr) {
      DescribeBlocks(op_, operands, plan);
      return Fault::kNone;
    }
    const kernels::OpStatus status =
        op_->parallel ? kernels::RunParallel(op_->call, operands)
                      : kernels::RunSerially(op_->call, operands);
    if (status.ok()) return Fault::kNone;
    // The exception has a code only; what the kernel says is for the log.
    Log(LogLevel::kError, status.message);
    return op_->exception;
  }

 private:
  bool Bind(kernels::Operands* operands) const {
    const size_t inputs = op_->input_bytes.size();
    const size_t outputs = op_->output_bytes.size();
    operands->inputs.resize(inputs);
    operands->outputs.resize(outputs);
    operands->saturate = saturate_;
    for (size_t i = 0; i < inputs; ++i) {
      if (!BindOne(addresses_[i], op_->input_bytes[i], &operands->inputs[i])) {
        return false;
      }
      if (addresses_[i] == 0 && kernels::IsConst(op_->call, i)) {
        const auto bytes = op_->call.const_inputs[i];
        // Kernels do not write inputs; TensorView has no constant form.
        operands->inputs[i] = {const_cast<std::byte*>(bytes.data()),
                               bytes.size()};
      }
    }
    for (size_t i = 0; i < outputs; ++i) {
      if (!BindOne(addresses_[inputs + i], op_->output_bytes[i],
                   &operands->outputs[i])) {
        return false;
      }
    }
    kernels::TensorView workspace;
    if (workspace_ == 0 && op_->workspace > 0) return false;  // I1
    if (!BindOne(workspace_, op_->workspace, &workspace)) return false;
    operands->workspace = {workspace.data, workspace.bytes};
    return true;
  }

  // Address 0 stays a null view; the kernel reads none of its bytes.
  bool BindOne(uint64_t address, size_t bytes,
               kernels::TensorView* view) const {
    *view = {};
    if (address == 0) return true;
    view->data = memory_.Translate(address, bytes);
    view->bytes = bytes;
    return view->data != nullptr;
  }

  const DeviceMemory& memory_;
  const std::shared_ptr<const PreparedOp> op_;
  absl::InlinedVector<uint64_t, 6> addresses_;
  uint64_t workspace_ = 0;
  const bool saturate_;
  bool foreign_ = false;
};

static_assert(sizeof(OpLaunch) + 2 * sizeof(void*) <= 128,
              "a queued task is to take at most 512 bytes with its launch");

// Appends the bytes of the operands. False if one belongs to a device that
// the stream's device may not access (R96).
bool AddRanges(Node& node, const Stream& stream,
               std::span<const uint64_t> addresses,
               const std::vector<size_t>& bytes, RangeList* ranges) {
  bool ours = true;
  for (size_t i = 0; i < addresses.size(); ++i) {
    const uint64_t address = addresses[i];
    ranges->push_back({address, address == 0 ? 0 : address + bytes[i]});
    ours &= address == 0 || MayAccess(node, stream, address);
  }
  return ours;
}

}  // namespace

bool MayAccess(Node& node, const Stream& stream, uint64_t address) {
  const int device = node.memory().DeviceOf(address);
  return device == stream.queue.device ||
         stream.context->device().peers.count(device) != 0;
}

absl::StatusOr<std::shared_ptr<const PreparedOp>> PrepareOp(
    kernels::OpCall call, ConstantList constants, Fault refused) {
  call.const_inputs.assign(constants.begin(), constants.end());
  kernels::OpStatus status = kernels::CheckCall(&call);
  if (status.ok()) status = kernels::CheckOutputs(call);
  if (!status.ok()) return FaultError(refused, status.message);
  return PrepareChecked(std::move(call), std::move(constants));
}

std::shared_ptr<const PreparedOp> PrepareChecked(kernels::OpCall call,
                                                 ConstantList constants) {
  auto op = std::make_shared<PreparedOp>();
  op->call = std::move(call);
  op->constants = std::move(constants);
  op->call.const_inputs.assign(op->constants.begin(), op->constants.end());
  const kernels::OpDef& def = *op->call.op;
  op->unit = UnitOf(def.engine);
  op->exception = ExceptionOf(op->unit);
  const kernels::Work work = def.cost(op->call);
  op->work = {work.cube_cycles, work.vector_cycles, work.bytes_read,
              work.bytes_written};
  op->parallel = HostNanoseconds(op->work) > kWorthUnlocking;
  op->workspace = def.workspace == nullptr ? 0 : def.workspace(op->call);
  op->input_bytes = BytesOf(op->call.inputs);
  op->output_bytes = BytesOf(op->call.outputs);
  op->input_names = NamesOf(def.inputs, op->call.inputs.size());
  op->output_names = NamesOf(def.outputs, op->call.outputs.size());
  for (int index : def.updated_inputs) {
    const auto i = static_cast<size_t>(index);
    op->output_names.push_back(op->input_names[i]);
  }
  op->output_names.push_back("workspace");
  op->input_types = TypesOf(op->call.inputs);
  op->output_types = TypesOf(op->call.outputs);
  for (int index : def.updated_inputs) {
    op->output_types.push_back(op->input_types[static_cast<size_t>(index)]);
  }
  op->names = {op->input_names, op->output_names, op->input_types,
               op->output_types};
  return op;
}

Task MakeOpTask(Node& node, const Stream& stream,
                std::shared_ptr<const PreparedOp> op,
                const OpAddresses& addresses) {
  const PreparedOp& prepared = *op;
  Task task;
  task.name = prepared.call.op->type;
  task.unit = prepared.unit;
  task.parallel = prepared.parallel;
  const KernelCost cost = node.costs().Kernel(prepared.unit, prepared.work);
  task.cost = cost.duration;
  task.cores = cost.cores;
  task.names = &prepared.names;
  bool ours = AddRanges(node, stream, addresses.inputs, prepared.input_bytes,
                        &task.reads);
  ours &= AddRanges(node, stream, addresses.outputs, prepared.output_bytes,
                    &task.writes);
  for (int index : prepared.call.op->updated_inputs) {
    const auto i = static_cast<size_t>(index);
    ours &= AddRanges(node, stream, addresses.inputs.subspan(i, 1),
                      {prepared.input_bytes[i]}, &task.writes);
  }
  if (prepared.workspace > 0) {
    ours &= AddRanges(node, stream, {&addresses.workspace, 1},
                      {prepared.workspace}, &task.writes);
  }
  auto launch = std::make_unique<OpLaunch>(node.memory(), std::move(op),
                                           addresses, stream.saturate);
  if (!ours) launch->Refuse();
  task.body = [launch = std::move(launch)](BlockPlan* plan) {
    return launch->Run(plan);
  };
  return task;
}

absl::Status EnqueueOp(Call& call, Stream* stream,
                       std::shared_ptr<const PreparedOp> op,
                       const OpAddresses& addresses) {
  return Submit(call, stream,
                MakeOpTask(call.node, *stream, std::move(op), addresses));
}

}  // namespace npuemu::shim
