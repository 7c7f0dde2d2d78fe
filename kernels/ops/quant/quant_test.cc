// What docs/quantisation.md says in words: groups of rows, Eltwise's modes, and
// the sentences of refusals and device exceptions.

#include <gtest/gtest.h>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"
#include "kernels/testing/primitive.h"

namespace npuemu::kernels {
namespace {

using reference::Bits;

constexpr auto kF16 = DataType::kFloat16;
constexpr auto kF32 = DataType::kFloat;
constexpr auto kS32 = DataType::kInt32;

// Rows [from, to) of a matrix.
TestTensor Rows(const TestTensor& x, int64_t from, int64_t to) {
  const int64_t n = x.spec.shape.back();
  TestTensor y = MakeTensor(x.spec.dtype, {to - from, n});
  for (int64_t i = 0; i < y.spec.count(); ++i) y.Set(i, x.Get(from * n + i));
  return y;
}

// Output k of the whole call is that of its groups, one after the other.
void ExpectGroups(const std::vector<TestTensor>& whole,
                  const std::vector<std::vector<TestTensor>>& parts) {
  for (size_t k = 0; k < whole.size(); ++k) {
    int64_t at = 0;
    for (const auto& part : parts) {
      for (int64_t i = 0; i < part[k].spec.count(); ++i, ++at) {
        ASSERT_EQ(whole[k].Get(at), part[k].Get(i)) << k << " " << at;
      }
    }
    EXPECT_EQ(at, whole[k].spec.count());
  }
}

const std::vector<int64_t> kEnds = {2, 2, 7, 9};

// The whole call is what `one` makes of the rows and the factors of each group.
template <typename One>
void ExpectByGroup(const std::vector<TestTensor>& whole, const TestTensor& x,
                   const TestTensor& sets, const One& one) {
  std::vector<std::vector<TestTensor>> parts;
  int64_t from = 0;
  for (size_t g = 0; g < kEnds.size(); ++g) {
    const auto k = static_cast<int64_t>(g);
    TestTensor factors = Rows(sets, k, k + 1);
    factors.spec.shape = {sets.spec.shape.back()};
    parts.push_back(one(Rows(x, from, kEnds[g]), factors));
    from = kEnds[g];
  }
  ExpectGroups(whole, parts);
}

TEST(QuantTest, GroupsOfRowsHaveFactorsOfTheirOwn) {
  Prng prng(TestSeed());
  const TestTensor ends = IntTensor(kS32, kEnds);
  const TestTensor x = RandomTensor(kF16, {9, 70}, &prng);
  const TestTensor sets = RandomTensor(kF16, {4, 70}, &prng);
  for (const char* type : {"DynamicQuant", "DynamicQuantV2"}) {
    ExpectByGroup(RunOp(type, {x, sets, ends}), x, sets,
                  [type](const TestTensor& rows, const TestTensor& factors) {
                    return RunOp(type, {rows, factors, {}});
                  });
  }
}

TEST(QuantTest, GroupQuantIsAscendQuantOfEachGroup) {
  Prng prng(TestSeed());
  for (DataType index : {kS32, DataType::kInt64}) {
    const TestTensor ends = IntTensor(index, kEnds);
    const TestTensor x = RandomTensor(kF32, {9, 70}, &prng);
    const TestTensor sets = RandomTensor(kF32, {4, 70}, &prng);
    const TestTensor offset = RandomTensor(kF32, {1}, &prng);
    TestTensor offsets = MakeTensor(kF32, {70});
    for (int64_t j = 0; j < 70; ++j) offsets.Set(j, offset.Get(0));
    ExpectByGroup(RunOp("GroupQuant", {x, sets, ends, offset}), x, sets,
                  [&](const TestTensor& rows, const TestTensor& scale) {
                    return RunOp("AscendQuantV2", {rows, scale, offsets});
                  });
  }
}

TEST(QuantTest, SwiGluQuantOfGroups) {
  Prng prng(TestSeed());
  const TestTensor ends = IntTensor(kS32, kEnds);
  const TestTensor x = RandomTensor(kF16, {9, 20}, &prng);
  const TestTensor sets = RandomTensor(kF32, {4, 10}, &prng);
  ExpectByGroup(RunOp("SwiGluQuant", {x, sets, {}, ends}), x, sets,
                [](const TestTensor& rows, const TestTensor& factors) {
                  return RunOp("SwiGluQuant", {rows, factors, {}, {}});
                });
}

TEST(QuantTest, EltwiseMultipliesWeighsAndTakesTheLargest) {
  Prng prng(TestSeed());
  std::vector<TestTensor> x;
  for (int k = 0; k < 3; ++k) x.push_back(RandomTensor(kF32, {300}, &prng));
  const std::vector<float> coeff = {0.5f, -1.25f, 3.0f};
  for (int64_t mode = 0; mode < 3; ++mode) {
    Attrs attrs = {{"N", int64_t{3}}, {"mode", mode}};
    if (mode == 1) attrs["coeff"] = coeff;
    const auto y = RunOp("Eltwise", x, attrs);
    for (int64_t i = 0; i < 300; ++i) {
      Bits want = 0;
      for (size_t k = 0; k < 3; ++k) {
        Bits v = x[k].Get(i);
        const auto factor = std::bit_cast<uint32_t>(coeff[k]);
        const auto type = reference::Type::kF32;
        if (mode == 1) v = reference::Primitive2("Mul", type, v, factor);
        const char* const names[] = {"Mul", "Add", "Maximum"};
        want = k == 0 ? v : reference::Primitive2(names[mode], type, want, v);
      }
      ASSERT_EQ(y[0].Get(i), want) << mode << " " << i;
    }
  }
}

TEST(QuantTest, DataThatIsNoScaleOrGroupStopsTheRun) {
  const TestTensor x = MakeTensor(kS32, {2, 3});
  const TestTensor zero = MakeTensor(DataType::kUint64, {1});
  EXPECT_EQ(Exception("AscendDequant", {x, zero}),
            "AscendDequant: input deq_scale: given 0, expected a scale in bits "
            "13 to 31 that is finite and normal");
  const TestTensor rows = MakeTensor(kF16, {9, 4});
  const TestTensor sets = MakeTensor(kF16, {2, 4});
  EXPECT_EQ(Exception("DynamicQuant", {rows, sets, IntTensor(kS32, {3, 8})}),
            "DynamicQuant: input group_index: given 8, expected [9,9]");
  EXPECT_EQ(Exception("DynamicQuant", {rows, sets, IntTensor(kS32, {-1, 9})}),
            "DynamicQuant: input group_index: given -1, expected [0,9]");
}

struct Refused {
  const char* type;
  DataType dtype;
  std::vector<Shape> shapes;
  Attrs attrs;
  const char* sentence;
};

const Refused kRefused[] = {
    {"AscendQuantV2",
     kF32,
     {{2, 3}, {4}},
     {},
     "AscendQuantV2: input scale shape: given [4], expected [3]"},
    {"AscendQuantV2",
     kF32,
     {{2, 3}, {3}},
     {{"axis", INT64_MAX}},
     "AscendQuantV2: attribute axis: given 9223372036854775807, expected an "
     "axis of [2,3]"},
    {"AscendQuantV2",
     kF32,
     {{2, 3}, {3}},
     {{"round_mode", std::string("up")}},
     "AscendQuantV2: attribute round_mode: given up, expected round, floor, "
     "ceil, trunc"},
    {"DynamicQuant",
     kF16,
     {{2, 3}},
     {{"dst_type", int64_t{29}}},
     "DynamicQuant: attribute dst_type: given 29, expected 2 (int8)"},
    {"SwiGlu",
     kF32,
     {{2, 3}},
     {},
     "SwiGlu: input x shape: given [2,3], expected an even extent on axis 1"},
    {"SwiGlu",
     kF32,
     {{2, 4}},
     {{"dim", INT64_MIN}},
     "SwiGlu: attribute dim: given -9223372036854775808, expected [-2,1]"},
    {"GLUGrad",
     kF32,
     {{4, 1}, {2, 4}},
     {},
     "GLUGrad: input y_grad shape: given [4,1], expected [2,2]"},
    {"RotaryMul",
     kF32,
     {{2, 4}, {3, 4}, {3, 4}},
     {},
     "RotaryMul: input r1 shape: given [3,4], expected the shape of r2, which "
     "broadcasts to [2,4]"},
    {"PRelu",
     kF32,
     {{2, 3, 4}, {4}},
     {},
     "PRelu: input weight shape: given [4], expected [1] or [3], the channels "
     "of [2,3,4]"},
    {"Scale",
     kF32,
     {{2, 3, 4}, {4}},
     {},
     "Scale: input scale shape: given [4], expected [3]"},
    {"Eltwise",
     kF32,
     {{2}, {2}},
     {{"N", int64_t{2}}, {"mode", int64_t{3}}},
     "Eltwise: attribute mode: given 3, expected 0, 1, 2"},
};

TEST(QuantTest, RefusalsSayWhatIsWrong) {
  for (const Refused& c : kRefused) {
    std::vector<TestTensor> inputs;
    for (const Shape& shape : c.shapes) {
      inputs.push_back(MakeTensor(c.dtype, shape));
    }
    EXPECT_EQ(Exception(c.type, inputs, c.attrs), c.sentence);
  }
}

}  // namespace
}  // namespace npuemu::kernels
