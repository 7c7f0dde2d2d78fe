// File: primitives.h
// The primitives of arithmetic.md 7.2 on widened values. A float result is
// rounded by the caller (OUT_T); integers wrap. Pure.

#ifndef KERNELS_OP_PRIMITIVES_H_
#define KERNELS_OP_PRIMITIVES_H_

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "kernels/numeric/cast.h"
#include "kernels/numeric/elementary.h"
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
C Plus(C a, C b) {
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
C Minus(C a, C b) {
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
C Times(C a, C b) {
  if constexpr (std::is_same_v<C, float>) {
    return a * b;
  } else if constexpr (std::is_same_v<C, bool>) {
    return a && b;
  } else {
    return WrapMul(a, b);
  }
}

// Integers: truncated toward zero, x / 0 = 0, the smallest over -1 wraps.
template <typename C>
C Quotient(C a, C b) {
  if constexpr (std::is_same_v<C, float>) {
    return a / b;
  } else {
    if (b == 0) return 0;
    if constexpr (std::is_signed_v<C>) {
      if (b == static_cast<C>(-1)) return WrapSub(C{}, a);
    }
    return static_cast<C>(a / b);
  }
}

template <typename C>
C Negative(C x) {
  if constexpr (std::is_same_v<C, float>) {
    return -x;
  } else {
    return WrapSub(C{}, x);
  }
}

// Clears the sign bit; integers wrap.
template <typename C>
C Abs(C x) {
  if constexpr (std::is_same_v<C, float>) {
    return std::bit_cast<float>(std::bit_cast<uint32_t>(x) & 0x7fffffffu);
  } else if constexpr (std::is_signed_v<C>) {
    return x < 0 ? WrapSub(C{}, x) : x;
  } else {
    return x;
  }
}

// -1, 0 or 1; zeros and NaN stay.
template <typename C>
C SignOf(C x) {
  if constexpr (std::is_same_v<C, float>) {
    return x > 0 ? 1.0f : x < 0 ? -1.0f : x;
  } else {
    return static_cast<C>((x > 0) - (x < 0));
  }
}

// A number of the text as a value of the computed type.
template <typename C>
C Const(float number) {
  return static_cast<C>(number);
}

// An integer element through f32: back by TRUNC, clamped; NaN is 0 (7.1).
template <typename C>
C FromFloat(float y) {
  if constexpr (std::is_same_v<C, float>) {
    return y;
  } else {
    return Cast<C>(y, {.mode = Rounding::kTrunc});
  }
}

inline float Exp(float x) { return ExpFloat(x); }
inline float Ln(float x) { return LnFloat(x); }
inline float Rsqrt(float x) { return RsqrtFloat(x); }
inline float Sqrt(float x) { return std::sqrt(x); }
inline float Floor(float x) { return std::floor(x); }
inline float Ceil(float x) { return std::ceil(x); }
inline float Trunc(float x) { return std::trunc(x); }
inline float Rint(float x) { return std::nearbyint(x); }
inline float Round(float x) { return std::round(x); }
inline float CopySign(float x, float y) { return std::copysign(x, y); }

inline constexpr float kInf = std::numeric_limits<float>::infinity();
inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_PRIMITIVES_H_
