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

BroadcastPlan PlanBroadcast(const std::vector<Shape>& operands,
                            const Shape& out) {
  std::vector<std::vector<int64_t>> aligned;
  for (const Shape& shape : operands) aligned.push_back(Aligned(shape, out));
  BroadcastPlan plan;
  plan.strides.resize(operands.size());
  for (size_t d = 0; d < out.size(); ++d) {
    if (out[d] == 1) continue;
    // The extent before this one continues it if a step there equals a whole
    // walk here, in every operand.
    bool continues = !plan.extents.empty();
    for (size_t k = 0; k < operands.size() && continues; ++k) {
      continues = plan.strides[k].back() == aligned[k][d] * out[d];
    }
    if (continues) {
      plan.extents.back() *= out[d];
    } else {
      plan.extents.push_back(out[d]);
    }
    for (size_t k = 0; k < operands.size(); ++k) {
      if (continues) plan.strides[k].pop_back();
      plan.strides[k].push_back(aligned[k][d]);
    }
  }
  if (plan.extents.empty()) {
    plan.extents = {1};
    for (auto& strides : plan.strides) strides = {0};
  }
  return plan;
}

}  // namespace npuemu::kernels
