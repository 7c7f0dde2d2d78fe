// File: broadcast.h
// Broadcasting of two shapes as numpy does it: aligned at the last extent, an
// extent of 1 is repeated. Thread-safe (pure).

#ifndef KERNELS_OP_BROADCAST_H_
#define KERNELS_OP_BROADCAST_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/tensor/tensor.h"

namespace npuemu::kernels {

// nullopt if some pair of extents differs and neither is 1.
std::optional<Shape> BroadcastShape(const Shape& a, const Shape& b);

// Row-major element strides, innermost 1.
std::vector<int64_t> StridesOf(const Shape& shape);

// A walk over an output in row-major order beside two operands: extents with
// the operands' strides in elements, 0 where an operand is repeated.
// Neighbouring extents that behave alike are merged, so that equal shapes and
// scalars become one run.
struct BroadcastPlan {
  std::vector<int64_t> extents;  // never empty
  std::vector<int64_t> a;
  std::vector<int64_t> b;
};

// `a` and `b` must broadcast to `out`.
BroadcastPlan PlanBroadcast(const Shape& a, const Shape& b, const Shape& out);

// Calls fn(out, a, b, count, a_step, b_step) for the runs that make up output
// elements [begin, end): offsets in elements; steps along the run.
template <typename Fn>
void ForEachRun(const BroadcastPlan& plan, int64_t begin, int64_t end,
                Fn&& fn) {
  const size_t inner = plan.extents.size() - 1;
  const int64_t width = plan.extents[inner];
  for (int64_t at = begin; at < end;) {
    int64_t a = 0;
    int64_t b = 0;
    int64_t rest = at / width;
    for (size_t d = inner; d-- > 0;) {
      const int64_t index = rest % plan.extents[d];
      rest /= plan.extents[d];
      a += index * plan.a[d];
      b += index * plan.b[d];
    }
    const int64_t column = at % width;
    const int64_t count = std::min(width - column, end - at);
    fn(at, a + column * plan.a[inner], b + column * plan.b[inner], count,
       plan.a[inner], plan.b[inner]);
    at += count;
  }
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_BROADCAST_H_
