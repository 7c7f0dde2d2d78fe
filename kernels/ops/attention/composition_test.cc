// ApplyRotaryPosEmb and FFN against the operators that they are made of.

#include <gtest/gtest.h>

#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

using reference::Type;

constexpr Type kF32 = Type::kF32;

// Of moderate size.
TestTensor Draw(DataType type, const Shape& shape, Prng* prng) {
  TestTensor x = MakeTensor(type, shape);
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    const float v = static_cast<float>(prng->Below(2001)) / 500.0f - 2.0f;
    x.Set(i,
          reference::Cast(kF32, ReferenceType(type), std::bit_cast<uint32_t>(v),
                          reference::Mode::kRint, false));
  }
  return x;
}

TEST(CompositionTest, ApplyRotaryPosEmbIsRotaryMulOfBoth) {
  Prng prng(TestSeed());
  for (DataType type :
       {DataType::kFloat16, DataType::kBf16, DataType::kFloat}) {
    const TestTensor q = RandomTensor(type, {2, 5, 4, 8}, &prng);
    const TestTensor k = RandomTensor(type, {2, 5, 1, 8}, &prng);
    const TestTensor cos = RandomTensor(type, {2, 5, 1, 8}, &prng);
    const TestTensor sin = RandomTensor(type, {1, 5, 1, 8}, &prng);
    TestTensor whole = MakeTensor(type, cos.spec.shape);
    for (int64_t i = 0; i < whole.spec.count(); ++i) {
      whole.Set(i, sin.Get(i % 40));
    }
    const auto y = RunOp("ApplyRotaryPosEmb", {q, k, cos, sin});
    ASSERT_EQ(y.size(), 2u);
    EXPECT_EQ(y[0].data, RunOp("RotaryMul", {q, cos, whole})[0].data);
    EXPECT_EQ(y[1].data, RunOp("RotaryMul", {k, cos, whole})[0].data);
  }
}

// Two chains from their bias, the activation between in f32.
TEST(CompositionTest, FfnIsTwoProductsAndAnActivation) {
  Prng prng(TestSeed());
  for (const char* name : {"relu", "fastgelu", "gelu", "silu"}) {
    for (DataType type : {DataType::kFloat16, DataType::kBf16}) {
      const bool half = type == DataType::kFloat16;
      const DataType bias = half ? type : DataType::kFloat;
      const TestTensor x = Draw(type, {2, 3, 20}, &prng);
      const TestTensor w1 = Draw(type, {20, 100}, &prng);
      const TestTensor w2 = Draw(type, {100, 7}, &prng);
      const TestTensor b1 = Draw(bias, {100}, &prng);
      const TestTensor b2 = Draw(bias, {7}, &prng);
      const auto y = RunOp("FFN", {x, w1, w2, {}, b1, b2},
                           {{"activation", std::string(name)}});
      ASSERT_EQ(y.size(), 1u);
      ASSERT_EQ(y[0].spec.shape, (Shape{2, 3, 7}));
      // The first product in f32 is that of MatMulV2 with an f32 result.
      TestTensor rows = x;
      rows.spec.shape = {6, 20};
      TensorSpec f32;
      f32.dtype = DataType::kFloat;
      f32.format = Format::kNd;
      f32.shape = {6, 100};
      const auto sums =
          RunOp("MatMulV2", {rows, w1, b1}, {}, {.declared = {f32}});
      const char* const ops[] = {"Relu", "FastGelu", "Gelu", "Swish"};
      const size_t k = name[0] == 'r'   ? 0
                       : name[0] == 'f' ? 1
                       : name[0] == 'g' ? 2
                                        : 3;
      const TestTensor wide = RunOp(ops[k], {sums.at(0)})[0];
      TestTensor hidden = MakeTensor(type, {6, 100});
      for (int64_t i = 0; i < 600; ++i) {
        hidden.Set(i, reference::Cast(kF32, ReferenceType(type), wide.Get(i),
                                      reference::Mode::kRint, false));
      }
      EXPECT_EQ(y[0].data, RunOp("MatMulV2", {hidden, w2, b2})[0].data) << name;
    }
  }
}

// A row of PromptFlashAttention, whose mask and lengths say the same.
TEST(CompositionTest, IncreFlashAttentionIsARowOfPrompt) {
  Prng prng(TestSeed());
  for (DataType type : {DataType::kFloat16, DataType::kBf16}) {
    const TestTensor q = Draw(type, {3, 1, 16}, &prng);
    const TestTensor k = Draw(type, {3, 9, 8}, &prng);
    const TestTensor v = Draw(type, {3, 9, 8}, &prng);
    const TestTensor shift = Draw(type, {1, 4, 1, 9}, &prng);
    TestTensor mask = MakeTensor(DataType::kBool, {3, 9});
    for (int64_t i = 0; i < 27; ++i) mask.Set(i, prng.Below(3) / 2);
    const std::vector<int64_t> lengths = {9, 0, 4};
    TestTensor whole = MakeTensor(DataType::kBool, {3, 1, 1, 9});
    for (int64_t i = 0; i < 27; ++i) {
      const bool beyond = i % 9 >= lengths[static_cast<size_t>(i / 9)];
      whole.Set(i, beyond ? 1 : mask.Get(i));
    }
    std::vector<TestTensor> inputs = {
        q, k, v, shift, mask, IntTensor(DataType::kInt64, lengths)};
    inputs.resize(15);
    const Attrs attrs = {{"num_heads", int64_t{4}},
                         {"num_key_value_heads", int64_t{2}},
                         {"scale_value", 0.5f}};
    Attrs wide = attrs;
    wide["next_tokens"] = int64_t{9};
    const auto y = RunOp("IncreFlashAttention", inputs, attrs);
    ASSERT_EQ(y.size(), 1u);
    EXPECT_EQ(
        y[0].data,
        RunOp("PromptFlashAttention", {q, k, v, shift, whole}, wide)[0].data);
    // The same lengths of keys.
    mask.spec.shape = {3, 1, 1, 9};
    const auto prompt = RunOp("PromptFlashAttention",
                              {q, k, v, shift, mask, {}, inputs[5]}, wide);
    EXPECT_EQ(y[0].data, prompt.at(0).data);
  }
}

}  // namespace
}  // namespace npuemu::kernels
