#include "tools/atc/op_check.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "acl_shim/op_library/op_library.h"
#include "emulator/base/config.h"
#include "emulator/base/status.h"
#include "kernels/op/op_def.h"
#include "kernels/ops/registry.h"

namespace npuemu::atc {
namespace {

using kernels::ParamKind;
using kernels::ParamSpec;

size_t RequiredCount(const std::vector<ParamSpec>& params) {
  size_t count = 0;
  for (const ParamSpec& param : params) {
    count += param.kind != ParamKind::kOptional;
  }
  return count;
}

absl::Status CheckCount(const std::string& op, const char* side, size_t given,
                        const std::vector<ParamSpec>& params) {
  const size_t required = RequiredCount(params);
  if (given >= required) return absl::OkStatus();
  return FaultError(
      Fault::kFileAttrInvalid,
      absl::StrCat("Value ", given, " of parameter ", side, " size for Op ", op,
                   " is invalid. Reason: the prototype of the operator "
                   "has at least ",
                   required, "."),
      "E13014");
}

// The extents with the lowest value of each free one; an unknown rank is 1.
kernels::TensorSpec LowestSpec(const om::OmTensor& tensor) {
  kernels::TensorSpec spec = tensor.spec;
  if (spec.shape == kernels::Shape{-2}) spec.shape = {1};
  const std::vector<om::DimRange> ranges = tensor.FullRange();
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (spec.shape[i] < 0) {
      spec.shape[i] = std::max<int64_t>(ranges[i].first, 1);
    }
  }
  return spec;
}

kernels::OpCall CallOf(const kernels::OpDef& op,
                       const om::SingleOpModel& model) {
  kernels::OpCall call;
  call.op = &op;
  call.attrs = model.attrs;
  for (const om::OmTensor& tensor : model.inputs) {
    call.inputs.push_back(LowestSpec(tensor));
    call.const_inputs.emplace_back();
    if (tensor.is_const) call.const_inputs.back() = tensor.const_value;
  }
  for (const om::OmTensor& tensor : model.outputs) {
    call.outputs.push_back(LowestSpec(tensor));
  }
  return call;
}

absl::Status NoKernel(const om::SingleOpModel& model,
                      const std::string& reason) {
  return FaultError(
      Fault::kFileAttrInvalid,
      absl::StrCat("No supported Ops kernel and engine are found for [",
                   model.name, "], optype [", model.op_type,
                   "]. Reason: ", reason, "."),
      "EZ3003");
}

}  // namespace

absl::Status LoadUserOps() {
  ASSIGN_OR_RETURN(const Config config, ConfigFromEnvironment(&std::getenv));
  return shim::LoadOpLibraries(config.op_library);
}

bool IsKnownOp(std::string_view op_type) {
  return kernels::FindOp(op_type) != nullptr;
}

absl::Status CheckOp(const om::SingleOpModel& model) {
  const kernels::OpDef& op = *kernels::FindOp(model.op_type);
  RETURN_IF_ERROR(
      CheckCount(model.op_type, "input", model.inputs.size(), op.inputs));
  RETURN_IF_ERROR(
      CheckCount(model.op_type, "output", model.outputs.size(), op.outputs));
  kernels::OpCall call = CallOf(op, model);
  kernels::OpStatus status = kernels::CheckCall(&call);
  // Lowest extents of different operands need not fit each other.
  if (status.ok() && !model.dynamic) status = kernels::CheckOutputs(call);
  if (status.ok()) return absl::OkStatus();
  return NoKernel(model, status.message);
}

}  // namespace npuemu::atc
