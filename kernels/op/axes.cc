#include "kernels/op/axes.h"

#include <cstring>

namespace npuemu::kernels {
namespace {

template <typename T>
void Append(const std::byte* data, int64_t count,
            std::vector<int64_t>* values) {
  for (int64_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, data + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
    values->push_back(value);
  }
}

}  // namespace

OpStatus ReadInts(const OpCall& call, size_t index, const Operands* operands,
                  std::vector<int64_t>* values) {
  const TensorSpec& spec = call.inputs[index];
  const std::string name = std::string("input ") + call.op->inputs[index].name;
  const std::byte* data = nullptr;
  if (IsConst(call, index)) {
    data = call.const_inputs[index].data();
  } else if (operands != nullptr) {
    data = operands->inputs[index].data;
  } else if (spec.count() > 0) {
    return OpError(call, name, "a value that only the run knows",
                   "a const input");
  }
  if (spec.dtype == DataType::kInt16) {
    Append<int16_t>(data, spec.count(), values);
  } else if (spec.dtype == DataType::kInt32) {
    Append<int32_t>(data, spec.count(), values);
  } else {
    Append<int64_t>(data, spec.count(), values);
  }
  return {};
}

OpStatus MarkAxes(const OpCall& call, const std::string& argument,
                  const std::vector<int64_t>& axes, size_t rank,
                  std::vector<bool>* marked) {
  marked->assign(rank, false);
  const auto limit = static_cast<int64_t>(rank);
  for (int64_t axis : axes) {
    const int64_t place = axis < 0 ? axis + limit : axis;
    if (place < 0 || place >= limit) {
      // Grown step by step: GCC 12 warns wrongly about literal + string.
      std::string expected = "[";
      expected += std::to_string(-limit) + ",";
      expected += std::to_string(limit - 1) + "]";
      return OpError(call, argument, std::to_string(axis), expected);
    }
    if ((*marked)[static_cast<size_t>(place)]) {
      return OpError(call, argument, std::to_string(axis) + " twice",
                     "each axis once");
    }
    (*marked)[static_cast<size_t>(place)] = true;
  }
  return {};
}

void Digits::Push(int64_t extent, int64_t stride) {
  if (extent == 1) return;
  if (!extents.empty() && strides.back() == stride * extent) {
    extents.back() *= extent;
    strides.back() = stride;
    return;
  }
  extents.push_back(extent);
  strides.push_back(stride);
}

int64_t Digits::Offset(int64_t index) const {
  int64_t offset = 0;
  for (size_t d = extents.size(); d-- > 0;) {
    if (d == 0) return offset + index * strides[0];
    offset += index % extents[d] * strides[d];
    index /= extents[d];
  }
  return offset;
}

}  // namespace npuemu::kernels
