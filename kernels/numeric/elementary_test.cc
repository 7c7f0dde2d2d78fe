// The f32 functions against MPFR: tables, error bounds, results next to
// rounding boundaries, around special values and jumps, over a stride. With
// --all_values over every float: an hour.

#include "kernels/numeric/elementary.h"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/numeric/element.h"
#include "kernels/testing/prng.h"
#include "kernels/testing/quick_unary.h"
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

// A function of 7.2 and what computes it: for the last two the host's own
// instructions, as operators do.
struct Tested {
  const char* name;
  float (*fn)(float);
};
constexpr Tested kTested[] = {
    {"Exp", ExpFloat},
    {"Log", LnFloat},
    {"Rsqrt", RsqrtFloat},
    {"Sqrt", [](float x) { return CanonicalNan(std::sqrt(x)); }},
    {"Reciprocal", [](float x) { return CanonicalNan(1.0f / x); }}};

// Inputs whose exact result lies next to the middle of two floats: all that
// the window of quick_unary.cc holds. The sweep over all floats finds them;
// where this list is not what it found, it prints what to write here.
struct NearBoundary {
  std::string_view name;
  uint32_t bits;
};
constexpr NearBoundary kNearBoundary[] = {
#include "kernels/numeric/near_boundary.inc"
};

bool IsListed(std::string_view name, uint32_t bits) {
  return std::any_of(std::begin(kNearBoundary), std::end(kNearBoundary),
                     [&](const NearBoundary& row) {
                       return row.name == name && row.bits == bits;
                     });
}

class ResultTest : public testing::TestWithParam<Tested> {
 protected:
  ~ResultTest() override {
    std::printf("cases of %s: %llu\n", GetParam().name,
                static_cast<unsigned long long>(cases_));
  }

  // By MPFR.
  void Expect(uint32_t bits) {
    ++cases_;
    const uint64_t expected =
        reference::Unary(GetParam().name, reference::Type::kF32, bits, false);
    const float y = GetParam().fn(std::bit_cast<float>(bits));
    ASSERT_EQ(std::bit_cast<uint32_t>(y), expected) << std::hex << bits;
  }

  void ExpectAround(float x, uint32_t reach) {
    const auto middle = std::bit_cast<uint32_t>(x);
    for (uint32_t k = 0; k <= 2 * reach; ++k) Expect(middle + k - reach);
  }

  uint64_t cases_ = 0;
};

// The oracle of the next test, itself against MPFR.
TEST_P(ResultTest, QuickOracleIsMpfr) {
  const auto& quick = reference::QuickFunctionOf(GetParam().name);
  for (uint64_t i = 0; i <= 0xffffffffu; i += 200003, ++cases_) {
    bool near = false;
    const auto bits = static_cast<uint32_t>(i);
    ASSERT_EQ(
        reference::QuickUnary(quick, bits, &near),
        reference::Unary(GetParam().name, reference::Type::kF32, bits, false))
        << std::hex << bits;
  }
}

// With --all_values every float; the stride is odd, so that it meets all low
// bits.
TEST_P(ResultTest, Swept) {
  const std::vector<std::string> arguments = testing::internal::GetArgvs();
  const bool all =
      std::count(arguments.begin(), arguments.end(), "--all_values") > 0;
  const auto& quick = reference::QuickFunctionOf(GetParam().name);
  int wrong = 0;
  size_t listed = 0;
  for (uint64_t i = 0; i <= 0xffffffffu && wrong < 5; i += all ? 1 : 1021) {
    const auto bits = static_cast<uint32_t>(i);
    bool near = false;
    const uint32_t expected = reference::QuickUnary(quick, bits, &near);
    const float y = GetParam().fn(std::bit_cast<float>(bits));
    ++cases_;
    if (std::bit_cast<uint32_t>(y) != expected) {
      ++wrong;
      ADD_FAILURE() << std::hex << bits << " gives "
                    << std::bit_cast<uint32_t>(y) << ", not " << expected;
    }
    if (near && (!quick.scales || i - 0x3f800000u < 0x01000000u)) {
      ++listed;
      EXPECT_TRUE(IsListed(GetParam().name, bits))
          << "{\"" << GetParam().name << "\", 0x" << std::hex << bits << "u},";
    }
  }
  if (!all) return;
  const auto rows = static_cast<size_t>(std::count_if(
      std::begin(kNearBoundary), std::end(kNearBoundary),
      [](const NearBoundary& row) { return row.name == GetParam().name; }));
  EXPECT_EQ(listed, rows);
}

// Where Ziv's test must send the input on; of functions that scale, at every
// exponent.
TEST_P(ResultTest, NextToTheMiddle) {
  const auto& quick = reference::QuickFunctionOf(GetParam().name);
  for (const NearBoundary& row : kNearBoundary) {
    if (row.name != GetParam().name) continue;
    Expect(row.bits);
    const uint32_t first = row.bits & 0x00ffffffu;
    for (uint32_t k = 0; quick.scales && k < 127; ++k) {
      Expect(first + 0x00800000u + (k << 24));
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(cases_, 0u);
}

// Around every power of two, the limits of Exp, and the specials.
TEST_P(ResultTest, SpecialValues) {
  for (uint32_t exponent = 0; exponent <= 255; ++exponent) {
    for (uint32_t k = 0; k < 64; ++k) {
      const uint32_t bits = (exponent << 23) + k - 32;
      Expect(bits & 0x7fffffffu);
      Expect(bits | 0x80000000u);
    }
  }
  // Overflow, underflow, first subnormal, zero.
  for (float x :
       {88.72284f, -87.33655f, -103.27893f, -103.97208f, 89.0f, -104.0f}) {
    ExpectAround(x, 1000);
  }
}

// Where the reduced argument jumps: for Exp the multiples of ln(2)/128, which
// are those of both kernels and the middles between them; for Ln the rows of
// the table, and sqrt 2, at every exponent.
TEST_P(ResultTest, RangeReduction) {
  if (GetParam().fn == ExpFloat) {
    for (int j = -104 * 185; j <= 89 * 185; ++j) {
      ExpectAround(static_cast<float>(j * 0x1.62e42fefa39efp-8), 2);
    }
  } else if (GetParam().fn == LnFloat) {
    for (int i = 89; i <= 183; ++i) {
      const float m = (static_cast<float>(i) + 0.5f) / 128;
      for (int e = -149; e <= 127; ++e) ExpectAround(std::ldexp(m, e), 2);
    }
    for (int e = -149; e <= 127; ++e) {
      ExpectAround(std::ldexp(0x1.6a09e6p+0f, e), 3);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, ResultTest, testing::ValuesIn(kTested),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

TEST(HalfResultTest, EveryHalf) {
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
