// What docs/arithmetic.md promises about the accuracy of composites.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

// The largest error over many x, in units of 2^-24 of the true value.
template <typename Fn>
double LargestError(const char* type, Fn&& truth) {
  TestTensor x = MakeTensor(DataType::kFloat, {40001});
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    const float value = static_cast<float>(i - 20000) * 0.0005f;
    x.Set(i, std::bit_cast<uint32_t>(value));
  }
  const auto y = RunOp(type, {x});
  double largest = 0;
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    const double given =
        std::bit_cast<float>(static_cast<uint32_t>(y[0].Get(i)));
    const double expected = truth(static_cast<double>(
        std::bit_cast<float>(static_cast<uint32_t>(x.Get(i)))));
    if (expected == 0) continue;
    largest = std::max(largest, std::fabs(given / expected - 1) * 0x1p24);
  }
  return largest;
}

TEST(CompositeTest, TanhStaysWithinFourUnits) {
  EXPECT_LT(LargestError("Tanh", [](double x) { return std::tanh(x); }), 4);
}

TEST(CompositeTest, SigmoidStaysWithinFourUnits) {
  EXPECT_LT(
      LargestError("Sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }),
      4);
}

}  // namespace
}  // namespace npuemu::kernels
