// Exp, Ln and Rsqrt against MPFR: tables, error bounds, results.

#include "kernels/numeric/elementary.h"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "kernels/testing/prng.h"
#include "kernels/testing/reference.h"

namespace npuemu::kernels {
namespace {

struct Row {
  double inverse, hi, lo;
};
constexpr DoubleDouble kExpRows[] = {
#include "kernels/numeric/exp_table.inc"
};
constexpr Row kLogRows[] = {
#include "kernels/numeric/log_table.inc"
};

// |hi + lo - exact| / |exact|, or the absolute error if exact is 0.
double ErrorOf(DoubleDouble given, mpfr_srcptr exact) {
  mpfr_t error;
  mpfr_init2(error, 300);
  mpfr_set_d(error, given.hi, MPFR_RNDN);
  mpfr_add_d(error, error, given.lo, MPFR_RNDN);
  mpfr_sub(error, error, exact, MPFR_RNDN);
  if (mpfr_sgn(exact) != 0) mpfr_div(error, error, exact, MPFR_RNDN);
  const double result = std::fabs(mpfr_get_d(error, MPFR_RNDN));
  mpfr_clear(error);
  return result;
}

double ErrorOfExp(double x, DoubleDouble given) {
  mpfr_t exact;
  mpfr_init2(exact, 300);
  mpfr_set_d(exact, x, MPFR_RNDN);
  mpfr_exp(exact, exact, MPFR_RNDN);
  const double error = ErrorOf(given, exact);
  mpfr_clear(exact);
  return error;
}

double ErrorOfLn(float x, DoubleDouble given) {
  mpfr_t exact;
  mpfr_init2(exact, 300);
  mpfr_set_flt(exact, x, MPFR_RNDN);
  mpfr_log(exact, exact, MPFR_RNDN);
  const double error = ErrorOf(given, exact);
  mpfr_clear(exact);
  return error;
}

TEST(TableTest, ExpRows) {
  ASSERT_EQ(std::size(kExpRows), 64u);
  mpfr_t exact;
  mpfr_init2(exact, 300);
  for (int j = 0; j < 64; ++j) {
    mpfr_set_d(exact, j / 64.0, MPFR_RNDN);
    mpfr_exp2(exact, exact, MPFR_RNDN);
    EXPECT_LT(ErrorOf(kExpRows[j], exact), 0x1p-105) << j;
  }
  mpfr_clear(exact);
}

TEST(TableTest, LogRows) {
  for (size_t i = 0; i < std::size(kLogRows); ++i) {
    const Row& row = kLogRows[i];
    EXPECT_EQ(row.inverse * 1024, std::round(row.inverse * 1024));
    EXPECT_NEAR(row.inverse * static_cast<double>(90 + i) / 128, 1, 0x1p-10);
    const auto c = static_cast<float>(row.inverse);
    EXPECT_LT(ErrorOfLn(c, {-row.hi, -row.lo}), 0x1p-105) << i;
  }
}

TEST(BoundTest, ExpKernelsKeepTheirBounds) {
  Prng prng(1);
  for (int i = 0; i < 60000; ++i) {
    const double unit = static_cast<double>(prng.Next() >> 40) * 0x1p-24;
    // Half of them over the whole range, half close to zero.
    double x =
        i % 2 == 0 ? unit * 193 - 104 : std::ldexp(unit - 0.5, -(i / 2 % 40));
    x = static_cast<double>(static_cast<float>(x));
    ASSERT_LT(ErrorOfExp(x, {FastExp(x), 0}), kFastErrorBound / 2) << x;
    ASSERT_LT(ErrorOfExp(x, SlowExp(x)), kSlowErrorBound) << x;
  }
}

TEST(BoundTest, LnKernelsKeepTheirBounds) {
  Prng prng(1);
  for (int i = 0; i < 60000; ++i) {
    // Half of them any positive float, half close to one.
    uint64_t bits = prng.Below(0x7f800000u);
    if (i % 2 == 0) bits = 0x3f7c0000u + prng.Below(0x00070000u);
    if (i % 16 == 0) bits = 0x3f800000u + prng.Below(40) - 20;
    const float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (x == 0) continue;
    ASSERT_LT(ErrorOfLn(x, {FastLn(x), 0}), kFastErrorBound / 2) << x;
    ASSERT_LT(ErrorOfLn(x, SlowLn(x)), kSlowErrorBound) << x;
  }
}

using Function = float (*)(float);

void ExpectFloat(const std::string& op, Function fn, uint32_t bits) {
  const uint64_t expected =
      reference::Unary(op, reference::Type::kF32, bits, false);
  const float y = fn(std::bit_cast<float>(bits));
  ASSERT_EQ(std::bit_cast<uint32_t>(y), expected) << op << std::hex << bits;
}

// The stride is odd, so that it meets all low bits.
void ExpectStrided(const std::string& op, Function fn) {
  for (uint64_t i = 0; i <= 0xffffffffu; i += 1021) {
    ExpectFloat(op, fn, static_cast<uint32_t>(i));
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(ResultTest, ExpStrided) { ExpectStrided("Exp", ExpFloat); }
TEST(ResultTest, LnStrided) { ExpectStrided("Log", LnFloat); }
TEST(ResultTest, RsqrtStrided) { ExpectStrided("Rsqrt", RsqrtFloat); }

// For these a double from glibc rounds wrongly (arithmetic.md 7.9).
TEST(ResultTest, HardLogarithms) {
  for (uint32_t bits :
       {0x3c413d3au, 0x41178febu, 0x4c5d65a5u, 0x65d890d3u, 0x6f31a8ecu}) {
    ExpectFloat("Log", LnFloat, bits);
  }
}

// Around every power of two, the limits of Exp, and the specials.
TEST(ResultTest, Boundaries) {
  const std::pair<std::string, Function> functions[] = {
      {"Exp", ExpFloat}, {"Log", LnFloat}, {"Rsqrt", RsqrtFloat}};
  for (const auto& [op, fn] : functions) {
    for (uint32_t exponent = 0; exponent <= 255; ++exponent) {
      for (uint32_t k = 0; k < 64; ++k) {
        const uint32_t bits = (exponent << 23) + k - 32;
        ExpectFloat(op, fn, bits & 0x7fffffffu);
        ExpectFloat(op, fn, bits | 0x80000000u);
      }
    }
    // Overflow, underflow, first subnormal, zero.
    for (float x :
         {88.72284f, -87.33655f, -103.27893f, -103.97208f, 89.0f, -104.0f}) {
      for (uint32_t k = 0; k < 2000; ++k) {
        ExpectFloat(op, fn, std::bit_cast<uint32_t>(x) + k - 1000);
      }
    }
    if (HasFatalFailure()) return;
  }
}

TEST(ResultTest, EveryHalf) {
  for (uint32_t i = 0; i < 65536; ++i) {
    const Float16 x{static_cast<uint16_t>(i)};
    const auto expected = [&](const char* op) {
      return reference::Unary(op, reference::Type::kF16, i, false);
    };
    ASSERT_EQ(ExpHalf(x).bits, expected("Exp")) << std::hex << i;
    ASSERT_EQ(LnHalf(x).bits, expected("Log")) << std::hex << i;
    ASSERT_EQ(RsqrtHalf(x).bits, expected("Rsqrt")) << std::hex << i;
  }
}

}  // namespace
}  // namespace npuemu::kernels
