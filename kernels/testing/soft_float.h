// File: soft_float.h
// + - * / and the choice of two of docs/arithmetic.md 7.2 in integers alone,
// written from IEEE 754: fast enough for all pairs of halves. A number is
// magnitude * 2^exponent; one more bit below the last one says whether anything
// was left off. For tests; uses nothing else of kernels/.

#ifndef KERNELS_TESTING_SOFT_FLOAT_H_
#define KERNELS_TESTING_SOFT_FLOAT_H_

#include <bit>
#include <cstdint>
#include <utility>

namespace npuemu::reference {

enum class SoftOp { kAdd, kSub, kMul, kDiv, kMax, kMin };

// kPrecision has the hidden bit: 11 of 16 for f16, 24 of 32 for f32.
template <int kPrecision, int kWidth>
class SoftFloat {
 public:
  static constexpr uint32_t kSign = uint32_t{1} << (kWidth - 1);
  static constexpr uint32_t kHidden = uint32_t{1} << (kPrecision - 1);
  static constexpr uint32_t kInfinity = kSign - kHidden;
  static constexpr uint32_t kNan = kInfinity | kHidden >> 1;

  // INFNAN: S_T is up to the caller.
  static uint32_t Of(SoftOp op, uint32_t a, uint32_t b) {
    if (IsNan(a) || IsNan(b)) return kNan;
    switch (op) {
      case SoftOp::kAdd:
        return Add(a, b);
      case SoftOp::kSub:
        return Add(a, b ^ kSign);
      case SoftOp::kMul:
        return Multiply(a, b);
      case SoftOp::kDiv:
        return Divide(a, b);
      case SoftOp::kMax:
        return Order(a) > Order(b) ? a : b;
      case SoftOp::kMin:
        return Order(a) < Order(b) ? a : b;
    }
    return kNan;
  }

  // S_T of a result.
  static uint32_t Saturated(uint32_t x) {
    if (IsNan(x)) return 0;
    return (x & ~kSign) == kInfinity ? x - 1 : x;
  }

 private:
  // Of the quantum of subnormals.
  static constexpr int kLeast =
      2 - (1 << (kWidth - kPrecision - 1)) - kPrecision + 1;

  struct Number {
    uint64_t magnitude;
    int exponent;
  };

  static bool IsNan(uint32_t x) { return (x & ~kSign) > kInfinity; }

  // Bits in the order of the numbers, -0 below +0.
  static int64_t Order(uint32_t x) {
    const int64_t magnitude = x & ~kSign;
    return (x & kSign) != 0 ? -1 - magnitude : magnitude;
  }

  // Not of an infinity; the magnitude has the hidden bit unless it is 0.
  static Number Unpack(uint32_t x) {
    const auto field = static_cast<int>((x & ~kSign) / kHidden);
    const uint32_t fraction = x & (kHidden - 1);
    if (field != 0) return {fraction | kHidden, kLeast + field - 1};
    const int shift = std::countl_zero(fraction) - (32 - kPrecision);
    return {uint64_t{fraction} << shift, kLeast - shift};
  }

  // Nearest, ties to even. The magnitude is below 2^63; if its lowest bit says
  // that something was left off, it is far below the last bit of the result.
  static uint32_t Round(uint32_t sign, Number x) {
    if (x.magnitude == 0) return sign;
    int cut = 64 - std::countl_zero(x.magnitude) - kPrecision;
    if (x.exponent + cut < kLeast) cut = kLeast - x.exponent;
    if (cut > 63) return sign;  // below half of the smallest
    const int exponent = x.exponent + cut;
    uint64_t kept = cut > 0 ? x.magnitude >> cut : x.magnitude << -cut;
    if (cut > 0) {
      const uint64_t half = uint64_t{1} << (cut - 1);
      const uint64_t rest = x.magnitude & (2 * half - 1);
      if (rest > half || (rest == half && kept % 2 == 1)) ++kept;
    }
    if (kept < kHidden) return sign | static_cast<uint32_t>(kept);
    const auto field = static_cast<uint64_t>(exponent - kLeast + 1);
    const uint64_t bits = field * kHidden + (kept - kHidden);
    return sign | static_cast<uint32_t>(bits < kInfinity ? bits : kInfinity);
  }

  static uint32_t Add(uint32_t a, uint32_t b) {
    if ((a & ~kSign) < (b & ~kSign)) std::swap(a, b);
    const uint32_t sign = a & kSign;
    const bool apart = ((a ^ b) & kSign) != 0;
    if ((a & ~kSign) == kInfinity) {
      return apart && (b & ~kSign) == kInfinity ? kNan : a;
    }
    if ((b & ~kSign) == 0) return (a & ~kSign) == 0 && apart ? 0 : a;
    Number x = Unpack(a);
    Number y = Unpack(b);
    constexpr int kRoom = 62 - kPrecision;
    x.magnitude <<= kRoom;
    x.exponent -= kRoom;
    y.magnitude <<= kRoom;
    y.exponent -= kRoom;
    const int shift = x.exponent - y.exponent;
    const uint64_t least = shift > 63 ? 0 : y.magnitude >> shift;
    const bool left_off = shift > 63 || least << shift != y.magnitude;
    const uint64_t sum = apart ? x.magnitude - least : x.magnitude + least;
    if (sum == 0) return 0;
    // What was left off makes a difference a little less than `sum`.
    if (left_off) return Round(sign, {(apart ? sum - 1 : sum) | 1, x.exponent});
    return Round(sign, {sum, x.exponent});
  }

  static uint32_t Multiply(uint32_t a, uint32_t b) {
    const uint32_t sign = (a ^ b) & kSign;
    a &= ~kSign;
    b &= ~kSign;
    if (a == kInfinity || b == kInfinity) {
      return a == 0 || b == 0 ? kNan : sign | kInfinity;
    }
    if (a == 0 || b == 0) return sign;
    const Number x = Unpack(a);
    const Number y = Unpack(b);
    return Round(sign, {x.magnitude * y.magnitude, x.exponent + y.exponent});
  }

  static uint32_t Divide(uint32_t a, uint32_t b) {
    const uint32_t sign = (a ^ b) & kSign;
    a &= ~kSign;
    b &= ~kSign;
    if (a == kInfinity) return b == kInfinity ? kNan : sign | kInfinity;
    if (b == 0) return a == 0 ? kNan : sign | kInfinity;
    if (a == 0 || b == kInfinity) return sign;
    constexpr int kMore = kPrecision + 3;
    const Number x = Unpack(a);
    const Number y = Unpack(b);
    const uint64_t wide = x.magnitude << kMore;
    const uint64_t quotient = wide / y.magnitude;
    const uint64_t left_off = quotient * y.magnitude != wide ? 1 : 0;
    return Round(sign, {quotient | left_off, x.exponent - kMore - y.exponent});
  }
};

using SoftF16 = SoftFloat<11, 16>;
using SoftF32 = SoftFloat<24, 32>;

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_SOFT_FLOAT_H_
