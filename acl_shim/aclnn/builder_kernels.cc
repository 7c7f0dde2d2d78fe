// How a Builder passes values through kernels.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/builder.h"
#include "emulator/base/check.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim::nn {

Value Builder::Contiguous(Value value) {
  if (!ok() || value.empty()) return {};
  const auto i = static_cast<size_t>(value.place);
  if (plan_.places[i].contiguous()) return value;
  if (contiguous_[i] < 0) {
    Place place;
    place.spec = plan_.places[i].spec;
    const Value dense = Add(std::move(place), origins_[i]);
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

std::vector<Value> Builder::Ops(const char* type, std::span<const Value> inputs,
                                Attrs attrs, std::span<const DataType> types,
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
      Infer(&call, inputs, types, count);
  if (!ok()) return values;
  for (const kernels::TensorSpec& spec : specs) {
    Place place;
    place.spec = spec;
    step.outputs.push_back(Add(std::move(place)).place);
  }
  call.outputs = specs;
  step.op = PrepareChecked(std::move(call), std::move(constants));
  for (size_t i = 0; i < std::min(count, step.outputs.size()); ++i) {
    values[i] = {step.outputs[i]};
  }
  plan_.steps.push_back(std::move(step));
  return values;
}

// Kernels know operands by their own names, callers by those of the prototype.
std::string Builder::InCallersWords(const kernels::OpCall& call,
                                    std::span<const Value> inputs,
                                    const std::string& message) const {
  const std::vector<std::string> names = kernels::InputNames(call);
  for (size_t i = 0; i < std::min(names.size(), inputs.size()); ++i) {
    if (inputs[i].empty()) continue;
    const int origin = origins_[static_cast<size_t>(inputs[i].place)];
    const std::string known = absl::StrCat(call.op->type, ": ", names[i]);
    const char next = message.c_str()[std::min(known.size(), message.size())];
    if (origin < 0 || !message.starts_with(known)) continue;
    if (next != ':' && next != ' ') continue;  // x1 of x10
    const TensorSlot& slot = plan_.tensors[static_cast<size_t>(origin)];
    const Arg& arg = args_[slot.arg];
    const bool item = arg.kind == ArgKind::kTensorList;
    return absl::StrCat(arg.name, item ? absl::StrCat("[", slot.item, "]") : "",
                        message.substr(known.size()));
  }
  return message;
}

// What the kernel makes of the inputs. Outputs have their dtypes first.
std::vector<kernels::TensorSpec> Builder::Infer(kernels::OpCall* call,
                                                std::span<const Value> inputs,
                                                std::span<const DataType> types,
                                                size_t count) {
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
  Fail(FaultError(Fault::kNnParamInvalid,
                  InCallersWords(*call, inputs, status.message)));
  return {};
}

Value Builder::Unpacked(Value value) {
  Place place;
  place.spec = PlaceOf(value).spec;
  place.spec.dtype = DataType::kInt8;
  const Value bytes = Add(std::move(place), OriginOf(value));
  plan_.steps.push_back({nullptr, {value.place}, {bytes.place}});
  return bytes;
}

Value Builder::Cast(Value value, DataType type) {
  if (!ok() || value.empty() || TypeOf(value) == type) return value;
  if (TypeOf(value) == DataType::kInt4) return Cast(Unpacked(value), type);
  const Format format = FormatOf(value);
  Attrs attrs;
  attrs["dst_type"] = static_cast<int64_t>(type);
  const Value cast =
      Op("Cast", {As(value, Format::kNd)}, std::move(attrs), type);
  if (ok()) origins_[static_cast<size_t>(cast.place)] = OriginOf(value);
  return As(cast, format);
}

}  // namespace npuemu::shim::nn
