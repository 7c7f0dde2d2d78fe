// Evenly spaced numbers against the text of docs/moves.md, by the primitives
// of kernels/testing.

#include <gtest/gtest.h>

#include <cstring>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

using reference::Bits;
using reference::Mode;
using reference::Type;

Bits Float(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

Bits F32(const std::string& op, Bits a, Bits b) {
  return reference::Binary(op, Type::kF32, a, b, false);
}

// A number as an element of the type.
TestTensor Scalar(DataType dtype, double value) {
  TestTensor x = MakeTensor(dtype, {1});
  const Type type = ReferenceType(dtype);
  if (reference::IsFloat(type)) {
    x.Set(0, reference::Cast(Type::kF32, type, Float(static_cast<float>(value)),
                             Mode::kRint, false));
  } else {
    x.Set(0, static_cast<Bits>(static_cast<int64_t>(value)));
  }
  return x;
}

Bits Wide(const TestTensor& x, int64_t i = 0) {
  return reference::Cast(ReferenceType(x.spec.dtype), Type::kF32, x.Get(i),
                         Mode::kRint, false);
}

Bits Narrow(DataType dtype, Bits value, bool saturate) {
  const Type type = ReferenceType(dtype);
  const bool is_float = reference::IsFloat(type);
  return reference::Cast(Type::kF32, type, value,
                         is_float ? Mode::kRint : Mode::kTrunc, saturate);
}

struct RangeCase {
  double start;
  double limit;
  double delta;
  int64_t count;   // before limit
  int64_t closed;  // up to it
};

TEST(RangeTest, IsStartPlusProduct) {
  const RangeCase cases[] = {{2, 40, 3, 13, 13}, {0, 12, 3, 4, 5},
                             {5, -7, -2, 6, 7},  {3, 3, 1, 0, 1},
                             {4, 1, 1, 0, 0},    {-3, 100, 50, 3, 3}};
  const OpDef& op = *FindOp("Range");
  for (size_t k = 0; k < op.outputs[0].dtypes.size(); ++k) {
    const DataType dtype = op.outputs[0].dtypes[k];
    for (const RangeCase& c : cases) {
      SCOPED_TRACE(std::string(NameOf(dtype)) + std::to_string(c.start));
      for (const bool closed : {false, true}) {
        const auto start = Scalar(op.inputs[0].dtypes[k], c.start);
        const auto limit = Scalar(op.inputs[1].dtypes[k], c.limit);
        const auto delta = Scalar(op.inputs[2].dtypes[k], c.delta);
        const auto y = RunOp("Range", {start, limit, delta},
                             {{"is_closed", closed}}, {.const_values = closed});
        ASSERT_EQ(y.size(), 1u);
        ASSERT_EQ(y[0].spec.dtype, dtype);
        ASSERT_EQ(y[0].spec.count(), closed ? c.closed : c.count);
        for (int64_t i = 0; i < y[0].spec.count(); ++i) {
          Bits expected =
              F32("Add", Wide(start),
                  F32("Mul", Float(static_cast<float>(i)), Wide(delta)));
          expected = Narrow(dtype, expected, false);
          ASSERT_EQ(y[0].Get(i), expected) << i;
        }
      }
    }
  }
}

TEST(RangeTest, FractionsAndLargeIntegers) {
  const auto f = [](float x) { return Scalar(DataType::kFloat, x); };
  const auto y = RunOp("Range", {f(0.1f), f(1.0f), f(0.1f)});
  // In f64, (1 - f32(0.1)) / f32(0.1) is just below 9.
  ASSERT_EQ(y[0].spec.count(), 9);
  for (int64_t i = 0; i < 9; ++i) {
    EXPECT_EQ(y[0].Get(i),
              F32("Add", Float(0.1f),
                  F32("Mul", Float(static_cast<float>(i)), Float(0.1f))));
  }
  const auto big = [](int64_t x) { return IntTensor(DataType::kInt64, {x}); };
  const auto z =
      RunOp("Range", {big(INT64_MIN), big(INT64_MAX), big(INT64_MAX)});
  ASSERT_EQ(z[0].spec.count(), 3);
  EXPECT_EQ(z[0].Get(2), static_cast<Bits>(INT64_MAX) - 1);
  EXPECT_EQ(Refusal("Range", {big(0), big(1), big(0)}),
            "Range: inputs start, limit, delta: given 0.000000, 1.000000, "
            "0.000000, expected a finite number of steps");
}

TEST(LinSpaceTest, IsStartPlusProductAndEndsAtStop) {
  Prng prng(TestSeed());
  const OpDef& op = *FindOp("LinSpace");
  for (size_t k = 0; k < op.outputs[0].dtypes.size(); ++k) {
    const DataType dtype = op.outputs[0].dtypes[k];
    for (const int64_t num : {1, 2, 5, 40}) {
      for (const bool saturate : {false, true}) {
        SCOPED_TRACE(NameOf(dtype));
        const TestTensor start = RandomTensor(dtype, {1}, &prng);
        const TestTensor stop = RandomTensor(dtype, {1}, &prng);
        const auto y = RunOp(
            "LinSpace", {start, stop, IntTensor(op.inputs[2].dtypes[k], {num})},
            {}, {.saturate = saturate});
        ASSERT_EQ(y[0].spec.count(), num);
        const Bits step = F32("RealDiv", F32("Sub", Wide(stop), Wide(start)),
                              Float(static_cast<float>(num - 1)));
        for (int64_t i = 0; i < num; ++i) {
          Bits value = F32("Add", Wide(start),
                           F32("Mul", Float(static_cast<float>(i)), step));
          if (i == num - 1) value = Wide(stop);
          if (num == 1) value = Wide(start);
          ASSERT_EQ(y[0].Get(i), Narrow(dtype, value, saturate)) << i;
        }
      }
    }
  }
}

TEST(LinSpaceTest, HelpTensorHasThePlaces) {
  Prng prng(TestSeed());
  for (const int64_t num : {1, 7}) {
    const TestTensor assist = RandomTensor(DataType::kFloat, {num}, &prng);
    const TestTensor start = RandomTensor(DataType::kFloat, {1}, &prng);
    const TestTensor stop = RandomTensor(DataType::kFloat, {1}, &prng);
    const auto y = RunOp(
        "LinSpaceD", {assist, start, stop, IntTensor(DataType::kInt32, {num})});
    Bits step = F32("RealDiv", F32("Sub", Wide(stop), Wide(start)),
                    Float(static_cast<float>(num - 1)));
    if (num == 1) step = 0;
    for (int64_t i = 0; i < num; ++i) {
      ASSERT_EQ(y[0].Get(i),
                F32("Add", Wide(start), F32("Mul", Wide(assist, i), step)));
    }
  }
  EXPECT_EQ(Refusal("LinSpaceD", {MakeTensor(DataType::kFloat, {3}),
                                  MakeTensor(DataType::kFloat, {1}),
                                  MakeTensor(DataType::kFloat, {1}),
                                  IntTensor(DataType::kInt32, {4})}),
            "LinSpaceD: input num: given 4, expected the extent of assist, "
            "[3]");
}

}  // namespace
}  // namespace npuemu::kernels
