#include "acl_shim/om/single_op_json.h"

#include <string>

#include "emulator/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

using kernels::DataType;
using kernels::Format;
using ::testing::HasSubstr;

bool IsKnown(std::string_view type) { return type != "Unknown"; }

absl::StatusOr<std::vector<SingleOpRequest>> Parse(const std::string& text) {
  return ParseSingleOpJson(text, "ops.json", IsKnown);
}

// One operator `op` with the members of `rest` besides.
std::string Op(const std::string& rest, const std::string& op = "Abs") {
  return "[{\"op\": \"" + op + "\"" + (rest.empty() ? "" : ", ") + rest + "}]";
}

std::string Desc(const std::string& members) {
  return Op("\"input_desc\": [{" + members + "}]");
}

std::string Attr(const std::string& members) {
  return Op("\"attr\": [{" + members + "}]");
}

const char kTensor[] = "\"format\": \"ND\", \"shape\": [2], \"type\": ";

void ExpectError(const std::string& text, const std::string& id,
                 const std::string& message) {
  const auto requests = Parse(text);
  absl::Status status = requests.status();
  if (requests.ok()) {
    ASSERT_EQ(requests->size(), 1u) << text;
    status = (*requests)[0].status;
  }
  EXPECT_EQ(MessageIdOf(status), id) << status << "\n" << text;
  EXPECT_THAT(std::string(status.message()), HasSubstr(message)) << text;
}

TEST(SingleOpJsonTest, DemoPipeline) {
  const auto requests =
      ReadSingleOpJson("testdata/singleop/demo_pipeline.json", IsKnown);
  ASSERT_TRUE(requests.ok()) << requests.status();
  ASSERT_EQ(requests->size(), 4u);
  const kernels::TensorSpec spec = {DataType::kFloat16, Format::kNd, {64, 64}};
  for (const SingleOpRequest& request : *requests) {
    ASSERT_TRUE(request.status.ok()) << request.status;
    EXPECT_EQ(request.model.outputs[0].spec, spec);
    EXPECT_FALSE(request.model.dynamic);
  }
  EXPECT_EQ((*requests)[0].file_name,
            "0_MatMulV2_1_2_64_64_1_2_64_64_1_2_64_64.om");
  EXPECT_EQ((*requests)[3].file_name, "3_SoftmaxV2_1_2_64_64_1_2_64_64.om");
  EXPECT_EQ((*requests)[3].model.attrs,
            (kernels::Attrs{{"axes", std::vector<int64_t>{-1}}}));
}

TEST(SingleOpJsonTest, DynamicShapeHasOneRangePerExtent) {
  const auto requests =
      ReadSingleOpJson("testdata/singleop/dynamic_add.json", IsKnown);
  ASSERT_TRUE(requests.ok()) << requests.status();
  const SingleOpRequest& request = (*requests)[0];
  ASSERT_TRUE(request.status.ok()) << request.status;
  EXPECT_TRUE(request.model.dynamic);
  EXPECT_EQ(request.file_name, "add_dynamic.om");
  EXPECT_EQ(request.model.inputs[0].shape_range,
            (std::vector<DimRange>{{1, -1}, {16, 16}}));
}

TEST(SingleOpJsonTest, EveryAttributeKind) {
  const auto requests =
      ReadSingleOpJson("testdata/singleop/every_attr_kind.json", IsKnown);
  ASSERT_TRUE(requests.ok()) << requests.status();
  const SingleOpRequest& request = (*requests)[0];
  ASSERT_TRUE(request.status.ok()) << request.status;
  EXPECT_EQ(
      request.model.attrs,
      (kernels::Attrs{{"a", true},
                      {"b", int64_t{-3}},
                      {"c", 0.5f},
                      {"d", std::string("text")},
                      {"e", std::vector<uint8_t>{1, 0}},
                      {"f", std::vector<int64_t>{1, 2}},
                      {"g", std::vector<float>{0.5f, 1}},
                      {"h", std::vector<std::string>{"p", "q"}},
                      {"i", std::vector<std::vector<int64_t>>{{1}, {2, 3}}},
                      {"j", DataType::kFloat16},
                      {"k", DataType::kBf16}}));
  const OmTensor& constant = request.model.inputs[0];
  EXPECT_TRUE(constant.is_const);
  EXPECT_EQ(constant.const_value.size(), 8u);
  EXPECT_EQ(constant.const_value[4], std::byte{0xfe});
  EXPECT_TRUE(request.model.inputs[1].spec.absent());
  EXPECT_EQ(request.model.outputs[0].origin_format, Format::kNchw);
  EXPECT_EQ(*Decode(Encode(request.model)), request.model);
}

