#include "acl_shim/om/single_op_model.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/model_def.h"
#include "acl_shim/om/om_file.h"
#include "acl_shim/om/testing/testing_om.h"
#include "emulator/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

using kernels::DataType;
using kernels::Format;
using ::testing::HasSubstr;

SingleOpModel RoundTrip(const SingleOpModel& model) {
  const auto decoded = Decode(Encode(model));
  EXPECT_TRUE(decoded.ok()) << decoded.status();
  return decoded.value_or(SingleOpModel());
}

// `change` applied to the MODEL_DEF of an encoded SampleAdd().
template <typename Change>
absl::StatusOr<SingleOpModel> DecodeChanged(Change change) {
  const std::vector<std::byte> bytes = Encode(SampleAdd());
  const auto file = ParseOmFile(bytes);
  ModelDef def = *LoadModelDef(*file, 0, AttrTables());
  std::vector<TestPartition> partitions;
  change(&def, &partitions);
  partitions.insert(partitions.begin(), {0, EncodeModelDef(def)});
  const std::string changed = Build({.models = {partitions}});
  return Decode(AsBytes(changed));
}

TEST(SingleOpModelTest, EveryAttributeKindComesBack) {
  EXPECT_EQ(RoundTrip(SampleAdd()), SampleAdd());
  EXPECT_EQ(SampleAdd().attrs.size(), std::variant_size_v<kernels::AttrValue>);
}

TEST(SingleOpModelTest, EmptyListsKeepTheirKind) {
  SingleOpModel model = SampleAdd();
  model.attrs = {{"b", std::vector<uint8_t>()},
                 {"d", std::vector<DataType>()},
                 {"f", std::vector<float>()},
                 {"i", std::vector<int64_t>()},
                 {"l", std::vector<std::vector<int64_t>>()},
                 {"s", std::vector<std::string>()},
                 {"u", DataType::kUndefined}};
  EXPECT_EQ(RoundTrip(model), model);
}

TEST(SingleOpModelTest, EveryTensorFieldComesBack) {
  OmTensor tensor;
  tensor.spec = {DataType::kBf16, Format::kFractalNz, {-1, 16}};
  tensor.name = "x0";
  tensor.shape_range = {{1, -1}, {16, 16}};
  tensor.mem_type = 2;
  tensor.storage_format = Format::kNc1hwc0;
  tensor.storage_shape = {1, 2};
  tensor.origin_format = Format::kNd;
  tensor.origin_shape = kernels::Shape{32, 16};
  OmTensor constant;
  constant.spec = {DataType::kInt32, Format::kNd, {2}};
  constant.is_const = true;
  constant.const_value.resize(8, std::byte{7});
  OmTensor scalar;
  scalar.spec = {DataType::kFloat, Format::kNchw, {}};
  scalar.origin_shape = kernels::Shape();
  SingleOpModel model;
  model.op_type = "Fancy";
  model.name = "fancy";
  model.inputs = {tensor, OmTensor(), constant, scalar};
  model.outputs = {tensor};
  model.dynamic = true;
  model.build_mode = 1;
  const SingleOpModel back = RoundTrip(model);
  EXPECT_EQ(back, model);
  EXPECT_TRUE(back.inputs[1].spec.absent());
  EXPECT_TRUE(back.fuzzy());
}

// Files of an earlier build must stay readable, and the same model must give
// the same bytes everywhere. Replace the golden file only on purpose.
TEST(SingleOpModelTest, SameModelSameBytes) {
  EXPECT_EQ(Encode(SampleAdd()), Encode(SampleAdd()));
  std::ifstream stream("testdata/om/sample_add.hex");
  std::string golden;
  for (std::string line; std::getline(stream, line);) golden += line;
  std::string hex;
  for (std::byte byte : Encode(SampleAdd())) {
    absl::StrAppend(&hex, absl::Hex(static_cast<int>(byte), absl::kZeroPad2));
  }
  EXPECT_EQ(hex, golden);
}

TEST(SingleOpModelTest, GraphIsDataOpNetOutput) {
  const std::vector<std::byte> bytes = Encode(SampleAdd());
  const auto file = ParseOmFile(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->header.name, SampleAdd().name.substr(0, 31));
  ASSERT_EQ(file->models[0].partitions.size(), 1u);
  const auto def = LoadModelDef(*file, 0, AttrTables());
  ASSERT_TRUE(def.ok());
  const std::vector<OpDef>& ops = def->graphs[0].ops;
  ASSERT_EQ(ops.size(), 4u);
  EXPECT_EQ(ops[0].name, "Add_in_0");
  EXPECT_EQ(ops[0].type, "Data");
  EXPECT_EQ(ops[2].inputs,
            (std::vector<std::string>{"Add_in_0:0", "Add_in_1:0"}));
  EXPECT_EQ(ops[3].type, "NetOutput");
  EXPECT_EQ(ops[3].inputs, (std::vector<std::string>{"Add:0"}));
}

