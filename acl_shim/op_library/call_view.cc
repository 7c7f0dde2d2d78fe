#include "acl_shim/op_library/call_view.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>

namespace npuemu::shim {
namespace {

using kernels::AttrValue;
using kernels::TensorSpec;

npuemu_tensor Describe(const npuemu_param& param, const TensorSpec& spec,
                       const std::byte* data) {
  npuemu_tensor tensor{};
  tensor.name = param.name;
  tensor.dtype = static_cast<int32_t>(spec.dtype);
  tensor.format = static_cast<int32_t>(spec.format);
  if (spec.absent()) return tensor;
  tensor.rank = static_cast<int32_t>(spec.shape.size());
  tensor.dims = spec.shape.data();
  tensor.count = spec.count();
  tensor.bytes = spec.bytes();
  // C has no input that may only be read; the header forbids to write it.
  tensor.data = const_cast<std::byte*>(data);
  return tensor;
}

void SetValue(const AttrValue& value, npuemu_attr* attr) {
  attr->count = 0;
  if (const auto* b = std::get_if<bool>(&value)) {
    attr->value.i = *b ? 1 : 0;
  } else if (const auto* i = std::get_if<int64_t>(&value)) {
    attr->value.i = *i;
  } else if (const auto* f = std::get_if<float>(&value)) {
    attr->value.f = *f;
  } else if (const auto* s = std::get_if<std::string>(&value)) {
    attr->value.s = s->c_str();
  } else if (const auto* type = std::get_if<kernels::DataType>(&value)) {
    attr->value.i = static_cast<int32_t>(*type);
  } else if (const auto* bools = std::get_if<std::vector<uint8_t>>(&value)) {
    attr->value.bools = bools->data();
    attr->count = bools->size();
  } else if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
    attr->value.ints = ints->data();
    attr->count = ints->size();
  } else if (const auto* floats = std::get_if<std::vector<float>>(&value)) {
    attr->value.floats = floats->data();
    attr->count = floats->size();
  }
}

}  // namespace

size_t ParamOf(const npuemu_param* params, size_t count, size_t given,
               size_t index) {
  const size_t more = given - std::min(given, count);
  for (size_t p = 0; p < count; ++p) {
    const size_t width = params[p].kind == NPUEMU_LIST ? 1 + more : 1;
    if (index < width) return p;
    index -= width;
  }
  return count - 1;
}

CallView::CallView(const kernels::OpCall& call, const npuemu_op& op,
                   const kernels::Operands* operands) {
  AddInputs(call, op, operands);
  AddOutputs(call, op, operands);
  attrs_.reserve(op.attr_count);
  strings_.reserve(op.attr_count);
  for (size_t i = 0; i < op.attr_count; ++i) {
    AddAttr(op.attrs[i], call.attrs.find(op.attrs[i].name)->second);
  }
  message_[0] = '\0';
  view_ = {.op = &op,
           .input_count = inputs_.size(),
           .inputs = inputs_.data(),
           .output_count = outputs_.size(),
           .outputs = outputs_.data(),
           .attr_count = attrs_.size(),
           .attrs = attrs_.data(),
           .workspace = nullptr,
           .workspace_bytes = 0,
           .saturate = 0,
           .message = message_,
           .message_bytes = sizeof(message_)};
  if (operands == nullptr) return;
  view_.workspace = operands->workspace.data();
  view_.workspace_bytes = operands->workspace.size();
  view_.saturate = operands->saturate ? 1 : 0;
}

void CallView::AddInputs(const kernels::OpCall& call, const npuemu_op& op,
                         const kernels::Operands* operands) {
  const size_t given = call.inputs.size();
  inputs_.reserve(std::max(given, op.input_count));
  for (size_t i = 0; i < given; ++i) {
    const std::byte* data = nullptr;
    if (operands != nullptr) {
      data = operands->inputs[i].data;
    } else if (kernels::IsConst(call, i)) {
      data = call.const_inputs[i].data();
    }
    const size_t param = ParamOf(op.inputs, op.input_count, given, i);
    inputs_.push_back(Describe(op.inputs[param], call.inputs[i], data));
  }
  for (size_t i = given; i < op.input_count; ++i) {
    inputs_.push_back(Describe(op.inputs[i], TensorSpec(), nullptr));
  }
}

void CallView::AddOutputs(const kernels::OpCall& call, const npuemu_op& op,
                          const kernels::Operands* operands) {
  const size_t given = call.outputs.size();
  outputs_.reserve(std::max(given, op.output_count));
  for (size_t i = 0; i < given; ++i) {
    const std::byte* data =
        operands == nullptr ? nullptr : operands->outputs[i].data;
    const size_t param = ParamOf(op.outputs, op.output_count, given, i);
    outputs_.push_back(Describe(op.outputs[param], call.outputs[i], data));
  }
  for (size_t i = given; i < op.output_count; ++i) {
    outputs_.push_back(Describe(op.outputs[i], TensorSpec(), nullptr));
  }
}

void CallView::AddAttr(const npuemu_attr& spec, const AttrValue& value) {
  npuemu_attr attr = spec;
  SetValue(value, &attr);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    std::vector<const char*>& strings = strings_.emplace_back();
    for (const std::string& text : *texts) strings.push_back(text.c_str());
    attr.value.strings = strings.data();
    attr.count = strings.size();
  }
  attrs_.push_back(attr);
}

kernels::OpStatus CallView::StatusOf(int returned, const char* function) const {
  if (returned == 0) return {};
  const std::string type = view_.op->type;
  if (message_[0] != '\0') return {type + ": " + message_};
  return {type + ": " + function + " returned " + std::to_string(returned) +
          " without a sentence (npuemu_op_error)"};
}

}  // namespace npuemu::shim
