// How a Builder passes values through kernels.

#include "acl_shim/aclnn/builder.h"

#include <algorithm>
#include <utility>

#include "emulator/base/check.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim::nn {
// Kernels.

Value Builder::Contiguous(Value value) {
  if (!ok() || value.empty()) return {};
  const auto i = static_cast<size_t>(value.place);
  if (plan_.places[i].contiguous()) return value;
  if (contiguous_[i] < 0) {
    Place place;
    place.spec = plan_.places[i].spec;
    const Value dense = Add(std::move(place));
    contiguous_[i] = dense.place;
    plan_.steps.push_back({nullptr, {value.place}, {dense.place}});
  }
  return {contiguous_[i]};
}

Value Builder::Op(const char* type, std::span<const Value> inputs, Attrs attrs,
                  DataType output) {
  return Ops(type, inputs, std::move(attrs),
             std::span<const DataType>(&output, 1))[0];
}

std::vector<Value> Builder::Ops(const char* type,
                                std::span<const Value> inputs, Attrs attrs,
                                std::span<const DataType> types,
                                size_t outputs) {
  kernels::OpCall call;
  call.op = kernels::FindOp(type);
  NPUEMU_CHECK(call.op != nullptr);
  const size_t count = outputs == 0 ? call.op->outputs.size() : outputs;
  std::vector<Value> values(count);
  if (!ok()) return values;
  call.attrs = std::move(attrs);
  Step step;
  ConstantList constants(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Value dense = Contiguous(inputs[i]);
    step.inputs.push_back(dense.place);
    if (dense.empty()) {
      call.inputs.emplace_back();
      continue;
    }
    const Place& place = PlaceOf(dense);
    call.inputs.push_back(place.spec);
    constants[i] = place.constant;
  }
  call.const_inputs.assign(constants.begin(), constants.end());
  const std::vector<kernels::TensorSpec> specs =
      Infer(&call, types, count);
  for (const kernels::TensorSpec& spec : specs) {
    Place place;
    place.spec = spec;
    step.outputs.push_back(Add(std::move(place)).place);
  }
  if (!ok()) return values;
  call.outputs = specs;
  auto prepared = PrepareOp(std::move(call), std::move(constants),
                            Fault::kNnParamInvalid);
  if (!prepared.ok()) {
    Fail(prepared.status());
    return values;
  }
  step.op = *std::move(prepared);
  for (size_t i = 0; i < std::min(count, step.outputs.size()); ++i) {
    values[i] = {step.outputs[i]};
  }
  plan_.steps.push_back(std::move(step));
  return values;
}

// What the kernel makes of the inputs. Outputs have their dtypes first.
std::vector<kernels::TensorSpec> Builder::Infer(
    kernels::OpCall* call, std::span<const DataType> types, size_t count) {
  std::vector<DataType> wanted(count, DataType::kUndefined);
  std::copy_n(types.begin(), std::min(types.size(), count), wanted.begin());
  for (size_t i = 0; i < count; ++i) {
    const size_t param = std::min(i, call->op->outputs.size() - 1);
    if (wanted[i] == DataType::kUndefined) {
      wanted[i] = kernels::InferredType(*call, param);
    }
  }
  const Format format =
      call->inputs.empty() ? Format::kNd : call->inputs[0].format;
  for (DataType type : wanted) call->outputs.push_back({type, format, {}});
  std::vector<kernels::TensorSpec> specs;
  kernels::OpStatus status = kernels::CheckCall(call);
  if (status.ok()) status = call->op->infer(*call, &specs);
  if (status.ok()) {
    for (size_t i = 0; i < specs.size(); ++i) {
      if (i < count && specs[i].dtype == DataType::kUndefined) {
        specs[i].dtype = wanted[i];
      }
    }
    return specs;
  }
  Fail(FaultError(Fault::kNnParamInvalid, status.message));
  return {};
}

Value Builder::Unpacked(Value value) {
  Place place;
  place.spec = PlaceOf(value).spec;
  place.spec.dtype = DataType::kInt8;
  const Value bytes = Add(std::move(place));
  plan_.steps.push_back({nullptr, {value.place}, {bytes.place}});
  return bytes;
}

Value Builder::Cast(Value value, DataType type) {
  if (!ok() || value.empty() || TypeOf(value) == type) return value;
  if (TypeOf(value) == DataType::kInt4) return Cast(Unpacked(value), type);
  const Place& place = PlaceOf(value);
  Attrs attrs;
  attrs["dst_type"] = static_cast<int64_t>(type);
  const Format format = place.spec.format;
  return As(Op("Cast", {As(value, Format::kNd)}, std::move(attrs), type),
            format);
}

}  // namespace npuemu::shim::nn
