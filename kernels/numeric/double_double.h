// File: double_double.h
// Sums of two doubles, hi + lo with |lo| at most half an ulp of hi: about 104
// bits, for the rare cases where a double cannot decide a rounding
// (elementary.cc). No fused multiply-add is assumed. Pure; needs the default
// float environment and -ffp-contract=off.

#ifndef KERNELS_NUMERIC_DOUBLE_DOUBLE_H_
#define KERNELS_NUMERIC_DOUBLE_DOUBLE_H_

#include <bit>
#include <cstdint>

namespace npuemu::kernels {

struct DoubleDouble {
  double hi = 0;
  double lo = 0;
};

// Exact, if |a| >= |b| or a == 0.
inline DoubleDouble QuickTwoSum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

// Exact (Knuth).
inline DoubleDouble TwoSum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

// Exact (Dekker), for products within [2^-960, 2^960].
inline DoubleDouble TwoProduct(double a, double b) {
  constexpr double kSplit = 0x1p27 + 1;
  const double a_hi = a * kSplit - (a * kSplit - a);
  const double b_hi = b * kSplit - (b * kSplit - b);
  const double a_lo = a - a_hi;
  const double b_lo = b - b_hi;
  const double product = a * b;
  return {product,
          ((a_hi * b_hi - product) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo};
}

inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  DoubleDouble high = TwoSum(a.hi, b.hi);
  const DoubleDouble low = TwoSum(a.lo, b.lo);
  high = QuickTwoSum(high.hi, high.lo + low.hi);
  return QuickTwoSum(high.hi, high.lo + low.lo);
}

inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = TwoProduct(a.hi, b.hi);
  return QuickTwoSum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

inline DoubleDouble operator/(DoubleDouble a, double b) {
  const double quotient = a.hi / b;
  const DoubleDouble back = TwoProduct(quotient, b);
  const double rest = (a.hi - back.hi) - back.lo + a.lo;
  return QuickTwoSum(quotient, rest / b);
}

// Rounds to odd: if hi + lo is no double, the neighbour with an odd last bit.
// Rounding that on to 50 or fewer bits equals one rounding of hi + lo.
inline double RoundToOdd(DoubleDouble x) {
  const auto bits = std::bit_cast<uint64_t>(x.hi);
  if (x.lo == 0 || (bits & 1) != 0) return x.hi;
  const bool away = (x.lo > 0) == (x.hi > 0);
  return std::bit_cast<double>(away ? bits + 1 : bits - 1);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_DOUBLE_DOUBLE_H_
