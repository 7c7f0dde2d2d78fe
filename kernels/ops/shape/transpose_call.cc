#include "kernels/ops/shape/transpose_call.h"

#include "kernels/op/axes.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/cost.h"

namespace npuemu::kernels {
namespace {

size_t Axis(int64_t axis, size_t rank) {
  return static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(rank)
                                      : axis);
}

// U is an unsigned integer as wide as an element.
template <typename U>
void Copy(const Digits& digits, const std::byte* from, std::byte* to,
          int64_t begin, int64_t end) {
  const U* x = reinterpret_cast<const U*>(from);
  U* y = reinterpret_cast<U*>(to);
  const int64_t width = digits.extents.empty() ? 1 : digits.extents.back();
  const int64_t step = digits.strides.empty() ? 1 : digits.strides.back();
  for (int64_t at = begin; at < end;) {
    const int64_t count = std::min(width - at % width, end - at);
    const U* start = x + digits.Offset(at);
    for (int64_t i = 0; i < count; ++i) y[at + i] = start[i * step];
    at += count;
  }
}

}  // namespace

OpStatus TransposedShape(const OpCall& call, const std::string& argument,
                         const std::vector<int64_t>& perm, Shape* shape) {
  const Shape& x = call.inputs[0].shape;
  std::vector<bool> seen;
  if (OpStatus s = MarkAxes(call, argument, perm, x.size(), &seen); !s.ok()) {
    return s;
  }
  if (perm.size() != x.size()) {
    return OpError(call, argument, std::to_string(perm.size()) + " axes",
                   std::to_string(x.size()));
  }
  shape->clear();
  for (int64_t axis : perm) shape->push_back(x[Axis(axis, x.size())]);
  return {};
}

void TransposeElements(const OpCall& call, const Operands& operands,
                       const std::vector<int64_t>& perm, int64_t begin,
                       int64_t end) {
  const Shape& x = call.inputs[0].shape;
  const std::vector<int64_t> strides = StridesOf(x);
  Digits digits;
  for (int64_t axis : perm) {
    const size_t d = Axis(axis, x.size());
    digits.Push(x[d], strides[d]);
  }
  const std::byte* from = operands.inputs[0].data;
  std::byte* to = operands.outputs[0].data;
  switch (BitsOf(call.inputs[0].dtype)) {
    case 8:
      return Copy<uint8_t>(digits, from, to, begin, end);
    case 16:
      return Copy<uint16_t>(digits, from, to, begin, end);
    case 32:
      return Copy<uint32_t>(digits, from, to, begin, end);
    default:
      return Copy<uint64_t>(digits, from, to, begin, end);
  }
}

Work CostMove(const OpCall& call) { return MoveWork(call); }

}  // namespace npuemu::kernels