TEST(SingleOpJsonTest, WordsOfTypesAndFormats) {
  const auto spec_of = [](const std::string& type, const std::string& format) {
    const auto requests = Parse(Desc("\"format\": \"" + format +
                                     "\", \"shape\": [], "
                                     "\"type\": \"" +
                                     type + "\""));
    EXPECT_TRUE((*requests)[0].status.ok()) << (*requests)[0].status;
    return (*requests)[0].model.inputs[0].spec;
  };
  EXPECT_EQ(spec_of("HALF", "nd").dtype, DataType::kFloat16);
  EXPECT_EQ(spec_of("fp16", "nchw").dtype, DataType::kFloat16);
  EXPECT_EQ(spec_of("Float32", "NHWC").dtype, DataType::kFloat);
  EXPECT_EQ(spec_of("uint1", "ND").dtype, DataType::kUint1);
  EXPECT_EQ(spec_of("bfloat16", "ND").dtype, DataType::kBf16);
  EXPECT_EQ(spec_of("complex128", "ND").dtype, DataType::kComplex128);
  EXPECT_EQ(spec_of("int8", "fractal_nz").format, Format::kFractalNz);
  EXPECT_EQ(spec_of("int8", "DHWCN").format, static_cast<Format>(31));
  EXPECT_EQ(spec_of("undefined", "reserved").format, Format::kUndefined);
}

TEST(SingleOpJsonTest, NamesOfFiles) {
  SingleOpModel conv;
  conv.op_type = "Conv2D";
  OmTensor tensor;
  tensor.spec = {DataType::kFloat16, Format::kNhwc, {2, -1}};
  conv.inputs = {tensor, OmTensor()};
  conv.outputs = {tensor};
  EXPECT_EQ(OmFileName(conv, 7, ""), "7_Conv2D_1_1_2_-1_28_40_1_1_2_-1.om");
  EXPECT_EQ(OmFileName(conv, 0, "my-conv_1.0"), "my-conv_1.0.om");
  for (const char* bad : {".", "..", "a/b", "a b", "\xc3\xa9"}) {
    EXPECT_EQ(OmFileName(conv, 0, bad), "0_Conv2D_1_1_2_-1_28_40_1_1_2_-1.om");
  }
  SingleOpModel path;
  path.op_type = "../x";
  EXPECT_EQ(OmFileName(path, 0, ""), "0_.._x.om");
  EXPECT_EQ(OmFileName(conv, 0, std::string(200, 'x')),
            std::string(128, 'x') + ".om");
}

TEST(SingleOpJsonTest, CompileFlagIsStickyAndSkipped) {
  const auto requests =
      Parse(R"([{"op": "A"}, {"compile_flag": 1}, {"op": "B"}, {"op": "C"}])");
  ASSERT_TRUE(requests.ok()) << requests.status();
  ASSERT_EQ(requests->size(), 3u);
  EXPECT_FALSE((*requests)[0].model.fuzzy());
  EXPECT_TRUE((*requests)[1].model.fuzzy());
  EXPECT_TRUE((*requests)[2].model.fuzzy());
  EXPECT_EQ((*requests)[1].index, 1u);
}

