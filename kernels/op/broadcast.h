// File: broadcast.h
// Broadcasting of shapes as numpy does it: aligned at the last extent, an
// extent of 1 is repeated. Thread-safe (pure).

#ifndef KERNELS_OP_BROADCAST_H_
#define KERNELS_OP_BROADCAST_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/tensor/tensor.h"

namespace npuemu::kernels {

// nullopt if some pair of extents differs and neither is 1.
std::optional<Shape> BroadcastShape(const Shape& a, const Shape& b);

// Row-major element strides, innermost 1.
std::vector<int64_t> StridesOf(const Shape& shape);

// A walk over an output in row-major order beside its operands: extents, and
// per operand the strides in elements, 0 where it is repeated. Neighbouring
// extents that behave alike in all operands are merged, so that equal shapes
// and scalars become one run.
struct BroadcastPlan {
  std::vector<int64_t> extents;               // never empty
  std::vector<std::vector<int64_t>> strides;  // [operand][extent]
};

// All `operands` must broadcast to `out`.
BroadcastPlan PlanBroadcast(const std::vector<Shape>& operands,
                            const Shape& out);

// The elements of one operand beside output elements [begin, begin + count),
// in runs: fn(done, offset, length, step) for elements offset + k * step of the
// operand, k < length, that belong to output begin + done + k. Step is 0 or 1
// if the operand's own extents are row-major.
template <typename Fn>
void ForEachRun(const BroadcastPlan& plan, size_t operand, int64_t begin,
                int64_t count, Fn&& fn) {
  const std::vector<int64_t>& strides = plan.strides[operand];
  const size_t inner = plan.extents.size() - 1;
  const int64_t width = plan.extents[inner];
  for (int64_t done = 0; done < count;) {
    const int64_t at = begin + done;
    int64_t offset = 0;
    int64_t rest = at / width;
    for (size_t d = inner; d-- > 0 && rest > 0;) {
      offset += rest % plan.extents[d] * strides[d];
      rest /= plan.extents[d];
    }
    const int64_t column = at % width;
    const int64_t left = count - done;
    const int64_t length = width - column < left ? width - column : left;
    fn(done, offset + column * strides[inner], length, strides[inner]);
    done += length;
  }
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_BROADCAST_H_
