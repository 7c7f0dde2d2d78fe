// SoftmaxV2 against the reference, bit for bit.

#include <gtest/gtest.h>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

// Values within the range where a softmax has something to say, and some
// special ones.
TestTensor Logits(DataType dtype, Shape shape, Prng* prng, bool special) {
  TestTensor x = MakeTensor(dtype, std::move(shape));
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    uint64_t bits = RandomBits(dtype, prng);
    while (!special && (bits & 0x7fff) > 0x5000) bits = prng->Next() & 0xffff;
    x.Set(i, bits);
  }
  return x;
}

TEST(SoftmaxTest, LastAxisMatchesReference) {
  Prng prng(TestSeed());
  const OpDef& op = *FindOp("SoftmaxV2");
  for (size_t k = 0; k < op.inputs[0].dtypes.size(); ++k) {
    const DataType from = op.inputs[0].dtypes[k];
    const DataType to = op.outputs[0].dtypes[k];
    for (int64_t width : {1, 7, 64, 65, 200}) {
      for (bool special : {true, false}) {
        if (!special && from == DataType::kFloat) continue;
        SCOPED_TRACE(std::string(NameOf(from)) + " " + std::to_string(width));
        const TestTensor x = Logits(from, {20, width}, &prng, special);
        const auto y = RunOp("SoftmaxV2", {x}, {{"half_to_float", from != to}},
                             {.saturate = k % 2 == 1});
        ASSERT_EQ(y.size(), 1u);
        ASSERT_EQ(y[0].spec.dtype, to);
        for (int64_t r = 0; r < 20; ++r) {
          std::vector<reference::Bits> row;
          for (int64_t j = 0; j < width; ++j)
            row.push_back(x.Get(r * width + j));
          const auto expected = reference::RowSoftmax(
              ReferenceType(from), ReferenceType(to), row, k % 2 == 1);
          for (int64_t j = 0; j < width; ++j) {
            ASSERT_EQ(y[0].Get(r * width + j), expected[static_cast<size_t>(j)])
                << "row " << r << " column " << j;
          }
        }
      }
    }
  }
}

// Softmax over other axes is softmax over the last one of the transpose.
TEST(SoftmaxTest, OtherAxesAreTheTransposedLastOne) {
  Prng prng(TestSeed());
  const TestTensor x = Logits(DataType::kFloat16, {3, 5, 4}, &prng, false);
  using List = std::vector<int64_t>;
  const auto moved = RunOp("TransposeD", {x}, {{"perm", List{1, 0, 2}}});
  TestTensor rows = moved[0];
  rows.spec.shape = {5, 12};
  TestTensor softmax = RunOp("SoftmaxV2", {rows})[0];
  softmax.spec.shape = {5, 3, 4};
  const auto expected =
      RunOp("TransposeD", {softmax}, {{"perm", List{1, 0, 2}}});
  EXPECT_EQ(RunOp("SoftmaxV2", {x}, {{"axes", List{0, -1}}})[0].data,
            expected[0].data);
}

TEST(SoftmaxTest, RefusesBadAttributes) {
  const TestTensor x = MakeTensor(DataType::kFloat, {2, 3});
  EXPECT_EQ(Refusal("SoftmaxV2", {x}, {{"axes", std::vector<int64_t>{2}}}),
            "SoftmaxV2: attribute axes: given 2, expected [-2,1]");
  EXPECT_EQ(Refusal("SoftmaxV2", {x}, {{"half_to_float", true}}),
            "SoftmaxV2: input x with half_to_float: given float, expected "
            "float16");
}

TEST(SoftmaxTest, GoldenHelperAgrees) {
  Prng prng(TestSeed());
  const TestTensor x = Logits(DataType::kFloat16, {4, 10}, &prng, false);
  std::vector<uint16_t> values;
  for (int64_t i = 0; i < 40; ++i) {
    values.push_back(static_cast<uint16_t>(x.Get(i)));
  }
  const auto y = RunOp("SoftmaxV2", {x});
  const auto golden = reference::SoftmaxF16(values, 10);
  for (int64_t i = 0; i < 40; ++i) {
    EXPECT_EQ(y[0].Get(i), golden[static_cast<size_t>(i)]);
  }
}

}  // namespace
}  // namespace npuemu::kernels
