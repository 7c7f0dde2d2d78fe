// BiasAdd is Add with the bias in the channels' place.

#include <gtest/gtest.h>

#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

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
