#include "acl_shim/op/op_plan.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/process.h"
#include "acl_shim/op/match.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim {
namespace {

// A constant input is read from the plan, an unused one from nowhere.
OperandPlan PlanOf(const om::OmTensor& tensor, uint64_t bytes) {
  OperandPlan plan;
  plan.bytes = bytes;
  plan.expected = (bytes + 31) / 32 * 32 + 32;
  if (IsUnused(tensor) || tensor.is_const) {
    plan.passing = Passing::kSkip;
  } else {
    plan.passing = tensor.mem_type != 0 ? Passing::kHost : Passing::kDevice;
  }
  return plan;
}

// For a dynamic model the outputs are what the operator says, not what the
// descriptor says: it may name an upper bound (R131).
absl::Status TakeInferred(kernels::OpCall* call, OpPlan* plan) {
  kernels::OpCall checked = *call;
  std::vector<kernels::TensorSpec> outputs;
  kernels::OpStatus status = kernels::CheckCall(&checked);
  if (!status.ok()) return FaultError(Fault::kApiNotSupport, status.message);
  // A value that only the device knows leaves the given shapes as they are.
  if (!call->op->infer(checked, &outputs).ok()) return absl::OkStatus();
  bool differs = false;
  for (size_t i = 0; i < outputs.size() && i < call->outputs.size(); ++i) {
    if (call->outputs[i].absent()) continue;
    differs |= call->outputs[i].shape != outputs[i].shape;
  }
  if (!differs) return absl::OkStatus();
  for (size_t i = 0; i < call->outputs.size(); ++i) {
    call->outputs[i].shape = outputs[i].shape;
    plan->inferred.push_back(outputs[i].shape);
  }
  return absl::OkStatus();
}

// What an operator changes in place must be memory that the program sees.
absl::Status CheckUpdated(const OpPlan& plan) {
  const kernels::OpDef& op = *plan.op->call.op;
  for (int index : op.updated_inputs) {
    const Passing passing = plan.inputs[static_cast<size_t>(index)].passing;
    if (passing == Passing::kDevice) continue;
    return FaultError(
        Fault::kApiNotSupport,
        absl::StrCat(op.type, ": input ",
                     op.inputs[static_cast<size_t>(index)].name, ": given ",
                     passing == Passing::kHost ? "host memory" : "a constant",
                     ", expected device memory, which the operator updates"));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<kernels::TensorSpec> SpecsOf(
    const std::vector<om::OmTensor>& tensors) {
  std::vector<kernels::TensorSpec> specs;
  specs.reserve(tensors.size());
  for (const om::OmTensor& tensor : tensors) {
    kernels::TensorSpec spec = tensor.spec;
    if (tensor.storage_format.has_value()) {
      spec.format = *tensor.storage_format;
      if (!tensor.storage_shape.empty()) spec.shape = tensor.storage_shape;
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

absl::StatusOr<kernels::OpCall> MakeCall(const OpQuery& query) {
  kernels::OpCall call;
  call.op = kernels::FindOp(query.op_type);
  if (call.op == nullptr) {
    // The user's libraries are loaded with the node, and this may be the first
    // call of all.
    RETURN_IF_ERROR(Process::Get().node().status());
    call.op = kernels::FindOp(query.op_type);
  }
  if (call.op == nullptr) {
    return FaultError(Fault::kApiNotSupport,
                      absl::StrCat("operator type: given ", query.op_type,
                                   ", expected one that the emulator has "
                                   "(npuemu ops lists them)"));
  }
  call.inputs = SpecsOf(query.inputs);
  call.outputs = SpecsOf(query.outputs);
  for (const auto& [name, value] : query.attrs) {
    if (!IsIgnoredAttr(query.op_type, name)) call.attrs.emplace(name, value);
  }
  return call;
}

ConstantList ConstantsOf(const OpQuery& query) {
  ConstantList constants(query.inputs.size());
  for (size_t i = 0; i < constants.size(); ++i) {
    if (query.inputs[i].is_const) constants[i] = query.inputs[i].const_value;
  }
  return constants;
}

absl::StatusOr<std::shared_ptr<const OpPlan>> MakePlan(
    const OpQuery& query, std::shared_ptr<const OpModel> model) {
  ASSIGN_OR_RETURN(kernels::OpCall call, MakeCall(query));
  auto plan = std::make_shared<OpPlan>();
  plan->model = std::move(model);
  ConstantList constants = ConstantsOf(query);
  if (plan->model->def.dynamic) {
    call.const_inputs.assign(constants.begin(), constants.end());
    RETURN_IF_ERROR(TakeInferred(&call, plan.get()));
    call.const_inputs.clear();
  }
  ASSIGN_OR_RETURN(plan->op, PrepareOp(std::move(call), std::move(constants)));
  for (size_t i = 0; i < query.inputs.size(); ++i) {
    plan->inputs.push_back(
        PlanOf(query.inputs[i], plan->op->input_bytes[i]));
  }
  for (size_t i = 0; i < query.outputs.size(); ++i) {
    plan->outputs.push_back(
        PlanOf(query.outputs[i], plan->op->output_bytes[i]));
  }
  RETURN_IF_ERROR(CheckUpdated(*plan));
  return std::shared_ptr<const OpPlan>(std::move(plan));
}

}  // namespace npuemu::shim
