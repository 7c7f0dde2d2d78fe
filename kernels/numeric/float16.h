// File: float16.h
// IEEE binary16 storage and its exact or nearest conversions (arithmetic.md
// 7.0, 7.1). Written without branches so that plain loops vectorise; the
// other rounding modes are in cast.h. All functions are pure. They need the
// default float environment (float_env.h).

#ifndef KERNELS_NUMERIC_FLOAT16_H_
#define KERNELS_NUMERIC_FLOAT16_H_

#include <bit>
#include <cstdint>

namespace npuemu::kernels {

// choice ? a : b without a branch, which would keep a loop from vectorising.
inline uint32_t SelectBits(bool choice, uint32_t a, uint32_t b) {
  const uint32_t mask = 0u - static_cast<uint32_t>(choice);
  return (a & mask) | (b & ~mask);
}

// The bits of a half; it has no arithmetic of its own.
struct Float16 {
  uint16_t bits = 0;
  bool operator==(const Float16&) const = default;  // of bits, not of values
};

inline constexpr Float16 kNanFloat16{0x7e00};
inline constexpr Float16 kInfFloat16{0x7c00};
inline constexpr Float16 kMaxFloat16{0x7bff};  // 65504

inline bool IsNan(Float16 h) { return (h.bits & 0x7fff) > 0x7c00; }

// Exact; every NaN gives 7FC00000.
inline float ToFloat(Float16 h) {
  const uint32_t magnitude = h.bits & 0x7fffu;
  const uint32_t sign = (h.bits & 0x8000u) << 16;
  const uint32_t normal = (magnitude << 13) + (112u << 23);
  const uint32_t subnormal = std::bit_cast<uint32_t>(
      static_cast<float>(static_cast<int32_t>(magnitude)) * 0x1p-24f);
  uint32_t bits = SelectBits(magnitude < 0x400, subnormal, normal) | sign;
  bits = SelectBits(magnitude == 0x7c00, 0x7f800000u | sign, bits);
  bits = SelectBits(magnitude > 0x7c00, 0x7fc00000u, bits);
  return std::bit_cast<float>(bits);
}

// RN_f16: ties to even, gradual underflow, overflow to infinity, NaN to 7E00.
inline Float16 ToFloat16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const uint32_t magnitude = bits & 0x7fffffffu;
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t even = (magnitude >> 13) & 1;
  const uint32_t normal = (magnitude + 0xfff + even - (112u << 23)) >> 13;
  // One quantum of a half is one of 0.5f: the addition rounds for us.
  const uint32_t subnormal =
      std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) -
      0x3f000000u;
  uint32_t half = SelectBits(magnitude < (113u << 23), subnormal, normal);
  half = SelectBits(magnitude >= (143u << 23), 0x7c00u, half) | sign;
  half = SelectBits(magnitude > 0x7f800000u, 0x7e00u, half);
  return Float16{static_cast<uint16_t>(half)};
}

// S_f16: with `saturate`, NaN becomes +0 and an infinity the largest finite.
inline Float16 Saturated(Float16 h, bool saturate) {
  const uint32_t magnitude = h.bits & 0x7fffu;
  const uint32_t limit =
      SelectBits(magnitude > 0x7c00, 0, (h.bits & 0x8000u) | 0x7bffu);
  const bool replace = saturate & (magnitude >= 0x7c00);
  return Float16{static_cast<uint16_t>(SelectBits(replace, limit, h.bits))};
}

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_FLOAT16_H_
