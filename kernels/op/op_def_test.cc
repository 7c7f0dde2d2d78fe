// CheckCall's sentences, CheckOutputs, attributes and broadcasting.

#include "kernels/op/op_def.h"

#include <gtest/gtest.h>

#include "kernels/op/axes.h"
#include "kernels/op/broadcast.h"

namespace npuemu::kernels {
namespace {

OpStatus InferTwo(const OpCall&, std::vector<TensorSpec>* outputs) {
  *outputs = {{DataType::kFloat, Format::kNd, {2}}};
  return {};
}

constexpr auto kF16 = DataType::kFloat16;
constexpr auto kF32 = DataType::kFloat;
constexpr auto kS32 = DataType::kInt32;

// x, list*, mask? -> y, two combinations.
OpDef MakeTestOp() {
  return OpDef{.type = "Test",
               .engine = Engine::kVector,
               .basis = DtypeBasis::kPrototype,
               .inputs = {{"x", ParamKind::kRequired, {kF16, kF32}},
                          {"list", ParamKind::kDynamic, {kF32, kF16}},
                          {"mask", ParamKind::kOptional, {kS32, kS32}}},
               .outputs = {{"y", ParamKind::kRequired, {kF32, kF32}}},
               .attrs = {{"axis", AttrKind::kInt, true, int64_t{0}},
                         {"flag", AttrKind::kBool, false, true}},
               .infer = InferTwo,
               .items = [](const OpCall&, int) -> int64_t { return 0; },
               .compute = [](const OpCall&, const Operands&, int, int64_t,
                             int64_t) -> OpStatus { return {}; },
               .cost = [](const OpCall&) { return Work(); },
               .exactness = "none"};
}

TensorSpec Spec(DataType dtype, Shape shape = {2}) {
  return {dtype, Format::kNd, std::move(shape)};
}

class CheckCallTest : public testing::Test {
 protected:
  CheckCallTest() : op_(MakeTestOp()) {
    call_.op = &op_;
    call_.inputs = {Spec(kF16), Spec(kF32), Spec(kF32), TensorSpec()};
    call_.outputs = {Spec(kF32)};
    call_.attrs = {{"axis", int64_t{1}}};
  }
  std::string Message() { return CheckCall(&call_).message; }

