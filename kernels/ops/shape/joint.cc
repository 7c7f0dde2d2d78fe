#include "kernels/ops/shape/joint.h"

#include <algorithm>
#include <cstring>

namespace npuemu::kernels {
namespace {

OpStatus CheckParts(const OpCall& call, const Joint& joint) {
  if (call.outputs.size() != joint.parts.size()) {
    return OpError(call, "output count", std::to_string(call.outputs.size()),
                   std::to_string(joint.parts.size()));
  }
  for (size_t i = 0; i < joint.parts.size(); ++i) {
    OpStatus s = CheckOutput(call, joint.parts[i], i);
    if (!s.ok()) return s;
  }
  return {};
}

}  // namespace

OpStatus InferJoint(JointFn plan, bool joins, const OpCall& call,
                    std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  Joint joint;
  if (OpStatus s = plan(call, nullptr, &joint); !s.ok()) return s;
  *outputs = joins ? std::vector<TensorSpec>{joint.whole} : joint.parts;
  return {};
}

OpStatus ComputeJoint(JointFn plan, bool joins, const OpCall& call,
                      const Operands& operands, int64_t begin, int64_t end) {
  Joint joint;
  OpStatus s = plan(call, &operands, &joint);
  if (s.ok())
    s = joins ? CheckOutput(call, joint.whole) : CheckParts(call, joint);
  if (!s.ok()) return s;
  const Shape& shape = joint.whole.shape;
  const int64_t inner = Product(shape, joint.axis + 1, shape.size());
  IntList starts = {0};  // of each part's piece in a row, in elements
  for (int64_t extent : joint.extents) {
    starts.push_back(starts.back() + extent * inner);
  }
  const size_t width = ElementBytes(joint.whole.dtype);
  const auto bytes = [width](int64_t count) {
    return static_cast<size_t>(count) * width;
  };
  for (int64_t at = begin; at < end;) {
    const int64_t row = at / starts.back();
    const int64_t column = at % starts.back();
    const auto next = std::upper_bound(starts.begin(), starts.end(), column);
    const auto i = static_cast<size_t>(next - starts.begin()) - 1;
    const int64_t count = std::min(*next - column, end - at);
    const int64_t size = starts[i + 1] - starts[i];
    const int64_t in_part = row * size + column - starts[i];
    if (joins) {
      std::memcpy(operands.outputs[0].data + bytes(at),
                  DataOf(call, operands, joint.first + i) + bytes(in_part),
                  bytes(count));
    } else {
      std::memcpy(operands.outputs[i].data + bytes(in_part),
                  DataOf(call, operands, joint.first) + bytes(at),
                  bytes(count));
    }
    at += count;
  }
  return {};
}

int64_t ItemsOfWhole(const OpCall& call, int) {
  const std::vector<int>& values = call.op->value_inputs;
  const size_t index = !values.empty() && values[0] == 0 ? 1 : 0;
  return call.inputs[index].count();
}

}  // namespace npuemu::kernels
