// How far the composite functions are from the true values: the bounds that
// docs/sequences.md states, in units in the last place of f32, against the
// host's double functions. Their bits are tested by elementwise_test.

#include "kernels/op/functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <iterator>
#include <string>

#include "kernels/op/activations.h"
#include "kernels/testing/prng.h"

namespace npuemu::kernels {
namespace {

struct Row {
  const char* name;
  float (*fast)(float);
  double (*exact)(double);
  float low;
  float high;
  double bound;  // in ulp of the exact value
};

double SigmoidExact(double x) { return 1 / (1 + std::exp(-x)); }
double SoftplusExact(double x) {
  return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x)));
}
double GeluExact(double x) {
  return x /
         (1 + std::exp(-x * (1.5957691216057308 + 0.0713548162726 * x * x)));
}

double GeluErfExact(double x) {
  return x * 0.5 * std::erfc(-x * 0.70710678118654752);
}
double FastGeluExact(double x) { return x / (1 + std::exp(-1.702 * x)); }
double MishExact(double x) { return x * std::tanh(SoftplusExact(x)); }

// Inverse of erf by Newton's method from the fast value.
double ErfinvExact(double x) {
  double y = Erfinv(static_cast<float>(x));
  for (int k = 0; k < 4; ++k) {
    const double slope = 1.1283791670955126 * std::exp(-y * y);
    y -= (x < 0.9 && x > -0.9
              ? std::erf(y) - x
              : (x > 0 ? (1 - x) - std::erfc(y) : std::erfc(-y) - (1 + x))) /
         slope;
  }
  return y;
}

const Row kRows[] = {
    {"sigmoid", Sigmoid, SigmoidExact, -80, 80, 2.5},
    {"tanh", Tanh, std::tanh, -10, 10, 2.5},
    {"log1p", Log1p, std::log1p, -0.99f, 100, 3},
    {"expm1", Expm1, std::expm1, -20, 80, 3},
    {"sin", Sin, std::sin, -1000, 1000, 3},
    {"sin near 0", Sin, std::sin, -1.5f, 1.5f, 2.5},
    {"cos", Cos, std::cos, -1000, 1000, 3},
    {"sinh", Sinh, std::sinh, -80, 80, 4},
    {"cosh", Cosh, std::cosh, -80, 80, 3},
    {"asin", Asin, std::asin, -1, 1, 3},
    {"acos", Acos, std::acos, -1, 0.99f, 3},
    {"atan", Atan, std::atan, -100, 100, 3},
    {"asinh", Asinh, std::asinh, -1000, 1000, 4},
    {"acosh", Acosh, std::acosh, 1, 1000, 3},
    {"atanh", Atanh, std::atanh, -0.99f, 0.99f, 3},
    {"erf", Erf, std::erf, -4, 4, 3},
    {"erfc", Erfc, std::erfc, -4, 9, 5},
    {"erfinv", Erfinv, ErfinvExact, -0.999f, 0.999f, 5},
    {"softplus", Softplus, SoftplusExact, -80, 80, 3},
    {"gelu", Gelu, GeluExact, -5, 50, 32},
    {"gelu by erf", GeluErf, GeluErfExact, -2, 50, 16},
    {"fast gelu", FastGelu, FastGeluExact, -5, 50, 10},
    {"mish", Mish, MishExact, -20, 50, 4},
};

double Ulp(double exact) {
  const int exponent = std::max(std::ilogb(exact), -126);
  return std::ldexp(1.0, exponent - 23);
}

TEST(FunctionsTest, StayWithinTheStatedBounds) {
  Prng prng(1);
  for (const Row& row : kRows) {
    double worst = 0;
    float at = 0;
    for (int i = 0; i < 60000; ++i) {
      const double part = static_cast<double>(prng.Next() >> 11) * 0x1p-53;
      float x = static_cast<float>(row.low + (row.high - row.low) * part);
      // Half of them near zero, on all scales.
      if (i % 2 == 1) {
        x = static_cast<float>(std::ldexp(x, -static_cast<int>(i % 41)));
      }
      if (x < row.low || x > row.high) continue;
      const double exact = row.exact(x);
      const double error = std::fabs(row.fast(x) - exact) / Ulp(exact);
      if (error > worst) {
        worst = error;
        at = x;
      }
    }
    std::printf("%-12s %8.2f ulp at %.9g\n", row.name, worst,
                static_cast<double>(at));
    EXPECT_LE(worst, row.bound) << row.name;
  }
  std::printf("cases: %zu functions, 60000 each\n", std::size(kRows));
}

// What the sequence of pow loses: the error of ln x and of the product, times
// what the power makes of it.
TEST(FunctionsTest, PowStaysWithinTheStatedBound) {
  Prng prng(1);
  double worst = 0;
  int cases = 0;
  for (; cases < 60000; ++cases) {
    const auto unit = [&] {
      return static_cast<double>(prng.Next() >> 11) * 0x1p-53;
    };
    const auto x = static_cast<float>(std::ldexp(1 + unit(), cases % 61 - 30));
    const double logarithm = std::log(static_cast<double>(x));
    const auto y = static_cast<float>((unit() * 160 - 80) / logarithm);
    if (!(std::fabs(y) < 1e30f)) continue;
    const double exact = std::pow(static_cast<double>(x), y);
    const double error =
        std::fabs(static_cast<double>(Pow(x, y)) - exact) / Ulp(exact);
    worst = std::max(worst, error / (1 + 2 * std::fabs(y * logarithm)));
  }
  std::printf("pow: %.3f of 1 + 2 |y ln x| ulp, %d cases\n", worst, cases);
  EXPECT_LE(worst, 1);
}

TEST(FunctionsTest, Atan2StaysWithinTheStatedBound) {
  Prng prng(1);
  double worst = 0;
  int cases = 0;
  for (; cases < 60000; ++cases) {
    const auto draw = [&] {
      const double unit = static_cast<double>(prng.Next() >> 11) * 0x1p-52 - 1;
      return static_cast<float>(std::ldexp(unit, cases % 21 - 10));
    };
    const float y = draw();
    const float x = draw();
    const double exact =
        std::atan2(static_cast<double>(y), static_cast<double>(x));
    worst =
        std::max(worst, std::fabs(static_cast<double>(Atan2(y, x)) - exact) /
                            Ulp(exact));
  }
  std::printf("atan2: %.2f ulp, %d cases\n", worst, cases);
  EXPECT_LE(worst, 3);
}

TEST(FunctionsTest, PowIsIeeeWhereTheSequenceSaysNothing) {
  const float values[] = {0.0f, -0.0f, 1.0f,  -1.0f,  2.0f, -2.0f, 0.5f, -0.5f,
                          3.0f, -3.0f, 1e30f, -1e30f, kInf, -kInf, kNan};
  for (float x : values) {
    for (float y : values) {
      const float exact = std::pow(x, y);
      const float given = Pow(x, y);
      if (exact != exact) {
        EXPECT_NE(given, given) << x << " ^ " << y;
      } else if (exact == 0 || Abs(exact) == kInf) {
        EXPECT_EQ(std::bit_cast<uint32_t>(given),
                  std::bit_cast<uint32_t>(exact))
            << x << " ^ " << y << " gives " << given << " not " << exact;
      } else {
        EXPECT_NEAR(given, exact, Abs(exact) * 1e-5f) << x << " ^ " << y;
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
