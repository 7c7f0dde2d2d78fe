// GCC 12 deletes the rounding of (double)(float)x when it vectorises straight
// line code (arithmetic.md 7.9); -fno-tree-slp-vectorize in .bazelrc stops it.
// Without that flag, or with contraction, this test fails. It is compiled at
// -O2 and -O3, as the operators are.

#include <gtest/gtest.h>

#include <cstddef>

namespace npuemu::kernels {

// Not in the unnamed namespace, where the compiler may see through the calls.
// Straight line without aliasing: what the SLP vectoriser takes.
[[gnu::noinline]] void RoundTwo(const double* __restrict x,
                                double* __restrict y) {
  y[0] = static_cast<double>(static_cast<float>(x[0]));
  y[1] = static_cast<double>(static_cast<float>(x[1]));
}

[[gnu::noinline]] void RoundFour(const double* __restrict x,
                                 double* __restrict y) {
  y[0] = static_cast<double>(static_cast<float>(x[0] * x[0]));
  y[1] = static_cast<double>(static_cast<float>(x[1] * x[1]));
  y[2] = static_cast<double>(static_cast<float>(x[2] * x[2]));
  y[3] = static_cast<double>(static_cast<float>(x[3] * x[3]));
}

[[gnu::noinline]] void RoundMany(const double* x, double* y, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    y[i] = static_cast<double>(static_cast<float>(x[i]));
  }
}

[[gnu::noinline]] void MultiplyAdd(const double* a, const double* b,
                                   const double* c, double* y, size_t count) {
  for (size_t i = 0; i < count; ++i) y[i] = a[i] * b[i] + c[i];
}

namespace {

TEST(FlagTest, StraightLineKeepsFloatRounding) {
  const double x[4] = {0.1, 0.2, 0.3, 1 / 3.0};
  double y[4];
  RoundTwo(x, y);
  EXPECT_EQ(y[0], 0x1.99999ap-4);
  EXPECT_EQ(y[1], 0x1.99999ap-3);
  RoundFour(x, y);
  EXPECT_EQ(y[0], 0x1.47ae14p-7);
  EXPECT_EQ(y[3], 0x1.c71c72p-4);
}

TEST(FlagTest, LoopKeepsFloatRounding) {
  double x[64];
  double y[64];
  for (double& v : x) v = 0.1;
  RoundMany(x, y, 64);
  for (double v : y) EXPECT_EQ(v, 0x1.99999ap-4);
}

TEST(FlagTest, ProductsAreRoundedBeforeSums) {
  double a[64];
  double c[64];
  double y[64];
  for (double& v : a) v = 1 + 0x1p-30;
  for (double& v : c) v = -(1 + 0x1p-29);
  MultiplyAdd(a, a, c, y, 64);
  for (double v : y) EXPECT_EQ(v, 0);  // fused: 2^-60
}

}  // namespace
}  // namespace npuemu::kernels
