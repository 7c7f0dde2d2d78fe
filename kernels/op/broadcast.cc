#include "kernels/op/broadcast.h"

namespace npuemu::kernels {
namespace {

// Strides of `shape` along the extents of `out`, 0 where it is repeated.
std::vector<int64_t> Aligned(const Shape& shape, const Shape& out) {
  const std::vector<int64_t> strides = StridesOf(shape);
  const size_t missing = out.size() - shape.size();
  std::vector<int64_t> aligned(out.size(), 0);
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] != 1) aligned[d + missing] = strides[d];
  }
  return aligned;
}

}  // namespace

std::optional<Shape> BroadcastShape(const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape out = longer;
  const size_t missing = longer.size() - shorter.size();
  for (size_t d = 0; d < shorter.size(); ++d) {
    int64_t& extent = out[d + missing];
    if (extent == shorter[d] || shorter[d] == 1) continue;
    if (extent != 1) return std::nullopt;
    extent = shorter[d];
  }
  return out;
}

std::vector<int64_t> StridesOf(const Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) {
    strides[d - 1] = strides[d] * shape[d];
  }
  return strides;
}

BroadcastPlan PlanBroadcast(const Shape& a, const Shape& b, const Shape& out) {
  const std::vector<int64_t> a_strides = Aligned(a, out);
  const std::vector<int64_t> b_strides = Aligned(b, out);
  BroadcastPlan plan;
  for (size_t d = 0; d < out.size(); ++d) {
    if (out[d] == 1) continue;
    // The extent before this one continues it if a step there equals a whole
    // walk here, in both operands.
    if (!plan.extents.empty() && plan.a.back() == a_strides[d] * out[d] &&
        plan.b.back() == b_strides[d] * out[d]) {
      plan.extents.back() *= out[d];
      plan.a.back() = a_strides[d];
      plan.b.back() = b_strides[d];
      continue;
    }
    plan.extents.push_back(out[d]);
    plan.a.push_back(a_strides[d]);
    plan.b.push_back(b_strides[d]);
  }
  if (plan.extents.empty()) return {{1}, {0}, {0}};
  return plan;
}

}  // namespace npuemu::kernels