  OpDef op_;
  OpCall call_;
};

TEST_F(CheckCallTest, AcceptsAndFillsFallbacks) {
  EXPECT_EQ(Message(), "");
  EXPECT_EQ(call_.attrs.size(), 2u);
  EXPECT_TRUE(AttrOr(call_.attrs, "flag", false));
  EXPECT_EQ(CheckOutputs(call_).message, "");
}

TEST_F(CheckCallTest, NamesTheCount) {
  call_.inputs = {Spec(kF16)};
  EXPECT_EQ(Message(), "Test: input count: given 1, expected 3");
}

TEST_F(CheckCallTest, NamesTheAbsentOperand) {
  call_.inputs[2] = TensorSpec();
  EXPECT_EQ(Message(), "Test: input list1: given none, expected a tensor");
}

TEST_F(CheckCallTest, NamesTheDtype) {
  call_.inputs[0].dtype = DataType::kInt8;
  EXPECT_EQ(Message(), "Test: input x: given int8, expected float16, float");
}

TEST_F(CheckCallTest, NamesTheCombination) {
  call_.inputs[2].dtype = kF16;
  EXPECT_EQ(Message(),
            "Test: input list1: given float16, expected float beside input x "
            "float16, input list0 float");
}

TEST_F(CheckCallTest, NamesTheFormat) {
  call_.outputs[0].format = Format::kFractalNz;
  EXPECT_EQ(Message(),
            "Test: output y format: given FRACTAL_NZ, expected ND, NCHW, "
            "NHWC");
}

TEST_F(CheckCallTest, NamesTheExtent) {
  call_.inputs[1].shape = {3, -1};
  EXPECT_EQ(Message(),
            "Test: input list0 shape: given [3,-1], expected extents >= 0 "
            "whose product fits in int64");
}

TEST_F(CheckCallTest, NamesTheAttribute) {
  call_.attrs = {};
  EXPECT_EQ(Message(), "Test: attribute axis: given none, expected int");
  call_.attrs = {{"axis", 1.0f}};
  EXPECT_EQ(Message(), "Test: attribute axis: given float, expected int");
  call_.attrs = {{"axis", int64_t{1}}, {"asix", int64_t{1}}};
  EXPECT_EQ(Message(), "Test: attribute name: given asix, expected axis, flag");
}

TEST_F(CheckCallTest, DropsIgnoredAttributes) {
  op_.ignored_attrs = {{"hint", AttrKind::kBool, false, false}};
  call_.attrs = {{"axis", int64_t{1}}, {"hint", true}};
  EXPECT_EQ(Message(), "");
  EXPECT_EQ(call_.attrs.count("hint"), 0u);
  EXPECT_EQ(call_.attrs.count("flag"), 1u);
  call_.attrs = {{"axis", int64_t{1}}, {"hint", int64_t{1}}};
  EXPECT_EQ(Message(), "Test: attribute hint: given int, expected bool");
}

TEST_F(CheckCallTest, NamesShortConstInput) {
  const std::byte bytes[4] = {};
  call_.const_inputs.resize(4);
  call_.const_inputs[1] = bytes;
  EXPECT_EQ(Message(), "Test: const input 1: given 4 bytes, expected 8 bytes");
}

TEST_F(CheckCallTest, OutputsAreCompared) {
  call_.outputs[0].shape = {3};
  EXPECT_EQ(CheckOutputs(call_).message,
            "Test: output 0 shape: given [3], expected [2]");
}

TEST(AttrsTest, Text) {
  EXPECT_EQ(ToString(AttrValue(true)), "true");
  EXPECT_EQ(ToString(AttrValue(int64_t{-7})), "-7");
  EXPECT_EQ(ToString(AttrValue(0.5f)), "0.5");
  EXPECT_EQ(ToString(AttrValue(std::string("NCHW"))), "\"NCHW\"");
  EXPECT_EQ(ToString(AttrValue(kF16)), "float16");
  EXPECT_EQ(ToString(AttrValue(std::vector<uint8_t>{1, 0})), "[true,false]");
  EXPECT_EQ(ToString(AttrValue(std::vector<std::vector<int64_t>>{{1, 2}, {}})),
            "[[1,2],[]]");
  EXPECT_STREQ(NameOf(AttrKind::kListListInt), "list_list_int");
  EXPECT_STREQ(NameOf(KindOf(AttrValue(std::vector<DataType>{}))),
               "list_data_type");
}

TEST(AttrsTest, WrongKindFallsBack) {
  const Attrs attrs = {{"n", int64_t{3}}};
  EXPECT_EQ(AttrOr<int64_t>(attrs, "n", 0), 3);
  EXPECT_EQ(AttrOr<float>(attrs, "n", 2), 2);
  EXPECT_EQ(AttrOr<int64_t>(attrs, "m", 5), 5);
}

TEST(BroadcastTest, Shapes) {
  EXPECT_EQ(BroadcastShape({2, 1}, {3}), (Shape{2, 3}));
  EXPECT_EQ(BroadcastShape({}, {4, 0}), (Shape{4, 0}));
  EXPECT_EQ(BroadcastShape({0}, {1}), (Shape{0}));
  EXPECT_EQ(BroadcastShape({2}, {3}), std::nullopt);
  EXPECT_EQ(BroadcastShape({0}, {3}), std::nullopt);
}

TEST(BroadcastTest, EqualShapesAndScalarsAreOneRun) {
  EXPECT_EQ(PlanBroadcast({{2, 3, 4}, {2, 3, 4}}, {2, 3, 4}).extents,
            (std::vector<int64_t>{24}));
  EXPECT_EQ(PlanBroadcast({{2, 3, 4}, {}}, {2, 3, 4}).extents,
            (std::vector<int64_t>{24}));
  EXPECT_EQ(PlanBroadcast({{2, 3, 4}, {4}}, {2, 3, 4}).extents,
            (std::vector<int64_t>{6, 4}));
}

TEST(DigitsTest, NeighboursThatFollowEachOtherAreOneDigit) {
  Digits merged;  // axes 2 and 3 of [2,3,4,5]
  merged.Push(4, 5);
  merged.Push(5, 1);
  EXPECT_EQ(merged.extents, (std::vector<int64_t>{20}));
  EXPECT_EQ(merged.Offset(7), 7);
  Digits split;  // axes 0 and 2 of [2,3,4]
  split.Push(2, 12);
  split.Push(4, 1);
  EXPECT_EQ(split.extents, (std::vector<int64_t>{2, 4}));
  EXPECT_EQ(split.Offset(5), 12 + 1);
}

}  // namespace
}  // namespace npuemu::kernels
