// Rules of operators by rows that docs/rows.md says in words: ties of bf16,
// rows without elements, data that is refused, axes that only the run knows,
// groups, and the sentences of refusals.

#include <gtest/gtest.h>

#include "kernels/op/rows.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

using Ints = std::vector<int64_t>;

constexpr auto kF32 = DataType::kFloat;
constexpr auto kBf16 = DataType::kBf16;
constexpr auto kS32 = DataType::kInt32;

TestTensor Floats(Shape shape, const std::vector<float>& values) {
  TestTensor x = MakeTensor(kF32, std::move(shape));
  for (size_t i = 0; i < values.size(); ++i) {
    x.Set(static_cast<int64_t>(i), std::bit_cast<uint32_t>(values[i]));
  }
  return x;
}

TEST(RowsRulesTest, Bf16TiesGoAwayFromZeroWhereVendorKernelsDo) {
  // gamma is 0, so that y is beta: 1 + 2^-8 lies between two values of bf16.
  const TestTensor x = MakeTensor(kBf16, {2, 2});
  const TestTensor zero = Floats({2}, {0, 0});
  const TestTensor tie = Floats({2}, {0x1.01p+0f, -0x1.01p+0f});
  const auto away = RunOp("LayerNormV4", {x, IntTensor(kS32, {2}), zero, tie});
  EXPECT_EQ(away[0].Get(0), 0x3f81u);
  EXPECT_EQ(away[0].Get(1), 0xbf81u);
  // RmsNorm rounds to even: gamma is the tie, x * rstd is 1.
  TestTensor ones = MakeTensor(kBf16, {2});
  ones.Set(0, 0x3f80);
  ones.Set(1, 0x3f80);
  const auto even = RunOp("RmsNorm", {ones, tie}, {{"epsilon", 0.0f}});
  EXPECT_EQ(even[0].Get(0), 0x3f80u);
  EXPECT_EQ(even[0].Get(1), 0xbf80u);
}

TEST(RowsRulesTest, RowsWithoutElements) {
  const TestTensor none = MakeTensor(kF32, {2, 0});
  const TestTensor axes = IntTensor(kS32, {1});
  EXPECT_EQ(RunOp("ReduceProd", {none, axes})[0].Get(1), 0x3f800000u);
  EXPECT_EQ(RunOp("ReduceMean", {none, axes})[0].Get(1), 0x7fc00000u);
  const TestTensor no_bool = MakeTensor(DataType::kBool, {2, 0});
  EXPECT_EQ(RunOp("ReduceAll", {no_bool, axes})[0].Get(0), 1u);
  EXPECT_EQ(RunOp("ReduceAny", {no_bool, axes})[0].Get(0), 0u);
  EXPECT_EQ(RunOp("SoftmaxV2", {none})[0].spec.shape, (Shape{2, 0}));
  EXPECT_EQ(RunOp("MseLoss", {none, none})[0].Get(0), 0x7fc00000u);
  EXPECT_EQ(Exception("ArgMaxWithValue", {none}, {{"dimension", int64_t{1}}}),
            "ArgMaxWithValue: input x shape: given [2,0], expected elements "
            "along the reduced axes");
}

TEST(RowsRulesTest, EmptyTensorsOfHugeExtents) {
  const int64_t huge = int64_t{1} << 40;
  TestTensor x = MakeTensor(kF32, {0});
  x.spec.shape = {0, huge, huge};
  EXPECT_EQ(Exception("ReduceSumD", {x}, {{"axes", Ints{0}}}),
            "ReduceSumD: input x shape: given [0,1099511627776,1099511627776],"
            " expected rows and columns whose numbers fit in int64");
  EXPECT_EQ(RunOp("SoftmaxV2", {x})[0].spec.shape, x.spec.shape);
}