TEST(SingleOpModelTest, MissingAttributesAreNamed) {
  for (const char* name : {"ATTR_MODEL_OP_TYPE", "ATTR_MODEL_TENSOR_INPUTS",
                           "ATTR_MODEL_TENSOR_OUTPUTS"}) {
    const auto decoded =
        DecodeChanged([&](ModelDef* def, auto*) { def->attrs.erase(name); });
    EXPECT_EQ(FaultOf(decoded.status()), Fault::kModelMissingAttr);
    EXPECT_THAT(std::string(decoded.status().message()), HasSubstr(name));
  }
  const std::string network =
      Build({.models = {{{0, EncodeModelDef(SampleNetwork())}}}});
  EXPECT_EQ(FaultOf(Decode(AsBytes(network)).status()),
            Fault::kModelMissingAttr);
}

TEST(SingleOpModelTest, IgnoredAndForeignAttributes) {
  const auto decoded = DecodeChanged([](ModelDef* def, auto*) {
    def->attrs["ATTR_MODEL__unregst_oppath"] = AttrDef::String("x");
    def->attrs["ATTR_MODEL_blob"] = AttrDef::Tensor(TensorDef());
  });
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->attrs, SampleAdd().attrs);
  EXPECT_EQ(decoded->foreign_attrs, (std::vector<std::string>{"blob"}));
}

TEST(SingleOpModelTest, ConstantsOfRealFilesLieInTheWeights) {
  const auto decoded = DecodeChanged([](ModelDef* def, auto* partitions) {
    TensorDef value;
    value.desc.data_offset = 2;
    value.desc.weight_size = 3;
    AttrMap& attrs =
        def->attrs["ATTR_MODEL_TENSOR_INPUTS"].list[0].tensors[1].desc.attrs;
    attrs["is_const"] = AttrDef::Bool(true);
    attrs["value"] = AttrDef::Tensor(value);
    partitions->push_back({1, "abcdefg"});
  });
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_TRUE(decoded->inputs[1].is_const);
  EXPECT_EQ(AsText(decoded->inputs[1].const_value), "cde");
}

TEST(SingleOpModelTest, ValueRangeAndFlagMakeAModelDynamic) {
  const auto by_flag = DecodeChanged([](ModelDef* def, auto*) {
    def->attrs["_is_dynamic_model"] = AttrDef::Bool(true);
  });
  EXPECT_TRUE(by_flag->dynamic);
  const auto by_shape = DecodeChanged([](ModelDef* def, auto*) {
    def->attrs["ATTR_MODEL_TENSOR_OUTPUTS"].list[0].tensors[0].desc.shape = {
        -2};
  });
  EXPECT_TRUE(by_shape->dynamic);
  EXPECT_TRUE(by_shape->outputs[0].FullRange().empty());
  const auto by_value = DecodeChanged([](ModelDef* def, auto*) {
    def->attrs["ATTR_MODEL_TENSOR_INPUTS"]
        .list[0]
        .tensors[0]
        .desc.attrs["value_range"] = AttrDef::ListListInt({{1, 2}});
  });
  EXPECT_TRUE(by_value->dynamic);
}

TEST(SingleOpModelTest, FullRangeFillsWhatTheModelLeavesOut) {
  OmTensor tensor;
  tensor.spec.shape = {-1, 4};
  EXPECT_EQ(tensor.FullRange(), (std::vector<DimRange>{{0, -1}, {4, 4}}));
  tensor.shape_range = {{2, 9}, {4, 4}};
  EXPECT_EQ(tensor.FullRange(), (std::vector<DimRange>{{2, 9}, {4, 4}}));
}

// The number of a format wins where the name is unknown.
TEST(SingleOpModelTest, FormatByNumberWhereTheNameIsUnknown) {
  const auto decoded = DecodeChanged([](ModelDef* def, auto*) {
    TensorDescriptor& desc =
        def->attrs["ATTR_MODEL_TENSOR_INPUTS"].list[0].tensors[0].desc;
    desc.layout = "NEW_FORMAT";
    desc.attrs["format_for_int"] = AttrDef::Int(0x05000003);
  });
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->inputs[0].spec.format, Format::kNc1hwc0);
}

}  // namespace
}  // namespace npuemu::om
