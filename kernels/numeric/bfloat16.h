// File: bfloat16.h
// bfloat16 storage (1/8/7) and its exact or nearest conversions (arithmetic.md
// 7.0, 7.1). The chip has no arithmetic on it, only casts (1.1). Pure.

#ifndef KERNELS_NUMERIC_BFLOAT16_H_
#define KERNELS_NUMERIC_BFLOAT16_H_

#include <bit>
#include <cstdint>

#include "kernels/numeric/float16.h"

namespace npuemu::kernels {

// The bits of a bfloat16; it has no arithmetic of its own.
struct BFloat16 {
  uint16_t bits = 0;
  bool operator==(const BFloat16&) const = default;  // of bits, not of values
};

inline constexpr BFloat16 kNanBFloat16{0x7fc0};
inline constexpr BFloat16 kInfBFloat16{0x7f80};
inline constexpr BFloat16 kMaxBFloat16{0x7f7f};

inline bool IsNan(BFloat16 b) { return (b.bits & 0x7fff) > 0x7f80; }

// Exact; every NaN gives 7FC00000.
inline float ToFloat(BFloat16 b) {
  const uint32_t wide = static_cast<uint32_t>(b.bits) << 16;
  const bool nan = (b.bits & 0x7fff) > 0x7f80;
  return std::bit_cast<float>(SelectBits(nan, 0x7fc00000u, wide));
}

// RN_bf16: ties to even, gradual underflow, overflow to infinity, NaN to 7FC0.
inline BFloat16 ToBFloat16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return BFloat16{static_cast<uint16_t>(SelectBits(nan, 0x7fc0u, rounded))};
}

// S_bf16: with `saturate`, NaN becomes +0 and an infinity the largest finite.
inline BFloat16 Saturated(BFloat16 b, bool saturate) {
  const uint32_t magnitude = b.bits & 0x7fffu;
  const uint32_t limit =
      SelectBits(magnitude > 0x7f80, 0, (b.bits & 0x8000u) | 0x7f7fu);
  const bool replace = saturate & (magnitude >= 0x7f80);
  return BFloat16{static_cast<uint16_t>(SelectBits(replace, limit, b.bits))};
}

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_BFLOAT16_H_
