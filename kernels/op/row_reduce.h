// File: row_reduce.h
// The row sum of arithmetic.md 7.8: lane l adds x[l], x[64+l], x[128+l], …
// in ascending order, then the 64 lanes are added as a tree of neighbours,
// every sum rounded to f32. Integers wrap, so that their order is no matter.
// Thread-safe (pure).

#ifndef KERNELS_OP_ROW_REDUCE_H_
#define KERNELS_OP_ROW_REDUCE_H_

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernels/numeric/element.h"
#include "kernels/op/axes.h"
#include "kernels/op/integer.h"

namespace npuemu::kernels {

inline constexpr int64_t kLanes = 64;

// Lanes that a row of this length uses; the others count as -0.
inline int64_t LanesOf(int64_t length) { return std::min(length, kLanes); }

// What is added to nothing: -0 keeps the sign of a lone -0.
template <typename C>
constexpr C EmptySum() {
  return std::is_same_v<C, float> ? static_cast<C>(-0.0f) : C{};
}

template <typename C>
C AddLanes(C a, C b) {
  if constexpr (std::is_same_v<C, float>) {
    return a + b;
  } else {
    return WrapAdd(a, b);
  }
}

// Lanes [first, last) of one row; sums[0] is lane `first`. `value(j)` is
// element j of the row, widened.
template <typename C, typename Value>
void SumLanes(int64_t length, int64_t first, int64_t last, Value&& value,
              C* sums) {
  const int64_t count = last - first;
  for (int64_t l = 0; l < count; ++l) sums[l] = EmptySum<C>();
  for (int64_t base = first; base < length; base += kLanes) {
    const int64_t here = std::min(count, length - base);
    for (int64_t l = 0; l < here; ++l) {
      sums[l] = AddLanes<C>(sums[l], value(base + l));
    }
  }
}

// The tree over the lanes of a row. A row without elements sums to +0.
template <typename C>
C SumTree(const C* lanes, int64_t count) {
  if (count == 0) return C{};
  C v[kLanes];
  for (int64_t l = 0; l < kLanes; ++l) {
    v[l] = l < count ? lanes[l] : EmptySum<C>();
  }
  for (int64_t n = kLanes / 2; n >= 1; n /= 2) {
    for (int64_t i = 0; i < n; ++i) {
      v[i] = AddLanes<C>(v[2 * i], v[2 * i + 1]);
    }
  }
  return v[0];
}

// The maximum rule of 7.3: the first NaN, else the first of the largest.
template <typename C>
bool Replaces(C candidate, C best) {
  if constexpr (std::is_same_v<C, float>) {
    if (candidate != candidate) return best == best;
  }
  return candidate > best;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ROW_REDUCE_H_
