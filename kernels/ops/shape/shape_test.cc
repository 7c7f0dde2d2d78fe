// Operators that move bits, against naive walks.

#include <gtest/gtest.h>

#include <cstring>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

using List = std::vector<int64_t>;

// Element of x at the digits of `index` in y's shape, sent back through perm.
uint64_t Transposed(const TestTensor& x, const TestTensor& y, const List& perm,
                    int64_t index) {
  List digits(perm.size());
  for (size_t d = perm.size(); d-- > 0;) {
    digits[d] = index % y.spec.shape[d];
    index /= y.spec.shape[d];
  }
  int64_t offset = 0;
  for (size_t d = 0; d < perm.size(); ++d) {
    int64_t digit = 0;
    for (size_t k = 0; k < perm.size(); ++k) {
      if (perm[k] == static_cast<int64_t>(d)) digit = digits[k];
    }
    offset = offset * x.spec.shape[d] + digit;
  }
  return x.Get(offset);
}

TEST(TransposeTest, MovesEveryElement) {
  Prng prng(TestSeed());
  const std::pair<Shape, List> cases[] = {{{3, 4}, {1, 0}},
                                          {{2, 3, 4}, {2, 0, 1}},
                                          {{2, 3, 4}, {0, 2, 1}},
                                          {{2, 3, 4}, {0, 1, 2}},
                                          {{2, 3, 1, 4}, {3, 2, 1, 0}},
                                          {{5}, {0}},
                                          {{2, 2, 3, 2, 2}, {4, 1, 2, 0, 3}},
                                          {{0, 3}, {1, 0}}};
  for (DataType dtype : FindOp("TransposeD")->inputs[0].dtypes) {
    for (const auto& [shape, perm] : cases) {
      SCOPED_TRACE(std::string(NameOf(dtype)) + ToString(perm));
      const TestTensor x = RandomTensor(dtype, shape, &prng);
      const auto y = RunOp("TransposeD", {x}, {{"perm", perm}});
      ASSERT_EQ(y.size(), 1u);
      for (int64_t i = 0; i < x.spec.count(); ++i) {
        ASSERT_EQ(y[0].Get(i), Transposed(x, y[0], perm, i)) << i;
      }
      for (bool known : {true, false}) {
        const auto same =
            RunOp("Transpose", {x, IntTensor(DataType::kInt64, perm)}, {},
                  {.const_values = known});
        EXPECT_EQ(same[0].data, y[0].data);
      }
    }
  }
}

TEST(TransposeTest, RefusesWhatIsNoPermutation) {
  const TestTensor x = MakeTensor(DataType::kFloat, {2, 3});
  EXPECT_EQ(Refusal("TransposeD", {x}, {{"perm", List{0}}}),
            "TransposeD: attribute perm: given 1 axes, expected 2");
  EXPECT_EQ(Refusal("TransposeD", {x}, {{"perm", List{0, 0}}}),
            "TransposeD: attribute perm: given 0 twice, expected each axis "
            "once");
  EXPECT_EQ(Refusal("TransposeD", {x}),
            "TransposeD: attribute perm: given none, expected list_int");
}

TEST(ConcatTest, JoinsAlongAnyAxis) {
  Prng prng(TestSeed());
  for (int64_t axis : {0, 1, 2, -1}) {
    std::vector<TestTensor> inputs;
    for (int64_t extent : {2, 0, 5, 1}) {
      Shape shape = {3, 4, 2};
      shape[static_cast<size_t>(axis < 0 ? axis + 3 : axis)] = extent;
      inputs.push_back(RandomTensor(DataType::kInt16, shape, &prng));
    }
    const auto y = RunOp("ConcatD", inputs, {{"concat_dim", axis}});
    ASSERT_EQ(y.size(), 1u);
    const auto d = static_cast<size_t>(axis < 0 ? axis + 3 : axis);
    ASSERT_EQ(y[0].spec.shape[d], 8);
    const Shape& s = y[0].spec.shape;
    for (int64_t i = 0; i < y[0].spec.count(); ++i) {
      List at = {i / (s[1] * s[2]), i / s[2] % s[1], i % s[2]};
      size_t k = 0;
      while (at[d] >= inputs[k].spec.shape[d]) {
        at[d] -= inputs[k++].spec.shape[d];
      }
      const Shape& from = inputs[k].spec.shape;
      ASSERT_EQ(y[0].Get(i),
                inputs[k].Get((at[0] * from[1] + at[1]) * from[2] + at[2]));
    }
  }
}

TEST(ConcatTest, RefusesWhatDoesNotFit) {
  const TestTensor a = MakeTensor(DataType::kFloat, {2, 3});
  const TestTensor b = MakeTensor(DataType::kFloat, {2, 4});
  EXPECT_EQ(Refusal("ConcatD", {a, b}, {{"concat_dim", int64_t{0}}}),
            "ConcatD: input x1 shape: given [2,4], expected [2,3] but for "
            "concat_dim");
  EXPECT_EQ(Refusal("ConcatD", {a, MakeTensor(DataType::kFloat16, {2, 4})},
                    {{"concat_dim", int64_t{1}}}),
            "ConcatD: input x1: given float16, expected float beside input "
            "x0 float");
  EXPECT_EQ(Refusal("ConcatD", {a, b},
                    {{"concat_dim", int64_t{1}}, {"N", int64_t{3}}}),
            "ConcatD: attribute N: given 3, expected 2");
}

TEST(FillTest, RepeatsTheValue) {
  Prng prng(TestSeed());
  const OpDef& op = *FindOp("Fill");
  for (size_t k = 0; k < op.inputs[0].dtypes.size(); ++k) {
    const TestTensor dims = IntTensor(op.inputs[0].dtypes[k], {3, 1, 50});
    const TestTensor value = RandomTensor(op.inputs[1].dtypes[k], {}, &prng);
    const auto y = RunOp("Fill", {dims, value});
    ASSERT_EQ(y.size(), 1u);
    EXPECT_EQ(y[0].spec.shape, (Shape{3, 1, 50}));
    for (int64_t i = 0; i < 150; ++i) {
      ASSERT_EQ(y[0].Get(i), value.Get(0));
    }
  }
  EXPECT_EQ(Refusal("Fill", {IntTensor(DataType::kInt32, {-1}),
                             MakeTensor(DataType::kFloat, {})}),
            "Fill: output y: given int32, expected float beside input dims "
            "int32, input value float");
}

TEST(FillTest, RefusesNegativeExtents) {
  EXPECT_EQ(Refusal("Fill", {IntTensor(DataType::kInt32, {-1}),
                             MakeTensor(DataType::kInt32, {})}),
            "Fill: input dims: given [-1], expected extents >= 0 whose "
            "product fits in int64");
}

TEST(ZerosLikeTest, IsZero) {
  Prng prng(TestSeed());
  for (DataType dtype : FindOp("ZerosLike")->inputs[0].dtypes) {
    const auto y = RunOp("ZerosLike", {RandomTensor(dtype, {9, 11}, &prng)});
    for (std::byte byte : y[0].data) ASSERT_EQ(byte, std::byte{0});
  }
}

}  // namespace
}  // namespace npuemu::kernels
