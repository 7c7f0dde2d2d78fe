// File: rounding.h
// Rounding of exact binary values to a grid, in integers only (arithmetic.md
// 2.1 and 7.1). An exact value is sign, 64-bit magnitude and exponent; the
// types of tensors all fit. Pure.

#ifndef KERNELS_NUMERIC_ROUNDING_H_
#define KERNELS_NUMERIC_ROUNDING_H_

#include <algorithm>
#include <bit>
#include <cstdint>

namespace npuemu::kernels {

// The rules act on sign and magnitude. kNone is kRint where bits are lost.
enum class Rounding { kNone, kRint, kFloor, kCeil, kRound, kTrunc, kOdd };

// (-1)^negative * magnitude * 2^exponent.
struct Exact {
  bool negative = false;
  uint64_t magnitude = 0;
  int exponent = 0;
};

// A binary float format: precision with the hidden bit, the exponent of the
// smallest normal, and the width of the exponent field.
struct FloatFormat {
  int precision;
  int min_exponent;
  int exponent_bits;

  constexpr uint64_t infinity() const {
    return ((uint64_t{1} << exponent_bits) - 1) << (precision - 1);
  }
  constexpr uint64_t sign() const {
    return uint64_t{1} << (exponent_bits + precision - 1);
  }
};

inline constexpr FloatFormat kFloat16Format{11, -14, 5};
inline constexpr FloatFormat kBFloat16Format{8, -126, 8};
inline constexpr FloatFormat kFloat32Format{24, -126, 8};
inline constexpr FloatFormat kFloat64Format{53, -1022, 11};

// Whether a magnitude with last kept bit `odd`, cut-off part `rest` of a unit
// worth 2 * `half` (rest < 2 * half, rest != 0), is to be raised by one unit.
inline bool RaisesMagnitude(Rounding mode, bool negative, bool odd,
                            uint64_t rest, uint64_t half) {
  switch (mode) {
    case Rounding::kNone:
    case Rounding::kRint:
      return rest > half || (rest == half && odd);
    case Rounding::kRound:
      return rest >= half;
    case Rounding::kFloor:
      return negative;
    case Rounding::kCeil:
      return !negative;
    case Rounding::kTrunc:
      return false;
    case Rounding::kOdd:
      return !odd;
  }
  return false;
}

// magnitude / 2^shift on the integers. A negative shift multiplies; the
// caller makes sure that this fits.
inline uint64_t RoundShift(uint64_t magnitude, int shift, bool negative,
                           Rounding mode) {
  if (shift <= 0 || magnitude == 0) {
    return magnitude << std::min(-std::min(shift, 0), 63);
  }
  if (shift > 64) {  // less than half a unit: only the direction matters
    return RaisesMagnitude(mode, negative, false, 1, 2) ? 1 : 0;
  }
  const uint64_t half = uint64_t{1} << (shift - 1);
  const uint64_t rest = magnitude & (half | (half - 1));
  const uint64_t kept = shift == 64 ? 0 : magnitude >> shift;
  if (rest == 0) return kept;
  return kept + (RaisesMagnitude(mode, negative, kept & 1, rest, half) ? 1 : 0);
}

// The bits of the rounded value: quantum at least the smallest subnormal,
// unbounded exponent, then infinity if it is above the largest finite value,
// whatever the mode (7.1). A zero keeps the sign.
inline uint64_t RoundToFormat(const Exact& x, const FloatFormat& format,
                              Rounding mode) {
  const uint64_t sign = x.negative ? format.sign() : 0;
  if (x.magnitude == 0) return sign;
  const int width = 64 - std::countl_zero(x.magnitude);
  const int top = std::max(x.exponent + width - 1, format.min_exponent);
  const int quantum = top - format.precision + 1;
  const uint64_t rounded =
      RoundShift(x.magnitude, quantum - x.exponent, x.negative, mode);
  // The hidden bit of `rounded` adds one to the exponent field; so does the
  // carry of rounding up to a power of two.
  const uint64_t field = static_cast<uint64_t>(top - format.min_exponent);
  const uint64_t bits = (field << (format.precision - 1)) + rounded;
  return sign | std::min(bits, format.infinity());
}

// The exact value of finite bits.
inline Exact ExactOfBits(uint64_t bits, const FloatFormat& format) {
  const uint64_t magnitude = bits & (format.sign() - 1);
  const uint64_t hidden = uint64_t{1} << (format.precision - 1);
  const auto field = static_cast<int>(magnitude >> (format.precision - 1));
  const uint64_t fraction = magnitude & (hidden - 1);
  return Exact{
      (bits & format.sign()) != 0, field == 0 ? fraction : fraction | hidden,
      std::max(field, 1) - 1 + format.min_exponent - (format.precision - 1)};
}

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_ROUNDING_H_
