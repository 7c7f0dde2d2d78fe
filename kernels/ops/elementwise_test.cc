// Every element-wise operator against the text of docs/sequences.md, bit for
// bit: all dtype columns, all values of 16-bit and narrower types of unary
// operators, random and special values of the rest, broadcasting, in place.

#include "kernels/op/elementwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "kernels/op/stream_out.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"
#include "kernels/testing/sequence.h"

namespace npuemu::kernels {
namespace {

const reference::Sequences& Document() {
  static const auto& document = *new reference::Sequences(
      reference::ReadSequences({"docs/sequences.md"}));
  return document;
}

std::vector<const OpDef*> ElementwiseOps() {
  std::vector<const OpDef*> ops;
  for (const OpDef* op : AllOps()) {
    // Abs has a test of its own; where an input lies along channels, shapes are
    // not free: channels_test.cc.
    if (op->compute != ComputeElementwise) continue;
    if (op->elementwise->align == nullptr) ops.push_back(op);
  }
  return ops;
}

// Attribute values to try: the defaults, or something telling where there is
// none.
Attrs SomeAttrs(const OpDef& op, uint64_t round) {
  constexpr float kNumbers[] = {0.5f, 1.25f, 3.0f, 0.1f};
  Attrs attrs;
  if (op.type == std::string("LogAddExp")) return attrs;  // the defaults only
  uint64_t k = round;
  for (const AttrSpec& attr : op.attrs) {
    if (!attr.required && round == 0) continue;
    if (attr.kind == AttrKind::kFloat) attrs[attr.name] = kNumbers[k++ % 4];
    if (attr.kind == AttrKind::kInt && attr.required) {
      attrs[attr.name] = int64_t{attr.name == std::string("N") ? 3 : 2};
    }
    if (attr.kind == AttrKind::kBool) attrs[attr.name] = round % 2 == 1;
    if (attr.name == std::string("reduction")) {
      attrs[attr.name] = std::string("none");
    }
    if (attr.name == std::string("round_mode")) {
      attrs[attr.name] = std::string("Floor");
    }
  }
  return attrs;
}

std::map<std::string, double> Numbers(const OpDef& op, const Attrs& attrs,
                                      int64_t elements) {
  std::map<std::string, double> numbers;
  numbers["elements"] = static_cast<float>(elements);
  for (const AttrSpec& attr : op.attrs) {
    const auto it = attrs.find(attr.name);
    const AttrValue& value = it == attrs.end() ? attr.fallback : it->second;
    if (const auto* f = std::get_if<float>(&value)) numbers[attr.name] = *f;
    if (const auto* b = std::get_if<bool>(&value)) numbers[attr.name] = *b;
    if (const auto* i = std::get_if<int64_t>(&value)) {
      numbers[attr.name] = static_cast<double>(*i);
    }
    if (const auto* word = std::get_if<std::string>(&value)) {
      numbers[attr.name] = *word == "mean" ? 1 : *word == "Floor" ? 1 : 0;
    }
  }
  return numbers;
}

// The elements beside each output element, by the naive walk.
reference::Values Spread(const TestTensor& x, const Shape& out) {
  reference::Values values{ReferenceType(x.spec.dtype), {}};
  const int64_t count = ElementCount(out);
  for (int64_t i = 0; i < count; ++i) {
    int64_t offset = 0;
    int64_t stride = 1;
    int64_t rest = i;
    for (size_t d = out.size(), e = x.spec.shape.size(); d-- > 0;) {
      const int64_t digit = rest % out[d];
      rest /= out[d];
      if (e == 0) continue;
      const int64_t extent = x.spec.shape[--e];
      offset += extent == 1 ? 0 : digit * stride;
      stride *= extent;
    }
    values.bits.push_back(x.Get(offset));
  }
  return values;
}

// What the document says of the call.
std::map<std::string, reference::Values> Written(
    const OpDef& op, const std::vector<reference::Values>& inputs,
    const Attrs& attrs, int64_t elements,
    std::map<std::string, reference::Type> types, bool saturate) {
  // Some operators are another sequence where attributes are given.
  std::string name = op.type;
  if (!attrs.empty() && Document().count(name + "_with") != 0 &&
      reference::IsFloat(inputs[0].type)) {
    name += "_with";
  }
  const auto numbers = Numbers(op, attrs, elements);
  const auto evaluate = [&](const std::vector<reference::Values>& x) {
    return reference::Evaluate(Document(), name, x, numbers, types, saturate);
  };
  if (op.inputs[0].kind != ParamKind::kDynamic) return evaluate(inputs);
  // Folded; what comes out between is not cast back.
  const auto last = types;
  for (auto& [output, type] : types) {
    if (reference::IsFloat(type)) type = reference::Type::kF32;
  }
  reference::Values sum = inputs[0];
  for (size_t k = 1; k + 1 < inputs.size(); ++k) {
    sum = evaluate({sum, inputs[k]}).at(op.outputs[0].name);
  }
  types = last;
  return evaluate({sum, inputs.back()});
}

uint64_t g_elements = 0;

class ElementwiseTest : public testing::Test {
 protected:
  ~ElementwiseTest() override {
    std::printf("cases: %llu elements\n",
                static_cast<unsigned long long>(g_elements));
    g_elements = 0;
  }
};

void ExpectEqual(const TestTensor& given, const std::vector<uint64_t>& expected,
                 const std::vector<reference::Values>& inputs) {
  int wrong = 0;
  g_elements += static_cast<uint64_t>(given.spec.count());
  for (int64_t i = 0; i < given.spec.count() && wrong < 3; ++i) {
    const auto at = static_cast<size_t>(i);
    const uint64_t want = expected[expected.size() == 1 ? 0 : at];
    if (given.Get(i) == want) continue;
    ++wrong;
    std::stringstream text;
    for (const auto& x : inputs) text << " " << std::hex << x.bits[at];
    ADD_FAILURE() << "of" << text.str() << ": given " << std::hex
                  << given.Get(i) << ", expected " << want;
  }
}

void ExpectAsWritten(const OpDef& op, const std::vector<TestTensor>& inputs,
                     const Attrs& attrs, bool saturate) {
  std::string what = op.type;
  for (const TestTensor& x : inputs) {
    what += std::string(" ") + NameOf(x.spec.dtype) + ToString(x.spec.shape);
  }
  SCOPED_TRACE(what + (saturate ? " SAT" : "") + ", seed " +
               std::to_string(TestSeed()));
  const auto outputs = RunOp(op.type, inputs, attrs, {.saturate = saturate});
  ASSERT_EQ(outputs.size(), op.outputs.size());
  std::vector<reference::Values> values;
  for (const TestTensor& x : inputs) {
    values.push_back(Spread(x, outputs[0].spec.shape));
  }
  std::map<std::string, reference::Type> types;
  for (size_t k = 0; k < outputs.size(); ++k) {
    types[op.outputs[k].name] = ReferenceType(outputs[k].spec.dtype);
  }
  const auto expected =
      Written(op, values, attrs, outputs[0].spec.count(), types, saturate);
  for (size_t k = 0; k < outputs.size(); ++k) {
    SCOPED_TRACE(op.outputs[k].name);
    const auto it = expected.find(op.outputs[k].name);
    ASSERT_NE(it, expected.end()) << "not assigned in the document";
    ExpectEqual(outputs[k], it->second.bits, values);
  }
}

// AddressSanitizer looks for other mistakes: a fifth of the elements will do.
#if defined(__SANITIZE_ADDRESS__)
constexpr int64_t kShare = 5;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr int64_t kShare = 5;
#else
constexpr int64_t kShare = 1;
#endif
#else
constexpr int64_t kShare = 1;
#endif

bool AllValuesWanted() {
  for (const std::string& argument : testing::internal::GetArgvs()) {
    if (argument == "--all_values") return true;
  }
  return false;
}

// All values of the type, or every `step`th.
TestTensor AllValues(DataType dtype, int64_t step) {
  const int64_t count = int64_t{1} << BitsOf(dtype);
  const bool is_bool = dtype == DataType::kBool;
  TestTensor x = MakeTensor(dtype, {is_bool ? 2 : (count + step - 1) / step});
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    x.Set(i, static_cast<uint64_t>(i * step));
  }
  return x;
}

// Inputs of column k of the operator's dtypes.
std::vector<TestTensor> InputsOf(const OpDef& op, size_t k,
                                 const std::vector<Shape>& shapes, Prng* prng) {
  std::vector<TestTensor> inputs;
  const bool list = op.inputs[0].kind == ParamKind::kDynamic;
  for (size_t i = 0; i < (list ? 3 : op.inputs.size()); ++i) {
    inputs.push_back(RandomTensor(op.inputs[list ? 0 : i].dtypes[k],
                                  shapes[std::min(i, shapes.size() - 1)],
                                  prng));
  }
  return inputs;
}

TEST_F(ElementwiseTest, EveryColumnIsAsWritten) {
  Prng prng(TestSeed());
  for (const OpDef* op : ElementwiseOps()) {
    for (size_t k = 0; k < op->inputs[0].dtypes.size(); ++k) {
      for (uint64_t round = 0; round < 2; ++round) {
        const Attrs attrs = SomeAttrs(*op, round);
        if (round == 1 && attrs.empty()) continue;
        const auto inputs = InputsOf(*op, k, {{3, 300 / kShare}}, &prng);
        ExpectAsWritten(*op, inputs, attrs, (k + round) % 2 == 1);
      }
    }
  }
}

// More elements than a table of results takes to pay.
TEST_F(ElementwiseTest, EveryValueOfNarrowTypes) {
  Prng prng(TestSeed());
  for (const OpDef* op : ElementwiseOps()) {
    if (op->inputs.size() != 1) continue;
    if (op->inputs[0].kind == ParamKind::kDynamic) continue;
    for (size_t k = 0; k < op->inputs[0].dtypes.size(); ++k) {
      const DataType dtype = op->inputs[0].dtypes[k];
      if (BitsOf(dtype) > 16) continue;
      // The reference of a composite is slow: some of the values, and all of
      // them in elementwise_all_values_test.
      const int64_t step =
          op->elementwise->by_table && !AllValuesWanted() && BitsOf(dtype) == 16
              ? 31 * kShare
              : 1;
      ExpectAsWritten(*op, {AllValues(dtype, step)}, SomeAttrs(*op, 0), false);
      if (LaneOf(dtype) != Lane::kFloat) continue;
      ExpectAsWritten(*op,
                      {AllValues(dtype, AllValuesWanted() ? 1 : 61 * kShare)},
                      SomeAttrs(*op, 0), true);
    }
  }
}

TEST_F(ElementwiseTest, BroadcastsAsNumpyDoes) {
  const std::vector<std::vector<Shape>> kShapes = {
      {{}, {}, {}},
      {{7}, {}, {7}},
      {{}, {3, 5}, {1}},
      {{3, 5}, {5}, {3, 1}},
      {{3, 1}, {1, 5}, {5}},
      {{2, 3, 4}, {3, 1}, {4}},
      {{1}, {2, 1, 3}, {2, 1, 1}},
      {{0, 3}, {1, 3}, {3}},
      {{300, 3}, {3}, {1}},
      {{2, 2, 3, 2}, {2, 1, 2}, {2, 2, 1, 1}}};
  Prng prng(TestSeed());
  for (const OpDef* op : ElementwiseOps()) {
    if (op->inputs.size() < 2 || op->elementwise->infer != nullptr) continue;
    for (const auto& shapes : kShapes) {
      const size_t k = prng.Below(op->inputs[0].dtypes.size());
      ExpectAsWritten(*op, InputsOf(*op, k, shapes, &prng), SomeAttrs(*op, 0),
                      false);
    }
  }
}

TEST_F(ElementwiseTest, OutputMayLieOverAnInput) {
  Prng prng(TestSeed());
  for (const OpDef* op : ElementwiseOps()) {
    SCOPED_TRACE(op->type);
    const auto inputs = InputsOf(*op, 0, {{1333}}, &prng);
    const auto expected = RunOp(op->type, inputs, SomeAttrs(*op, 0));
    if (expected[0].data.size() != inputs[0].data.size()) continue;
    for (size_t over = 0; over < inputs.size(); ++over) {
      auto copies = inputs;
      OpCall call;
      call.op = op;
      call.attrs = SomeAttrs(*op, 0);
      for (const AttrSpec& attr : op->attrs) {
        call.attrs.emplace(attr.name, attr.fallback);
      }
      Operands operands;
      for (TestTensor& x : copies) {
        call.inputs.push_back(x.spec);
        operands.inputs.push_back({x.data.data(), x.data.size()});
      }
      std::vector<TestTensor> outputs = expected;
      for (TestTensor& y : outputs) {
        call.outputs.push_back(y.spec);
        operands.outputs.push_back({y.data.data(), y.data.size()});
      }
      if (copies[over].data.size() != expected[0].data.size()) continue;
      operands.outputs[0] = operands.inputs[over];
      ASSERT_TRUE(RunSerially(call, operands).ok());
      EXPECT_EQ(copies[over].data, expected[0].data) << "input " << over;
    }
  }
}

// Canary: a document with one rounding or one order changed must be noticed.
TEST_F(ElementwiseTest, AChangedDocumentIsNoticed) {
  struct Change {
    const char* type;
    const char* from;
    const char* to;
  };
  const Change changes[] = {
      {"FusedMulAddAdd", "y = x1 * x2 + x3 + x4", "y = x1 * x2 + x4 + x3"},
      {"Rint", "    Rint(x) in T\n      y = rint(x)",
       "    Rint(x) in T\n      y = round(x)"},
      {"Lerp", "y = start + weight * (end - start)",
       "y = start + (weight * end - weight * start)"},
      {"Mish", "y = x * tanh(softplus(x))", "y = tanh(softplus(x) * x)"},
      {"Sigmoid", "y = 1 / (exp(x * -1) + 1)",
       "y = recip(1 + exp(x)) * exp(x)"},
      {"Addcmul", "(x1 * x2) * value", "x1 * (x2 * value)"}};
  std::ifstream file("docs/sequences.md");
  std::stringstream text;
  text << file.rdbuf();
  Prng prng(TestSeed());
  for (const Change& change : changes) {
    SCOPED_TRACE(change.type);
    std::string changed = text.str();
    const size_t at = changed.find(change.from);
    ASSERT_NE(at, std::string::npos);
    changed.replace(at, std::string(change.from).size(), change.to);
    const std::string path = testing::TempDir() + "/changed.md";
    std::ofstream(path) << changed;
    const OpDef& op = *FindOp(change.type);
    const auto& dtypes = op.inputs[0].dtypes;
    const auto column = static_cast<size_t>(
        std::find(dtypes.begin(), dtypes.end(), DataType::kFloat) -
        dtypes.begin());
    const auto inputs = InputsOf(op, column, {{3000}}, &prng);
    const Attrs attrs = SomeAttrs(op, 0);
    const auto y = RunOp(op.type, inputs, attrs);
    std::vector<reference::Values> values;
    for (const TestTensor& x : inputs) values.push_back(Spread(x, {3000}));
    const auto written = reference::Evaluate(
        reference::ReadSequences({path}), op.type, values,
        Numbers(op, attrs, 3000),
        {{op.outputs[0].name, ReferenceType(y[0].spec.dtype)}}, false);
    const auto& bits = written.at(op.outputs[0].name).bits;
    size_t differences = 0;
    for (size_t i = 0; i < bits.size(); ++i) {
      differences += y[0].Get(static_cast<int64_t>(i)) != bits[i] ? 1 : 0;
    }
    EXPECT_GT(differences, 0u);
  }
}

// fn(part of a long tensor, the short one, bytes) over all of the long one.
template <typename Fn>
void ForEachPeriod(TestTensor& many, const TestTensor& few, const Fn& fn) {
  const size_t period = few.data.size();
  for (size_t at = 0; at < many.data.size(); at += period) {
    fn(many.data.data() + at, few.data.data(),
       std::min(period, many.data.size() - at));
  }
}

// Outputs that no cache holds are stored another way (stream_out.h): the bytes
// are those of a short call, also behind the last whole block.
TEST_F(ElementwiseTest, LongOutputsAreShortOnesRepeated) {
  constexpr int64_t kShort = 4096;
  constexpr int64_t kLong = (int64_t{8} << 20) + 5;
  Prng prng(TestSeed());
  struct Case {
    const char* type;
    DataType dtype;
    size_t inputs;
    Attrs attrs;
  };
  const Case cases[] = {
      {"Add", DataType::kFloat16, 2, {}},
      {"Neg", DataType::kFloat, 1, {}},
      {"Cast", DataType::kFloat, 1, {{"dst_type", int64_t{1}}}}};
  for (const Case& c : cases) {
    std::vector<TestTensor> few;
    std::vector<TestTensor> many;
    for (size_t k = 0; k < c.inputs; ++k) {
      few.push_back(RandomTensor(c.dtype, {kShort}, &prng));
      many.push_back(MakeTensor(c.dtype, {kLong}));
      ForEachPeriod(many[k], few[k],
                    [](std::byte* to, const std::byte* from, size_t n) {
                      std::memcpy(to, from, n);
                    });
    }
    const TestTensor want = RunOp(c.type, few, c.attrs)[0];
    TestTensor got = RunOp(c.type, many, c.attrs)[0];
    ASSERT_GE(got.data.size(), kStreamedBytes);
    size_t differences = 0;
    ForEachPeriod(got, want,
                  [&](std::byte* y, const std::byte* from, size_t n) {
                    differences += std::memcmp(y, from, n) != 0 ? 1 : 0;
                  });
    EXPECT_EQ(differences, 0u) << c.type;
  }
}

TEST_F(ElementwiseTest, RefusesShapesThatDoNotBroadcast) {
  const TestTensor a = MakeTensor(DataType::kFloat, {2, 3});
  EXPECT_EQ(Refusal("Add", {a, MakeTensor(DataType::kFloat, {2, 4})}),
            "Add: input x2 shape: given [2,4], expected a shape that "
            "broadcasts with [2,3]");
}

}  // namespace
}  // namespace npuemu::kernels
