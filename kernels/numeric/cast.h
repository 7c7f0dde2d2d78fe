// File: cast.h
// Cast(x, S -> D, mode) of arithmetic.md 7.1 for the types of element.h. Pure.

#ifndef KERNELS_NUMERIC_CAST_H_
#define KERNELS_NUMERIC_CAST_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "kernels/numeric/element.h"
#include "kernels/numeric/rounding.h"

namespace npuemu::kernels {

struct CastRule {
  Rounding mode = Rounding::kRint;
  bool saturate = false;   // S_D for f16 and bf16: CTRL[48] == 0
  bool wrap_ints = false;  // keep the low bits: CTRL[59] == 1
};

// Format and NaN of a float element type.
template <typename T>
constexpr FloatFormat FormatOf() {
  static_assert(kIsFloat<T>);
  if constexpr (std::is_same_v<T, Float16>) return kFloat16Format;
  if constexpr (std::is_same_v<T, BFloat16>) return kBFloat16Format;
  return kFloat32Format;
}

// A float element of the given bits; S_T and nothing else.
template <typename T>
T FloatOfBits(uint64_t bits, bool saturate) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(static_cast<uint32_t>(bits));
  } else {
    return Saturated(T{static_cast<uint16_t>(bits)}, saturate);
  }
}

// Finite or infinite f32 on D's grid; NaN gives qNaN_D, or +0 if saturated.
template <typename D>
D NarrowFloat(float x, const CastRule& rule) {
  if constexpr (std::is_same_v<D, float>) {
    return CanonicalNan(x);
  } else {
    if (rule.mode == Rounding::kRint || rule.mode == Rounding::kNone) {
      return Out<D>(x, rule.saturate);
    }
    constexpr FloatFormat kFormat = FormatOf<D>();
    const auto bits = std::bit_cast<uint32_t>(x);
    const uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude >= 0x7f800000u) return Out<D>(x, rule.saturate);
    return FloatOfBits<D>(
        RoundToFormat(ExactOfBits(bits, kFloat32Format), kFormat, rule.mode),
        rule.saturate);
  }
}

// An integer on D's grid.
template <typename D, typename S>
D IntToFloat(S x, const CastRule& rule) {
  // The host rounds to nearest; f16 overflows before f32 rounds.
  if ((rule.mode == Rounding::kRint || rule.mode == Rounding::kNone) &&
      !std::is_same_v<D, BFloat16>) {
    return Out<D>(static_cast<float>(x), rule.saturate);
  }
  const bool negative = x < 0;
  const auto wide = static_cast<uint64_t>(x);
  const Exact exact{negative, negative ? 0 - wide : wide, 0};
  return FloatOfBits<D>(RoundToFormat(exact, FormatOf<D>(), rule.mode),
                        rule.saturate);
}

// Clamp, or the low bits with wrap_ints.
template <typename D, typename S>
D IntToInt(S x, const CastRule& rule) {
  if (rule.wrap_ints) return static_cast<D>(x);
  using Limits = std::numeric_limits<D>;
  if (x < 0) {
    if (!std::is_signed_v<D>) return 0;
    const auto low = static_cast<int64_t>(Limits::min());
    return static_cast<int64_t>(x) < low ? Limits::min() : static_cast<D>(x);
  }
  const auto high = static_cast<uint64_t>(Limits::max());
  return static_cast<uint64_t>(x) > high ? Limits::max() : static_cast<D>(x);
}

// Round, then clamp; NaN is 0. With wrap_ints the low bits; infinities are 0.
template <typename D>
D FloatToInt(float x, const CastRule& rule) {
  const auto bits = std::bit_cast<uint32_t>(x);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return 0;
  if (rule.mode == Rounding::kTrunc && magnitude < 0x5e800000u &&
      !rule.wrap_ints) {  // below 2^62 the host truncates, too
    return IntToInt<D>(static_cast<int64_t>(x), rule);
  }
  if (magnitude == 0x7f800000u && rule.wrap_ints) return 0;
  const Exact exact = ExactOfBits(bits, kFloat32Format);
  const bool huge = exact.exponent > 40;  // the magnitude is above 2^63
  const uint64_t rounded = exact.exponent > 63
                               ? 0
                               : RoundShift(exact.magnitude, -exact.exponent,
                                            exact.negative, rule.mode);
  if (rule.wrap_ints) {
    return static_cast<D>(exact.negative ? 0 - rounded : rounded);
  }
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<D>::max());
  if (!exact.negative) {
    return huge || rounded > kMax ? std::numeric_limits<D>::max()
                                  : static_cast<D>(rounded);
  }
  const uint64_t limit = std::is_signed_v<D> ? kMax + 1 : 0;
  return huge || rounded >= limit ? std::numeric_limits<D>::min()
                                  : static_cast<D>(0 - rounded);
}

// Any pair. To bool: x != 0, so NaN is true; from bool: 0 or 1.
template <typename D, typename S>
D Cast(S x, const CastRule& rule) {
  if constexpr (std::is_same_v<D, Bool>) {
    return Bool{static_cast<uint8_t>(Widen(x) != 0)};
  } else if constexpr (std::is_same_v<S, Bool>) {
    return Cast<D>(static_cast<uint8_t>(x.byte != 0), rule);
  } else if constexpr (kIsFloat<S> && kIsFloat<D>) {
    return NarrowFloat<D>(Widen(x), rule);
  } else if constexpr (kIsFloat<S>) {
    return FloatToInt<D>(Widen(x), rule);
  } else if constexpr (kIsFloat<D>) {
    return IntToFloat<D>(x, rule);
  } else {
    return IntToInt<D>(x, rule);
  }
}

// f32 -> f32 on the integers: zero keeps its sign, NaN gives qNaN.
inline float RoundToIntegral(float x, Rounding mode) {
  const auto bits = std::bit_cast<uint32_t>(x);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return CanonicalNan(x);
  if (magnitude >= 0x4b000000u) return x;  // |x| >= 2^23
  Exact exact = ExactOfBits(bits, kFloat32Format);
  exact.magnitude =
      RoundShift(exact.magnitude, -exact.exponent, exact.negative, mode);
  exact.exponent = 0;
  return FloatOfBits<float>(
      RoundToFormat(exact, kFloat32Format, Rounding::kRint), false);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_CAST_H_
