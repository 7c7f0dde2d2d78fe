// Cast of every published pair against the reference, bit for bit.

#include <gtest/gtest.h>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

bool IsFloatType(DataType dtype) {
  return reference::IsFloat(ReferenceType(dtype));
}

TestTensor Inputs(DataType dtype, Prng* prng) {
  if (BitsOf(dtype) > 16) return RandomTensor(dtype, {30000}, prng);
  TestTensor x = MakeTensor(dtype, {int64_t{1} << BitsOf(dtype)});
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    x.Set(i, static_cast<uint64_t>(i));
  }
  return x;
}

TEST(CastTest, MatchesReferenceForEveryPair) {
  Prng prng(TestSeed());
  const OpDef& op = *FindOp("Cast");
  for (size_t k = 0; k < op.inputs[0].dtypes.size(); ++k) {
    const DataType from = op.inputs[0].dtypes[k];
    const DataType to = op.outputs[0].dtypes[k];
    const TestTensor x = Inputs(from, &prng);
    const bool truncates =
        IsFloatType(from) && !IsFloatType(to) && to != DataType::kBool;
    for (bool saturate : {false, true}) {
      SCOPED_TRACE(std::string(NameOf(from)) + " to " + NameOf(to));
      const auto y =
          RunOp("Cast", {x}, {{"dst_type", static_cast<int64_t>(to)}},
                {.saturate = saturate});
      ASSERT_EQ(y.size(), 1u);
      for (int64_t i = 0; i < x.spec.count(); ++i) {
        ASSERT_EQ(
            y[0].Get(i),
            reference::Cast(
                ReferenceType(from), ReferenceType(to), x.Get(i),
                truncates ? reference::Mode::kTrunc : reference::Mode::kRint,
                saturate))
            << std::hex << x.Get(i);
      }
    }
  }
}

TEST(CastTest, RefusesOtherTargets) {
  OpCall call;
  call.op = FindOp("Cast");
  call.inputs = {{DataType::kBf16, Format::kNd, {1}}};
  call.attrs = {{"dst_type", int64_t{9}}};
  std::vector<TensorSpec> outputs;
  EXPECT_EQ(call.op->infer(call, &outputs).message,
            "Cast: attribute dst_type: given 9, expected 0 (float), 3 "
            "(int32), 1 (float16), 12 (bool), 2 (int8), 4 (uint8) from "
            "bfloat16");
  EXPECT_EQ(Refusal("Cast", {MakeTensor(DataType::kBf16, {1})}),
            "Cast: output y: given bfloat16, expected float, int32, float16, "
            "bool, int8, uint8 beside input x bfloat16");
  EXPECT_EQ(Refusal("Cast", {MakeTensor(DataType::kDouble, {1})}),
            "Cast: input x: given double, expected float16, float, int32, "
            "int8, uint8, bool, int64, bfloat16, int16, uint32, uint16");
}

}  // namespace
}  // namespace npuemu::kernels
