// Binary operators and BiasAdd against the reference, bit for bit.

#include <gtest/gtest.h>

#include "kernels/op/broadcast.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

constexpr const char* kBinary[] = {"Add",     "Sub",     "Mul",
                                   "RealDiv", "Maximum", "Minimum"};

// Compares all elements with the naive walk over the output's digits.
void ExpectAsReference(const std::string& type, const TestTensor& a,
                       const TestTensor& b, bool saturate) {
  SCOPED_TRACE(type + " " + NameOf(a.spec.dtype) + " " +
               ToString(a.spec.shape) + " " + ToString(b.spec.shape) +
               ", seed " + std::to_string(TestSeed()));
  const auto outputs = RunOp(type, {a, b}, {}, {.saturate = saturate});
  ASSERT_EQ(outputs.size(), 1u);
  const TestTensor& y = outputs[0];
  const auto at = [&](const TestTensor& x, int64_t index) {
    int64_t offset = 0;
    int64_t stride = 1;
    size_t from_end = 1;
    for (size_t d = y.spec.shape.size(); d-- > 0; ++from_end) {
      const int64_t digit = index % y.spec.shape[d];
      index /= y.spec.shape[d];
      if (from_end > x.spec.shape.size()) continue;
      const int64_t extent = x.spec.shape[x.spec.shape.size() - from_end];
      offset += extent == 1 ? 0 : digit * stride;
      stride *= extent;
    }
    return x.Get(offset);
  };
  const auto dtype = ReferenceType(a.spec.dtype);
  int wrong = 0;
  for (int64_t i = 0; i < y.spec.count() && wrong < 5; ++i) {
    const uint64_t expected =
        reference::Binary(type, dtype, at(a, i), at(b, i), saturate);
    if (y.Get(i) == expected) continue;
    ++wrong;
    ADD_FAILURE() << std::hex << at(a, i) << " and " << at(b, i) << ": given "
                  << y.Get(i) << ", expected " << expected;
  }
}

TEST(BinaryTest, MatchesReferenceForEveryType) {
  Prng prng(TestSeed());
  for (const char* type : kBinary) {
    for (DataType dtype : FindOp(type)->inputs[0].dtypes) {
      for (bool saturate : {false, true}) {
        ExpectAsReference(type, RandomTensor(dtype, {4, 1000}, &prng),
                          RandomTensor(dtype, {4, 1000}, &prng), saturate);
      }
    }
  }
}

TEST(BinaryTest, BroadcastsAsNumpyDoes) {
  Prng prng(TestSeed());
  const std::pair<Shape, Shape> pairs[] = {
      {{}, {}},         {{7}, {}},
      {{}, {3, 5}},     {{3, 5}, {5}},
      {{3, 1}, {1, 5}}, {{2, 3, 4}, {3, 1}},
      {{1}, {2, 1, 3}}, {{4, 1, 6}, {5, 1}},
      {{0, 3}, {1, 3}}, {{2, 2, 3, 2}, {2, 1, 2}},
      {{1, 1}, {1}}};
  for (const auto& [a, b] : pairs) {
    for (DataType dtype : {DataType::kFloat16, DataType::kInt8}) {
      ExpectAsReference("Sub", RandomTensor(dtype, a, &prng),
                        RandomTensor(dtype, b, &prng), false);
    }
  }
}

TEST(BinaryTest, RefusesShapesThatDoNotBroadcast) {
  const TestTensor a = MakeTensor(DataType::kFloat, {2, 3});
  EXPECT_EQ(Refusal("Add", {a, MakeTensor(DataType::kFloat, {2, 4})}),
            "Add: input x2 shape: given [2,4], expected a shape that "
            "broadcasts with [2,3]");
}

TEST(BinaryTest, WorksInPlace) {
  Prng prng(TestSeed());
  const TestTensor a = RandomTensor(DataType::kFloat16, {333}, &prng);
  const TestTensor b = RandomTensor(DataType::kFloat16, {333}, &prng);
  const auto expected = RunOp("Mul", {a, b});
  TestTensor x = a;
  TestTensor y = b;
  OpCall call;
  call.op = FindOp("Mul");
  call.inputs = {a.spec, b.spec};
  call.outputs = {a.spec};
  Operands operands;
  operands.inputs = {{x.data.data(), x.data.size()},
                     {y.data.data(), y.data.size()}};
  operands.outputs = {operands.inputs[0]};
  ASSERT_TRUE(RunSerially(call, operands).ok());
  EXPECT_EQ(x.data, expected[0].data);
}

TEST(BiasAddTest, AddsAlongChannels) {
  Prng prng(TestSeed());
  const auto f16 = DataType::kFloat16;
  const TestTensor x = RandomTensor(f16, {2, 3, 4, 5}, &prng);
  const TestTensor last = RandomTensor(f16, {5}, &prng);
  const TestTensor second = RandomTensor(f16, {3}, &prng);
  TestTensor second4 = second;
  second4.spec.shape = {3, 1, 1};
  EXPECT_EQ(RunOp("BiasAdd", {x, last})[0].data,
            RunOp("Add", {x, last})[0].data);
  EXPECT_EQ(
      RunOp("BiasAdd", {x, second}, {{"data_format", std::string("NCHW")}})[0]
          .data,
      RunOp("Add", {x, second4})[0].data);
  EXPECT_EQ(Refusal("BiasAdd", {x, second}),
            "BiasAdd: input bias shape: given [3], expected [5], the channels "
            "of [2,3,4,5]");
  EXPECT_EQ(
      Refusal("BiasAdd", {x, last}, {{"data_format", std::string("HW")}}),
      "BiasAdd: attribute data_format: given HW, expected \"NHWC\", \"NCHW\" "
      "or \"ND\"");
}

}  // namespace
}  // namespace npuemu::kernels
