#include "kernels/numeric/elementary.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "kernels/numeric/double_double.h"
#include "kernels/numeric/element.h"
#include "kernels/numeric/rounding.h"

namespace npuemu::kernels {
namespace {

constexpr DoubleDouble kExpTable[64] = {
#include "kernels/numeric/exp_table.inc"
};

struct LogRow {
  double inverse;  // c
  double hi, lo;   // -ln(c)
};
constexpr int kFirstLogRow = 90;
constexpr LogRow kLogTable[] = {
#include "kernels/numeric/log_table.inc"
};

// ln(2)/64 and ln(2): 38 bits, 38 more, the rest. A product of the first two
// with an integer below 2^15 is exact.
constexpr double kLn2Over64[3] = {0x1.62e42fefap-7, 0x1.cf79abc9ep-46,
                                  0x1.d9cc01f97b57ap-85};
constexpr double kLn2[3] = {0x1.62e42fefap-1, 0x1.cf79abc9ep-40,
                            0x1.d9cc01f97b57ap-79};

// 2^exponent for normal results.
double PowerOfTwo(int exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

// The nearest integer to x * 64 / ln 2, by the usual magic addend.
int ExpSteps(double x) {
  const double shifted = x * 0x1.71547652b82fep+6 + 0x1.8p52;
  return static_cast<int>(static_cast<int64_t>(shifted - 0x1.8p52));
}

struct LogParts {
  int exponent;       // x = 2^exponent * m, m in [0.7, 1.42]
  const LogRow* row;  // c of m
  double r;           // m * c - 1, exact, |r| < 2^-7.2
};

// x is positive and finite.
LogParts SplitLog(float x) {
  int exponent = 0;
  auto bits = std::bit_cast<uint32_t>(x);
  if (bits < 0x00800000u) {  // subnormal: exact scaling
    bits = std::bit_cast<uint32_t>(x * 0x1p24f);
    exponent = -24;
  }
  const bool upper = (bits & 0x007fffffu) >= 0x003504f3u;  // above sqrt 2
  exponent += static_cast<int>(bits >> 23) - 127 + (upper ? 1 : 0);
  const double m = std::bit_cast<float>((bits & 0x007fffffu) |
                                        (upper ? 0x3f000000u : 0x3f800000u));
  const int index = static_cast<int>(m * 128 + 0.5);
  const LogRow* row = &kLogTable[index - kFirstLogRow];
  return {exponent, row, m * row->inverse - 1};
}

// Whether every real within the error bound of y rounds to the same f32, and
// that f32 (Ziv's test).
bool Decides(double y, float* result) {
  *result = static_cast<float>(y * (1 + kFastErrorBound));
  return *result == static_cast<float>(y * (1 - kFastErrorBound));
}

Float16 HalfOf(double odd) {
  const auto bits = std::bit_cast<uint64_t>(odd);
  return Float16{static_cast<uint16_t>(RoundToFormat(
      ExactOfBits(bits, kFloat64Format), kFloat16Format, Rounding::kRint))};
}

}  // namespace

double FastExp(double x) {
  const int steps = ExpSteps(x);
  const double n = steps;
  const double r =
      (x - n * kLn2Over64[0]) - n * (kLn2Over64[1] + kLn2Over64[2]);
  // e^r - 1, |r| < 2^-7.5: the first term left out is below 2^-54.
  const double p =
      r + r * r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120))));
  const DoubleDouble& table = kExpTable[steps & 63];
  return (table.hi + (table.lo + table.hi * p)) * PowerOfTwo(steps >> 6);
}

double FastLn(float x) {
  const LogParts parts = SplitLog(x);
  const double r = parts.r;
  // ln(1+r) - r; the first term left out is below 2^-61 of r.
  const double q =
      r * r *
      (-0.5 + r * (1.0 / 3 +
                   r * (-0.25 + r * (0.2 + r * (-1.0 / 6 +
                                                r * (1.0 / 7 - r * 0.125))))));
  const double k = parts.exponent;
  const double high = k * kLn2[0] + parts.row->hi;
  const double low = k * (kLn2[1] + kLn2[2]) + parts.row->lo + q;
  return high + (r + low);
}