TEST(SingleOpJsonTest, DynamicInputGroupsAreNumbered) {
  const std::string tensor = "{" + std::string(kTensor) + "\"int8\"";
  const auto requests = Parse(Op("\"input_desc\": [" + tensor +
                                 ", \"dynamic_input\": \"x\", "
                                 "\"name\": \"loses\"}, " +
                                 tensor + ", \"name\": \"y\"}, " + tensor +
                                 ", \"dynamic_input\": \"x\"}]"));
  ASSERT_TRUE(requests.ok()) << requests.status();
  ASSERT_TRUE((*requests)[0].status.ok()) << (*requests)[0].status;
  const std::vector<OmTensor>& inputs = (*requests)[0].model.inputs;
  EXPECT_EQ(inputs[0].name, "x0");
  EXPECT_EQ(inputs[1].name, "y");
  EXPECT_EQ(inputs[2].name, "x1");
}

TEST(SingleOpJsonTest, OneWrongOperatorLeavesTheOthers) {
  const auto requests =
      Parse(R"([{"op": ""}, {"op": "Unknown"}, {"op": "Abs"}])");
  ASSERT_TRUE(requests.ok()) << requests.status();
  ASSERT_EQ(requests->size(), 3u);
  EXPECT_EQ(MessageIdOf((*requests)[0].status), "E10026");
  EXPECT_EQ(MessageIdOf((*requests)[1].status), "E14001");
  EXPECT_TRUE((*requests)[2].status.ok());
  EXPECT_EQ((*requests)[2].file_name, "2_Abs.om");
}

TEST(SingleOpJsonTest, FileErrors) {
  EXPECT_EQ(MessageIdOf(ReadSingleOpJson("", IsKnown).status()), "E10023");
  const absl::Status missing = ReadSingleOpJson("no.json", IsKnown).status();
  EXPECT_EQ(MessageIdOf(missing), "E10024");
  EXPECT_EQ(missing.message(),
            "Failed to open file no.json specified by --singleop.");
  EXPECT_EQ(MessageIdOf(ReadSingleOpJson("/", IsKnown).status()), "E10024");
}

TEST(SingleOpJsonTest, TextErrors) {
  ExpectError("", "E10025",
              "File ops.json specified by --singleop is not a "
              "valid JSON file. Reason: ");
  ExpectError("[{]", "E10025", "parse error");
  ExpectError(std::string("[\"\xff\"]"), "E10025", "UTF-8");
  ExpectError("[1e999]", "E10025", "number overflow");
  ExpectError(std::string(1 << 20, '['), "E10025", "nested deeper than 64");
  ExpectError(std::string(kMaxJsonBytes + 1, ' '), "E10025",
              "expected at most 10485760");
  // Brackets in strings are no nesting.
  EXPECT_TRUE(
      Parse(Op("\"name\": \"" + std::string(100, '[') + "\\\"[\"")).ok());
}

TEST(SingleOpJsonTest, StructureErrors) {
  ExpectError("{}", "E10032",
              "Failed to parse JSON file ops.json. Reason: "
              "type must be array, but is object.");
  ExpectError("[1]", "E10032", "type must be object, but is number");
  ExpectError("[{}]", "E10032", "key 'op' not found");
  ExpectError(R"([{"op": 1}])", "E10032", "'op': type must be string");
  ExpectError(R"([{"compile_flag": "1"}])", "E10032", "must be integer");
  ExpectError(Op("\"input_desc\": {}"), "E10032",
              "'input_desc': type must be array");
  ExpectError(Desc(""), "E10032", "key 'format' not found");
  ExpectError(Desc("\"format\": \"ND\""), "E10032", "key 'type' not found");
  ExpectError(Desc("\"format\": \"ND\", \"type\": \"int8\""), "E10032",
              "key 'shape' not found");
  ExpectError(Desc("\"format\": \"ND\", \"type\": \"int8\", "
                   "\"shape\": [1.5]"),
              "E10032", "'shape': type must be integer");
  ExpectError(Desc("\"format\": \"ND\", \"type\": \"int8\", "
                   "\"shape\": [9223372036854775808]"),
              "E10032", "out of the range of int64");
  ExpectError(Attr("\"name\": \"a\", \"type\": \"int\", \"value\": true"),
              "E10032", "'value': type must be integer, but is boolean");
  ExpectError(Attr("\"name\": \"a\", \"type\": \"int\""), "E10032",
              "key 'value' not found");
}

