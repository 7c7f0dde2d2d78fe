// Operators that move elements, gather or scatter them, against
// testdata/moves/golden.tsv: where numpy takes each element from. Where several
// are combined, by the primitives of kernels/testing in the order of the table,
// as docs/moves.md says. Every dtype column.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_cases.h"

namespace npuemu::kernels {
namespace {

using reference::Bits;
using reference::Type;

std::vector<std::string> Split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

struct Expected {
  std::string shape;
  std::vector<std::string> elements;
};

struct Golden {
  std::string call;
  std::vector<Expected> outputs;
};

std::vector<Golden> ReadGolden() {
  std::ifstream file("testdata/moves/golden.tsv");
  EXPECT_TRUE(file.good());
  std::vector<Golden> all;
  for (std::string line; std::getline(file, line);) {
    const auto cells = Split(line, '\t');
    Golden golden{cells[0], {}};
    for (size_t i = 1; i < cells.size(); ++i) {
      auto words = Split(cells[i], ' ');
      Expected expected{words[0], {}};
      expected.elements.assign(words.begin() + 1, words.end());
      golden.outputs.push_back(std::move(expected));
    }
    all.push_back(std::move(golden));
  }
  return all;
}

// The primitive of each combining operator, and whether floats are combined in
// f32 with one cast (a reduction) or rounded to their type each time.
struct Rule {
  std::string primitive;
  bool wide = false;
  bool from_zero = false;  // sums begin with +0
};

Rule RuleOf(const OpCase& call) {
  const std::string& type = call.type;
  if (type == "PadV3Grad" || type == "MirrorPadGrad")
    return {"Add", true, false};
  const std::string way = AttrOr<std::string>(call.attrs, "reduction", "");
  for (const auto& [word, primitive] :
       std::vector<std::pair<std::string, std::string>>{{"Add", "Add"},
                                                        {"add", "Add"},
                                                        {"Sum", "Add"},
                                                        {"Sub", "Sub"},
                                                        {"Mul", "Mul"},
                                                        {"mul", "Mul"},
                                                        {"Prod", "Mul"},
                                                        {"Div", "RealDiv"},
                                                        {"Max", "Maximum"},
                                                        {"max", "Maximum"},
                                                        {"Min", "Minimum"},
                                                        {"min", "Minimum"}}) {
    if (type.find(word) == std::string::npos && way != word) continue;
    const bool segment = type.find("Segment") != std::string::npos;
    return {primitive, segment, segment && primitive == "Add"};
  }
  return {"Add", false, false};  // ScatterNd
}

Bits One(Type type) {
  switch (type) {
    case Type::kF16:
      return 0x3c00;
    case Type::kBf16:
      return 0x3f80;
    case Type::kF32:
      return 0x3f800000;
    default:
      return 1;
  }
}

// What a segment without elements holds.
Bits EmptySegment(const Rule& rule, Type type) {
  if (rule.primitive == "Add") return 0;
  if (rule.primitive == "Mul") return One(type);
  const bool lowest = rule.primitive == "Maximum";
  const std::map<Type, std::pair<Bits, Bits>> limits = {
      {Type::kF16, {0xfbff, 0x7bff}},
      {Type::kBf16, {0xff7f, 0x7f7f}},
      {Type::kF32, {0xff7fffff, 0x7f7fffff}},
      {Type::kS8, {0x80, 0x7f}},
      {Type::kU8, {0, 0xff}},
      {Type::kS16, {0x8000, 0x7fff}},
      {Type::kU16, {0, 0xffff}},
      {Type::kS32, {0x80000000, 0x7fffffff}},
      {Type::kU32, {0, 0xffffffff}},
      {Type::kS64, {uint64_t{1} << 63, (uint64_t{1} << 63) - 1}},
      {Type::kU64, {0, ~uint64_t{0}}}};
  const auto [low, high] = limits.at(type);
  return lowest ? low : high;
}

Bits Combined(const Rule& rule, Type type, std::vector<Bits> values,
              bool saturate) {
  const bool wide = rule.wide && reference::IsFloat(type);
  const Type inner = wide ? Type::kF32 : type;
  if (wide) {
    for (Bits& value : values) {
      value =
          reference::Cast(type, inner, value, reference::Mode::kRint, false);
    }
  }
  // The larger of two bools is their or, the smaller their and.
  std::string primitive = rule.primitive;
  if (type == Type::kBool && primitive == "Maximum") primitive = "Add";
  if (type == Type::kBool && primitive == "Minimum") primitive = "Mul";
  const auto binary = [&](Bits a, Bits b) {
    return reference::Binary(primitive, inner, a, b, saturate);
  };
  // A reduction computes with its first element, too: its NaN is canonical.
  const bool chooses =
      rule.primitive == "Maximum" || rule.primitive == "Minimum";
  Bits result = values[0];
  if (rule.from_zero) {
    result = binary(0, result);
  } else if (rule.wide && chooses) {
    result = binary(result, result);
  } else if (rule.wide) {
    result = reference::Binary("Mul", inner, result, One(inner), saturate);
  }
  for (size_t i = 1; i < values.size(); ++i) result = binary(result, values[i]);
  if (!wide) return result;
  return reference::Cast(inner, type, result, reference::Mode::kRint, saturate);
}

Bits ValueOf(const OpCase& call, const std::string& place, Type type) {
  if (place == "z") return 0;
  if (place == "o") return One(type);
  const auto parts = Split(place, ':');
  const size_t input = parts.size() == 2 ? std::stoul(parts[0]) : 0;
  return call.inputs[input].Get(std::stoll(parts.back()));
}

void ExpectGolden(const Golden& golden, size_t column, bool saturate,
                  Prng* prng) {
  OpCase call = OpCaseOf(golden.call, column, prng);
  TestOptions options{.saturate = saturate, .const_values = !saturate};
  if (call.type == "TransData") {
    // Only the declared shape tells how much of a block is padding.
    TensorSpec y = call.inputs[0].spec;
    y.shape.clear();
    for (const auto& extent : Split(golden.outputs[0].shape.substr(1), ',')) {
      y.shape.push_back(std::stoll(extent));
    }
    options.declared = {y};
  }
  const auto outputs = RunOp(call.type, call.inputs, call.attrs, options);
  ASSERT_EQ(outputs.size(), golden.outputs.size());
  const Rule rule = RuleOf(call);
  for (size_t k = 0; k < outputs.size(); ++k) {
    const TestTensor& y = outputs[k];
    const Expected& expected = golden.outputs[k];
    ASSERT_EQ(ToString(y.spec.shape), expected.shape);
    ASSERT_EQ(y.spec.count(), static_cast<int64_t>(expected.elements.size()));
    const Type type = ReferenceType(y.spec.dtype);
    for (size_t i = 0; i < expected.elements.size(); ++i) {
      const auto places = Split(expected.elements[i], '+');
      const bool combines = places.size() > 1 || rule.wide;
      Bits bits;
      if (rule.wide && places[0] == "z") {
        bits = call.type == "SegmentMax" ? 0 : EmptySegment(rule, type);
      } else if (combines) {
        std::vector<Bits> values;
        for (const auto& place : places) {
          values.push_back(ValueOf(call, place, type));
        }
        bits = Combined(rule, type, values, saturate);
      } else {
        bits = ValueOf(call, places[0], type);
      }
      ASSERT_EQ(y.Get(static_cast<int64_t>(i)), bits)
          << "output " << k << " element " << i << " of "
          << expected.elements[i];
    }
  }
}

TEST(MovesTest, EveryElementIsWhereNumpyTakesItFrom) {
  Prng prng(TestSeed());
  std::map<std::string, size_t> calls;
  for (const Golden& golden : ReadGolden()) {
    SCOPED_TRACE(golden.call);
    const std::string type = golden.call.substr(0, golden.call.find(' '));
    const OpDef* op = FindOp(type);
    ASSERT_NE(op, nullptr);
    const size_t columns = op->outputs[0].dtypes.size();
    // The first call of an operator in every column, others in a few.
    const size_t call = calls[type]++;
    const size_t step = call == 0 ? 1 : 1 + columns / 3;
    for (size_t k = call % step; k < columns; k += step) {
      SCOPED_TRACE(NameOf(op->outputs[0].dtypes[k]));
      ExpectGolden(golden, k, (call + k) % 2 == 1, &prng);
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GE(calls.size(), 137u);
}

// Runs a call that may be refused; nothing else may happen.
void Try(const OpCase& op_case) {
  OpCall call;
  const OpStatus prepared = CallOf(op_case, &call);
  if (!prepared.ok()) {
    EXPECT_NE(prepared.message.find(": given "), std::string::npos)
        << prepared.message;
    return;
  }
  std::vector<TestTensor> inputs = op_case.inputs;
  std::vector<TestTensor> outputs;
  Operands operands;
  for (TestTensor& x : inputs) {
    operands.inputs.push_back({x.data.data(), x.data.size()});
  }
  for (const TensorSpec& y : call.outputs) {
    if (y.bytes() > (size_t{1} << 20)) return;  // valid, but too large
    outputs.push_back(MakeTensor(y.dtype, y.shape));
  }
  for (TestTensor& y : outputs) {
    operands.outputs.push_back({y.data.data(), y.data.size()});
  }
  // As declared, and as if the values were known to the run only.
  EXPECT_EQ(RunSerially(call, operands).message, "");
  call.const_inputs.clear();
  EXPECT_EQ(RunSerially(call, operands).message, "");
}

// Numbers in the data that infer goes by: axes, extents, paddings, sizes.
TEST(MovesTest, AbsurdValuesAreRefusedOrComputed) {
  Prng prng(TestSeed());
  std::set<std::string> seen;
  for (const Golden& golden : ReadGolden()) {
    const std::string type = golden.call.substr(0, golden.call.find(' '));
    const OpDef& op = *FindOp(type);
    if (op.value_inputs.empty() || !seen.insert(type).second) continue;
    for (size_t k = 0; k < op.outputs[0].dtypes.size(); ++k) {
      const OpCase op_case = OpCaseOf(golden.call, k, &prng);
      for (size_t i : ValueInputs(op, op_case.inputs.size())) {
        const TestTensor& x = op_case.inputs[i];
        if (x.spec.absent()) continue;
        for (int64_t at = 0; at < x.spec.count(); ++at) {
          for (int64_t value : {INT64_MIN, INT64_MAX, int64_t{-1},
                                int64_t{1} << 40, -(int64_t{1} << 31)}) {
            SCOPED_TRACE(golden.call + ", number " + std::to_string(at) +
                         " of input " + std::to_string(i) + " is " +
                         std::to_string(value));
            OpCase odd = op_case;
            odd.inputs[i].Set(at, static_cast<Bits>(value));
            Try(odd);
          }
        }
      }
      if (k > 0 &&
          BitsOf(
              op.inputs[static_cast<size_t>(op.value_inputs[0])].dtypes[k]) ==
              64) {
        break;
      }
    }
  }
  EXPECT_GE(seen.size(), 30u);
}

TEST(MovesTest, DeclaredShapesMustBeThoseOfTheValues) {
  Prng prng(TestSeed());
  const OpCase op_case =
      OpCaseOf("Slice x=f32[4,5] offsets={1,1} size={2,3}", 4, &prng);
  OpCall call;
  ASSERT_EQ(CallOf(op_case, &call).message, "");
  call.const_inputs.clear();
  call.outputs[0].shape = {3, 3};
  ASSERT_EQ(CheckOutputs(call).message, "");
  std::vector<TestTensor> inputs = op_case.inputs;
  TestTensor y = MakeTensor(DataType::kFloat, {3, 3});
  Operands operands;
  for (TestTensor& x : inputs) {
    operands.inputs.push_back({x.data.data(), x.data.size()});
  }
  operands.outputs = {{y.data.data(), y.data.size()}};
  EXPECT_EQ(RunSerially(call, operands).message,
            "Slice: output 0 shape: given [3,3], expected [2,3]");
}

TEST(MovesTest, RefusalsSayWhy) {
  const auto x = [](const Shape& shape) {
    return MakeTensor(DataType::kFloat, shape);
  };
  const auto ints = [](const std::vector<int64_t>& values) {
    return IntTensor(DataType::kInt32, values);
  };
  using List = std::vector<int64_t>;
  EXPECT_EQ(Refusal("Reshape", {x({2, 3}), ints({4, -1})}),
            "Reshape: input shape: given [4,-1], expected as many elements as "
            "[2,3]");
  EXPECT_EQ(Refusal("Tile", {x({2, 3}), ints({2})}),
            "Tile: input multiples: given 1 numbers, expected 2");
  EXPECT_EQ(Refusal("Pad", {x({2}), ints({-1, 0})}),
            "Pad: input paddings: given -1 and 0, expected numbers that fit an "
            "extent of 2");
  EXPECT_EQ(Refusal("PadV3", {x({2}), ints({0, 2})},
                    {{"mode", std::string("reflect")}}),
            "PadV3: input paddings: given 0 and 2, expected numbers that fit "
            "an extent of 2");
  EXPECT_EQ(Refusal("StridedSlice", {x({2}), ints({0}), ints({2}), ints({0})}),
            "StridedSlice: strides: given [0], expected no 0");
  EXPECT_EQ(Refusal("SplitD", {x({4})},
                    {{"split_dim", int64_t{0}}, {"num_split", int64_t{3}}}),
            "SplitD: attribute num_split: given 3, expected a divisor of 4 "
            "from 1 to 65536");
  EXPECT_EQ(Refusal("Unpack", {x({4})}, {{"num", int64_t{3}}}),
            "Unpack: attribute num: given 3, expected 4, at least 1 and at "
            "most 65536");
  EXPECT_EQ(Refusal("SqueezeV2", {x({2, 1})}, {{"axis", List{0}}}),
            "SqueezeV2: attribute axis: given 0, expected an extent of 1 in "
            "[2,1]");
  EXPECT_EQ(Refusal("TransData", {x({2, 3, 4})},
                    {{"src_format", std::string("ND")},
                     {"dst_format", std::string("NC1HWC0")}}),
            "TransData: plain format and shape: given ND[2,3,4], expected NCHW "
            "or NHWC with 4 extents");
}

TEST(MovesTest, IndexOutOfRangeIsADeviceException) {
  Prng prng(TestSeed());
  const std::pair<const char*, const char*> cases[] = {
      {"GatherV2 x=[4,3] indices={1,4} axis={0}",
       "GatherV2: input indices: given 4, expected an index of an extent of "
       "4"},
      {"Gather x=[4,3] indices={-1}",
       "Gather: input indices: given -1, expected an index of an extent of 4"},
      {"GatherElements x=[4,3] index={-5}:[1,1]",
       "GatherElements: input index: given -5, expected an index of an extent "
       "of 4"},
      {"ScatterAdd var=[4,3] indices={0,9} updates=[2,3]",
       "ScatterAdd: input indices: given 9, expected an index of an extent of "
       "4"},
      {"ScatterNd indices={0,3}:[1,2] x=[1] shape={4,3}",
       "ScatterNd: input indices: given 3, expected an index of an extent of "
       "3"},
      {"UnsortedSegmentSumD x=[2,3] segment_ids={0,2} num_segments=2",
       "UnsortedSegmentSumD: input segment_ids: given 2, expected an index of "
       "an extent of 2"}};
  for (const auto& [text, expected] : cases) {
    OpCase op_case = OpCaseOf(text, 0, &prng);
    OpCall call;
    ASSERT_EQ(CallOf(op_case, &call).message, "") << text;
    TestTensor y = MakeTensor(call.outputs[0].dtype, call.outputs[0].shape);
    Operands operands;
    for (TestTensor& x : op_case.inputs) {
      operands.inputs.push_back({x.data.data(), x.data.size()});
    }
    operands.outputs = {{y.data.data(), y.data.size()}};
    EXPECT_EQ(RunSerially(call, operands).message, expected);
  }
}

}  // namespace
}  // namespace npuemu::kernels