TEST(RowsRulesTest, LabelsThatAreNoClassStopTheRun) {
  const TestTensor x = MakeTensor(kF32, {2, 3});
  const TestTensor bad = IntTensor(kS32, {1, 3});
  const TestTensor negative = IntTensor(kS32, {-1, 0});
  const TestTensor absent;
  EXPECT_EQ(Exception("SparseSoftmaxCrossEntropyWithLogits", {x, bad}, {}),
            "SparseSoftmaxCrossEntropyWithLogits: input labels: given 3, "
            "expected [0,2]");
  EXPECT_EQ(Exception("NLLLoss", {x, negative, absent}, {}),
            "NLLLoss: input target: given -1, expected [0,2]");
  EXPECT_EQ(Exception("NLLLoss", {x, negative, absent},
                      {{"ignore_index", int64_t{-1}}}),
            "");
  EXPECT_EQ(Exception("SoftmaxCrossEntropyLoss", {x, bad, absent}, {}),
            "SoftmaxCrossEntropyLoss: input labels: given 3, expected [0,2]");
  TestTensor targets = IntTensor(kS32, {0, -1, 9, 1, 9, -1});
  targets.spec.shape = {2, 3};
  EXPECT_EQ(Exception("MultilabelMarginLoss", {x, targets}, {}),
            "MultilabelMarginLoss: input target: given 9, expected [0,2]");
}

TEST(RowsRulesTest, AxesInDeviceMemory) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(kF32, {6, 9, 5}, &prng);
  for (const char* type :
       {"ReduceMean", "ArgMaxV2", "Cumsum", "ReduceLogSum"}) {
    SCOPED_TRACE(type);
    const TestTensor axis = IntTensor(kS32, {-2});
    const auto known = RunOp(type, {x, axis});
    const auto unknown = RunOp(type, {x, axis}, {}, {.const_values = false});
    ASSERT_EQ(known.size(), unknown.size());
    EXPECT_EQ(known[0].data, unknown[0].data);
  }
  EXPECT_EQ(Exception("Cumsum", {x, IntTensor(kS32, {0, 1})}, {}),
            "Cumsum: input axis: given [0,1], expected one axis");
  EXPECT_EQ(Exception("ArgMin", {x, IntTensor(kS32, {})}, {}),
            "ArgMin: input dimension: given [], expected one axis");
  EXPECT_EQ(
      Exception("LayerNormV4",
                {x, IntTensor(kS32, {4}), TestTensor(), TestTensor()}, {}),
      "LayerNormV4: input normalized_shape: given [4], expected [5]");
}

// Ends of groups and their sizes say the same.
TEST(RowsRulesTest, BiasGradientsOfGroups) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat16, {200, 3}, &prng);
  const Ints ends = {70, 70, 199};
  const auto by_end = RunOp("GroupedBiasAddGrad", {x, IntTensor(kS32, ends)});
  const auto by_size =
      RunOp("GroupedBiasAddGrad", {x, IntTensor(kS32, {70, 0, 129})},
            {{"group_idx_type", int64_t{1}}});
  ASSERT_EQ(by_end[0].spec.shape, (Shape{3, 3}));
  EXPECT_EQ(by_end[0].data, by_size[0].data);
  int64_t from = 0;
  for (size_t g = 0; g < ends.size(); ++g) {
    for (int64_t h = 0; h < 3; ++h) {
      std::vector<reference::Bits> row;
      for (int64_t i = from; i < ends[g]; ++i) row.push_back(x.Get(i * 3 + h));
      EXPECT_EQ(by_end[0].Get(static_cast<int64_t>(g) * 3 + h),
                reference::RowSum(reference::Type::kF16, row, false));
    }
    from = ends[g];
  }
  EXPECT_EQ(
      Exception("GroupedBiasAddGrad", {x, IntTensor(kS32, {70, 201, 200})}, {}),
      "GroupedBiasAddGrad: input group_idx: given 201, expected "
      "[70,200]");
}