TEST(SingleOpJsonTest, TensorErrors) {
  ExpectError(Desc(std::string(kTensor) + "\"int7\""), "E10027",
              "Attribute datatype of input tensor 0 for Op Abs is invalid "
              "when --singleop is specified.");
  ExpectError(Desc("\"format\": \"XY\", \"shape\": [], \"type\": \"int8\""),
              "E10027", "Attribute format of input tensor 0");
  ExpectError(Desc(std::string(kTensor) + "\"undefined\""), "E10027",
              "Attribute dataType or format of input tensor 0");
  ExpectError(Op("\"output_desc\": [{\"format\": \"RESERVED\", "
                 "\"shape\": [], \"type\": \"undefined\"}]"),
              "E10027", "of output tensor 0");
  const std::string range =
      "\"format\": \"ND\", \"type\": \"int8\", "
      "\"shape\": [-1, 2], \"shape_range\": ";
  ExpectError(Desc(range + "[]"), "E13014",
              "Value [] of parameter shape_range for Op Abs is invalid. "
              "Reason: it has 0 pairs, expected 1");
  ExpectError(Desc(range + "[[1,2],[2,2]]"), "E13014", "it has 2 pairs");
  ExpectError(Desc(range + "[[3,2]]"), "E13014", "expected [low,high]");
  ExpectError(Desc(range + "[[1]]"), "E13014", "expected [low,high]");
  ExpectError(Desc(range + "[[-1,2]]"), "E13014", "expected [low,high]");
  ExpectError(Desc(range + "[1]"), "E10032", "type must be array");
  ExpectError(Desc("\"format\": \"ND\", \"type\": \"int8\", "
                   "\"shape\": [-3]"),
              "E13014", "Value [-3] of parameter shape for Op Abs");
  ExpectError(Desc("\"format\": \"ND\", \"type\": \"int8\", "
                   "\"shape\": [-2, 4]"),
              "E13014", "Value [-2,4]");
}

TEST(SingleOpJsonTest, ConstantErrors) {
  const auto constant = [](const char* type, const char* value) {
    return Desc(std::string(kTensor) + "\"" + type +
                "\", \"is_const\": true, \"const_value\": " + value);
  };
  EXPECT_TRUE(
      (*Parse(constant("uint64", "[0, 18446744073709551615]")))[0].status.ok());
  ExpectError(constant("int8", "[1, 128]"), "E13014",
              "Value 128 of parameter const_value for Op Abs is invalid. "
              "Reason: it is no value of data type int8.");
  ExpectError(constant("uint8", "[1, -1]"), "E13014", "Value -1");
  ExpectError(constant("int32", "[1, 2.5]"), "E13014", "Value 2.5");
  ExpectError(constant("float", "[1, \"x\"]"), "E13014", "Value \"x\"");
  ExpectError(constant("int8", "[1]"), "E13014",
              "it has 1 elements, expected 2");
  ExpectError(constant("bool", "[1, 1]"), "E13014",
              "a constant cannot have data type bool");
  ExpectError(constant("int8", "3"), "E13014", "expected a flat list");
  ExpectError(Desc(std::string(kTensor) + "\"int8\", \"is_const\": true"),
              "E10032", "key 'const_value' not found");
}

TEST(SingleOpJsonTest, AttributeErrors) {
  ExpectError(Attr("\"name\": \"\", \"type\": \"int\", \"value\": 1"), "E10029",
              "Attribute name of Op Abs is empty");
  ExpectError(Attr("\"name\": \"a\", \"type\": \"int\", \"value\": null"),
              "E10030",
              "There is an invalid value for attribute name a of Op Abs");
  ExpectError(Attr("\"name\": \"a\", \"type\": \"data_type\", "
                   "\"value\": \"DT_NONE\""),
              "E10030", "attribute name a");
  ExpectError(Attr("\"name\": \"a\", \"type\": \"long\", \"value\": 1"),
              "E13006",
              "Type long of file ops.json is incorrect. Expected type: bool, "
              "int, float");
  ExpectError(Op("", "Unknown"), "E14001", "This optype is not registered");
}

}  // namespace
}  // namespace npuemu::om
