// Optimizers that update their state where it is, against the text of
// docs/sequences.md, bit for bit: output and state, all dtype columns, state
// that lies over other operands.

#include <gtest/gtest.h>

#include <cstring>

#include "kernels/op/parallel.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_cases.h"
#include "kernels/testing/sequence.h"

namespace npuemu::kernels {
namespace {

const reference::Sequences& Document() {
  static const auto& document = *new reference::Sequences(
      reference::ReadSequences({"docs/sequences.md"}));
  return document;
}

const char kCases[] = "kernels/testing/op_cases_optimizers.txt";

// The elements beside those of the first input; what has the last extent only,
// or the first one and 1, is repeated.
reference::Values Spread(const TestTensor& x, const Shape& out) {
  reference::Values values{ReferenceType(x.spec.dtype), {}};
  const int64_t count = ElementCount(out);
  const bool columns =
      out.size() == 2 && x.spec.shape == Shape{out[0], 1} && out[1] > 1;
  for (int64_t i = 0; i < count; ++i) {
    values.bits.push_back(x.Get(columns ? i / out[1] : i % x.spec.count()));
  }
  return values;
}

std::map<std::string, reference::Values> Written(const OpCase& one,
                                                 bool saturate) {
  const OpDef& op = *FindOp(one.type);
  std::vector<reference::Values> values;
  for (const TestTensor& x : one.inputs) {
    values.push_back(Spread(x, one.inputs[0].spec.shape));
  }
  std::map<std::string, double> numbers;
  for (const AttrSpec& attr : op.attrs) {
    const auto it = one.attrs.find(attr.name);
    const AttrValue& value = it == one.attrs.end() ? attr.fallback : it->second;
    if (const auto* b = std::get_if<bool>(&value)) numbers[attr.name] = *b;
    if (const auto* f = std::get_if<float>(&value)) numbers[attr.name] = *f;
  }
  const auto type = ReferenceType(one.inputs[0].spec.dtype);
  std::map<std::string, reference::Type> types = {{op.outputs[0].name, type}};
  for (int index : op.updated_inputs) {
    types[op.inputs[static_cast<size_t>(index)].name] = type;
  }
  return reference::Evaluate(Document(), one.type, values, numbers, types,
                             saturate);
}

void ExpectEqual(const TestTensor& given, const reference::Values& expected,
                 const std::string& what) {
  for (int64_t i = 0; i < given.spec.count(); ++i) {
    ASSERT_EQ(given.Get(i), expected.bits[static_cast<size_t>(i)])
        << what << " element " << i << ", seed " << TestSeed();
  }
}

TEST(OptimizerUpdatesTest, OutputAndStateAreAsWritten) {
  Prng prng(TestSeed());
  for (const OpCase& given : OpCasesOf(kCases, &prng)) {
    const OpDef& op = *FindOp(given.type);
    ASSERT_FALSE(op.updated_inputs.empty());
    for (size_t k = 0; k < op.inputs[0].dtypes.size(); ++k) {
      OpCase one = given;
      for (size_t i = 0; i < one.inputs.size(); ++i) {
        const DataType dtype = op.inputs[i].dtypes[k];
        if (!reference::IsFloat(ReferenceType(dtype))) continue;
        one.inputs[i] = RandomTensor(dtype, given.inputs[i].spec.shape, &prng);
      }
      for (bool saturate : {false, true}) {
        SCOPED_TRACE(one.type);
        const auto expected = Written(one, saturate);
        std::vector<TestTensor> state;
        const auto y = RunOp(one.type, one.inputs, one.attrs,
                             {.saturate = saturate, .updated = &state});
        ASSERT_EQ(y.size(), 1u);
        ExpectEqual(y[0], expected.at(op.outputs[0].name), op.outputs[0].name);
        ASSERT_EQ(state.size(), op.updated_inputs.size());
        for (size_t s = 0; s < state.size(); ++s) {
          const auto i = static_cast<size_t>(op.updated_inputs[s]);
          ExpectEqual(state[s], expected.at(op.inputs[i].name),
                      op.inputs[i].name);
        }
      }
    }
  }
}

// The step of a program: var over var, and lr an element of the state, which is
// read as it was when the call began.
TEST(OptimizerUpdatesTest, OverlappingOperandsAreReadAsTheyWere) {
  Prng prng(TestSeed());
  OpCase one = OpCaseOf(
      "ApplyMomentum var=f32[900] accum=f32[900] lr=f32[1] grad=f32[900] "
      "momentum=f32[1]",
      0, &prng);
  one.inputs[2].Set(0, one.inputs[1].Get(450));
  std::vector<TestTensor> state;
  const auto expected =
      RunOp(one.type, one.inputs, one.attrs, {.updated = &state});
  OpCall call;
  ASSERT_EQ(CallOf(one, &call).message, "");
  for (bool parallel : {false, true}) {
    std::vector<TestTensor> x = one.inputs;
    Operands operands;
    for (TestTensor& input : x) {
      operands.inputs.push_back({input.data.data(), input.data.size()});
    }
    operands.inputs[2].data = operands.inputs[1].data + 450 * sizeof(float);
    operands.outputs = {operands.inputs[0]};
    const OpStatus status =
        parallel ? RunParallel(call, operands) : RunSerially(call, operands);
    ASSERT_EQ(status.message, "");
    EXPECT_EQ(operands.outputs.size(), 1u);
    EXPECT_EQ(x[0].data, expected[0].data);
    EXPECT_EQ(x[1].data, state[0].data);
  }
}

TEST(OptimizerUpdatesTest, RefusesStateOfAnotherShape) {
  const TestTensor big = MakeTensor(DataType::kFloat, {4});
  const TestTensor one = MakeTensor(DataType::kFloat, {1});
  EXPECT_EQ(Refusal("ApplyMomentum", {big, one, one, big, one}),
            "ApplyMomentum: input accum shape: given [1], expected [4]");
}

}  // namespace
}  // namespace npuemu::kernels