// A norm of the last axis is that of the second one of the transpose.
TEST(RowsRulesTest, FormatsSayWhereTheChannelIs) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(kF32, {3, 4, 5, 8}, &prng);
  const TestTensor g = RandomTensor(kF32, {8}, &prng);
  const TestTensor moved =
      RunOp("TransposeD", {x}, {{"perm", Ints{0, 3, 1, 2}}})[0];
  // A channel a group: rows have the same order in both.
  const Attrs last = {{"num_groups", int64_t{8}}};
  Attrs second = last;
  second["data_format"] = std::string("NCHW");
  const auto y = RunOp("GroupNorm", {x, g, g}, last);
  const auto z = RunOp("GroupNorm", {moved, g, g}, second);
  EXPECT_EQ(y[1].spec.shape, (Shape{3, 8}));
  EXPECT_EQ(y[1].data, z[1].data);
  EXPECT_EQ(RunOp("TransposeD", {y[0]}, {{"perm", Ints{0, 3, 1, 2}}})[0].data,
            z[0].data);
  const Attrs nchw = {{"data_format", std::string("NCHW")}};
  EXPECT_EQ(RunOp("BiasAddGrad", {x})[0].data,
            RunOp("BiasAddGrad", {moved}, nchw)[0].data);
}

struct Refused {
  const char* type;
  std::vector<Shape> shapes;
  Attrs attrs;
  const char* sentence;
};

const Refused kRefused[] = {
    {"MseLoss",
     {{2}, {2}},
     {{"reduction", std::string("max")}},
     "MseLoss: attribute reduction: given max, expected none, mean, sum"},
    {"KLDiv",
     {{2}, {2}},
     {{"reduction", std::string("all")}},
     "KLDiv: attribute reduction: given all, expected none, mean, sum, "
     "batchmean"},
    {"MseLoss",
     {{2, 3}, {3}},
     {},
     "MseLoss: input label shape: given [3], expected [2,3]"},
    {"GroupNorm",
     {{2, 3, 4, 6}, {6}, {6}},
     {{"num_groups", int64_t{4}}},
     "GroupNorm: attribute num_groups: given 4, expected a divisor of 6"},
    {"LayerNorm",
     {{2, 3}, {3}, {3}},
     {{"begin_norm_axis", int64_t{2}}},
     "LayerNorm: attribute begin_norm_axis: given 2, expected an axis of "
     "[2,3]"},
    {"RmsNorm",
     {{3}, {2, 3}},
     {},
     "RmsNorm: input x shape: given [3], expected 2 extents or more"},
    {"RmsNorm",
     {{2, 3}, {4}},
     {},
     "RmsNorm: input gamma shape: given [4], expected [3]"},
    {"BatchNorm",
     {{2, 3}, {3}, {3}, {3}, {3}},
     {{"data_format", std::string("CHWN")}},
     "BatchNorm: attribute data_format: given CHWN, expected NCHW, NHWC, "
     "NCDHW, NDHWC, ND"},
    {"SoftmaxGrad",
     {{2, 3}, {2, 3}},
     {{"axes", Ints{}}},
     "SoftmaxGrad: attribute axes: given [], expected one axis or more"},
    {"CumsumD",
     {{2, 3}},
     {{"axis", int64_t{INT64_MAX}}},
     "CumsumD: attribute axis: given 9223372036854775807, expected "
     "[-2,1]"},
    {"LRN",
     {{2, 3}},
     {{"norm_region", std::string("WITHIN_CHANNEL")}},
     "LRN: attribute norm_region: given WITHIN_CHANNEL, expected "
     "ACROSS_CHANNELS"},
    {"Cdist",
     {{2, 3}, {2, 4}},
     {},
     "Cdist: input x2 shape: given [2,4], expected [2,3] but for the second "
     "last extent"},
    {"Renorm",
     {{2, 3}},
     {{"p", 0.0f}, {"dim", int64_t{0}}, {"maxnorm", 1.0f}},
     "Renorm: attribute p: given 0.000000, expected more than 0"},
    {"ScaledMaskedSoftmax",
     {{2, 3}},
     {{"scale", int64_t{1}}},
     "ScaledMaskedSoftmax: attribute scale: given int, expected float"},
};

TEST(RowsRulesTest, RefusalsSayWhatIsWrong) {
  for (const Refused& c : kRefused) {
    std::vector<TestTensor> inputs;
    for (const Shape& shape : c.shapes)
      inputs.push_back(MakeTensor(kF32, shape));
    while (inputs.size() < FindOp(c.type)->inputs.size()) {
      inputs.emplace_back();
    }
    EXPECT_EQ(Exception(c.type, inputs, c.attrs), c.sentence);
  }
}

}  // namespace
}  // namespace npuemu::kernels
