// Unary operators against the reference: all 65,536 halves and bfloat16s, and
// many values of the other types, bit for bit.

#include <gtest/gtest.h>

#include <bit>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

TestTensor AllOrMany(DataType dtype, Prng* prng) {
  if (BitsOf(dtype) > 16) return RandomTensor(dtype, {20000}, prng);
  const int64_t count = int64_t{1} << BitsOf(dtype);
  TestTensor x = MakeTensor(dtype, {count});
  for (int64_t i = 0; i < count; ++i) x.Set(i, static_cast<uint64_t>(i));
  return x;
}

TEST(UnaryTest, MatchesReferenceForEveryType) {
  Prng prng(TestSeed());
  for (const char* type : {"Abs", "Neg", "Square", "Relu", "Exp", "Log", "Sqrt",
                           "Rsqrt", "Reciprocal", "Sigmoid", "Tanh"}) {
    for (DataType dtype : FindOp(type)->inputs[0].dtypes) {
      const TestTensor x = AllOrMany(dtype, &prng);
      for (bool saturate : {false, true}) {
        SCOPED_TRACE(std::string(type) + " " + NameOf(dtype) + ", seed " +
                     std::to_string(TestSeed()));
        const auto y = RunOp(type, {x}, {}, {.saturate = saturate});
        ASSERT_EQ(y.size(), 1u);
        int wrong = 0;
        for (int64_t i = 0; i < x.spec.count() && wrong < 5; ++i) {
          const uint64_t expected =
              reference::Unary(type, ReferenceType(dtype), x.Get(i), saturate);
          if (y[0].Get(i) == expected) continue;
          ++wrong;
          ADD_FAILURE() << std::hex << x.Get(i) << ": given " << y[0].Get(i)
                        << ", expected " << expected;
        }
      }
    }
  }
}

TEST(UnaryTest, ExpAndLogFollowTheirAttributes) {
  Prng prng(TestSeed());
  const float cases[][3] = {{2, 1, 0},      {-1, 0.5f, 0},  {-1, 1, 1.25f},
                            {10, -3, 0.1f}, {0.5f, 2, 100}, {-1, 0, 0}};
  for (const char* type : {"Exp", "Log"}) {
    for (DataType dtype : FindOp(type)->inputs[0].dtypes) {
      const TestTensor x = RandomTensor(dtype, {3000}, &prng);
      for (const auto& [base, scale, shift] : cases) {
        SCOPED_TRACE(std::string(type) + " " + NameOf(dtype) + " base " +
                     std::to_string(base));
        const auto y = RunOp(
            type, {x}, {{"base", base}, {"scale", scale}, {"shift", shift}});
        ASSERT_EQ(y.size(), 1u);
        for (int64_t i = 0; i < x.spec.count(); ++i) {
          ASSERT_EQ(y[0].Get(i),
                    reference::Scaled(type, ReferenceType(dtype), x.Get(i),
                                      base, scale, shift, false))
              << std::hex << x.Get(i);
        }
      }
    }
  }
}

TEST(UnaryTest, RefusesABaseWithoutLogarithm) {
  const TestTensor x = MakeTensor(DataType::kFloat, {1});
  for (const char* type : {"Exp", "Log"}) {
    for (float base : {0.0f, 1.0f, -2.0f}) {
      EXPECT_EQ(Refusal(type, {x}, {{"base", base}}),
                std::string(type) + ": attribute base: given " +
                    ToString(AttrValue(base)) +
                    ", expected -1, or a positive number other than 1");
    }
  }
}

TEST(UnaryTest, KnownValues) {
  const auto one = [](const char* type, float x) {
    TestTensor tensor = MakeTensor(DataType::kFloat, {1});
    tensor.Set(0, std::bit_cast<uint32_t>(x));
    return std::bit_cast<float>(
        static_cast<uint32_t>(RunOp(type, {tensor})[0].Get(0)));
  };
  EXPECT_EQ(one("Exp", 1), 2.71828183f);
  EXPECT_EQ(one("Log", 10), 2.30258509f);
  EXPECT_EQ(one("Rsqrt", 4), 0.5f);
  EXPECT_EQ(one("Sigmoid", 0), 0.5f);
  EXPECT_EQ(one("Tanh", 100), 1.0f);
  EXPECT_NEAR(one("Tanh", 0.5f), 0.46211716f, 6e-8f);
  EXPECT_EQ(one("Neg", 3), -3.0f);
}

}  // namespace
}  // namespace npuemu::kernels
