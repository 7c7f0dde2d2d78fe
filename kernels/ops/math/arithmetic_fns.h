// File: arithmetic_fns.h
// The primitives of arithmetic.md 7.2 on widened values. A float result is
// rounded by the caller (OUT_T); integers wrap. Pure.

#ifndef KERNELS_OPS_MATH_ARITHMETIC_FNS_H_
#define KERNELS_OPS_MATH_ARITHMETIC_FNS_H_

#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/numeric/float16.h"
#include "kernels/op/integer.h"

namespace npuemu::kernels {

// NaN if either is; +0 above -0. Equal values differ only as zeros do: the sign
// stays if both have it (Max), if either has it (Min).
inline float MaxFloat(float a, float b) {
  const auto x = std::bit_cast<uint32_t>(a);
  const auto y = std::bit_cast<uint32_t>(b);
  const uint32_t unequal = SelectBits(a > b, x, y);
  const uint32_t result = SelectBits(a == b, x & y, unequal);
  const bool nan = (a != a) | (b != b);
  return std::bit_cast<float>(SelectBits(nan, 0x7fc00000u, result));
}

inline float MinFloat(float a, float b) {
  const auto x = std::bit_cast<uint32_t>(a);
  const auto y = std::bit_cast<uint32_t>(b);
  const uint32_t unequal = SelectBits(a < b, x, y);
  const uint32_t result = SelectBits(a == b, x | y, unequal);
  const bool nan = (a != a) | (b != b);
  return std::bit_cast<float>(SelectBits(nan, 0x7fc00000u, result));
}

template <typename C>
C Max(C a, C b) {
  if constexpr (std::is_same_v<C, float>) return MaxFloat(a, b);
  return a > b ? a : b;
}

template <typename C>
C Min(C a, C b) {
  if constexpr (std::is_same_v<C, float>) return MinFloat(a, b);
  return a < b ? a : b;
}

// Bool: logical or.
template <typename C>
C AddValues(C a, C b) {
  if constexpr (std::is_same_v<C, float>) {
    return a + b;
  } else if constexpr (std::is_same_v<C, bool>) {
    return a || b;
  } else {
    return WrapAdd(a, b);
  }
}

// Bool: whether they differ, which is a - b != 0.
template <typename C>
C SubValues(C a, C b) {
  if constexpr (std::is_same_v<C, float>) {
    return a - b;
  } else if constexpr (std::is_same_v<C, bool>) {
    return a != b;
  } else {
    return WrapSub(a, b);
  }
}

// Bool: logical and.
template <typename C>
C MulValues(C a, C b) {
  if constexpr (std::is_same_v<C, float>) {
    return a * b;
  } else if constexpr (std::is_same_v<C, bool>) {
    return a && b;
  } else {
    return WrapMul(a, b);
  }
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_MATH_ARITHMETIC_FNS_H_