DoubleDouble SlowExp(double x) {
  const int steps = ExpSteps(x);
  const double n = steps;
  DoubleDouble r = TwoSum(x - n * kLn2Over64[0], -n * kLn2Over64[1]);
  r = r + DoubleDouble{-n * kLn2Over64[2], 0};
  // Horner: 1 + r (1 + r/2 (1 + r/3 (...))); |r| < 2^-7.5, 2^-128 is left.
  DoubleDouble sum{1, 0};
  for (int k = 14; k >= 1; --k) {
    sum = DoubleDouble{1, 0} + (r * sum) / static_cast<double>(k);
  }
  const DoubleDouble y = sum * kExpTable[steps & 63];
  const double scale = PowerOfTwo(steps >> 6);
  return {y.hi * scale, y.lo * scale};
}

DoubleDouble SlowLn(float x) {
  const LogParts parts = SplitLog(x);
  // ln(1+r) = r (1 - r (1/2 - r (1/3 - ...))); 2^-120 is left.
  const DoubleDouble minus_r{-parts.r, 0};
  DoubleDouble sum{0, 0};
  for (int k = 17; k >= 1; --k) {
    sum = DoubleDouble{1, 0} / static_cast<double>(k) + minus_r * sum;
  }
  sum = DoubleDouble{parts.r, 0} * sum;
  const double k = parts.exponent;
  const DoubleDouble scale =
      TwoSum(k * kLn2[0], k * kLn2[1]) + DoubleDouble{k * kLn2[2], 0};
  return (scale + DoubleDouble{parts.row->hi, parts.row->lo}) + sum;
}

float ExpFloat(float x) {
  if (std::isnan(x)) return CanonicalNan(x);
  if (x > 89) return std::bit_cast<float>(0x7f800000u);  // e^89 > MAX
  if (x < -104) return 0;                                // e^-104 < 2^-150
  float result;
  if (Decides(FastExp(x), &result)) return result;
  return static_cast<float>(RoundToOdd(SlowExp(x)));
}

float LnFloat(float x) {
  if (x == 0) return std::bit_cast<float>(0xff800000u);
  if (!(x > 0)) return std::bit_cast<float>(0x7fc00000u);
  if (std::isinf(x)) return x;
  float result;
  if (Decides(FastLn(x), &result)) return result;
  return static_cast<float>(RoundToOdd(SlowLn(x)));
}

float RsqrtFloat(float x) {
  if (x == 0) return std::copysign(std::bit_cast<float>(0x7f800000u), x);
  if (!(x > 0)) return std::bit_cast<float>(0x7fc00000u);
  if (std::isinf(x)) return 0;
  // Two roundings: relative error below 2^-51.
  const double y = 1 / std::sqrt(static_cast<double>(x));
  float result;
  if (Decides(y, &result)) return result;
  // y is next to the midpoint of two floats: 25 bits, so that middle^2 is
  // exact, and 1/sqrt(x) > middle if and only if middle^2 * x < 1.
  const float other = static_cast<float>(y * (1 - kFastErrorBound));
  const double middle =
      (static_cast<double>(result) + static_cast<double>(other)) / 2;
  const DoubleDouble product =
      TwoProduct(middle * middle, static_cast<double>(x));
  const double distance = (product.hi - 1) + product.lo;
  return distance < 0 ? result : other;
}

Float16 ExpHalf(Float16 x) {
  const float wide = ToFloat(x);
  if (IsNan(x)) return kNanFloat16;
  if (wide > 12) return kInfFloat16;
  if (wide < -20) return Float16{0};
  return HalfOf(RoundToOdd(SlowExp(wide)));
}

Float16 LnHalf(Float16 x) {
  const float wide = ToFloat(x);
  if (!(wide > 0) || std::isinf(wide)) return ToFloat16(LnFloat(wide));
  return HalfOf(RoundToOdd(SlowLn(wide)));
}

Float16 RsqrtHalf(Float16 x) {
  const float wide = ToFloat(x);
  if (!(wide > 0) || std::isinf(wide)) return ToFloat16(RsqrtFloat(wide));
  // No half is within 2^-20 of a rounding boundary unless it is exact (7.9),
  // and then the double is exact, too.
  return HalfOf(1 / std::sqrt(static_cast<double>(wide)));
}

}  // namespace npuemu::kernels
