#include "acl_shim/om/model_def.h"

#include <set>
#include <string>

#include "acl_shim/om/attr_compression.h"
#include "acl_shim/om/om_file.h"
#include "acl_shim/om/testing/testing_om.h"
#include "emulator/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

using ::testing::HasSubstr;

const OpDef& ReluOf(const ModelDef& model) { return model.graphs[0].ops[1]; }

// Equality by bytes: the encoder is deterministic and writes every field.
void ExpectSame(const ModelDef& a, const ModelDef& b) {
  EXPECT_EQ(EncodeModelDef(a), EncodeModelDef(b));
}

TEST(ModelDefTest, DecodesWhatItEncodes) {
  const std::string bytes = EncodeModelDef(SampleNetwork());
  const auto model = DecodeModelDef(AsBytes(bytes));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(EncodeModelDef(*model), bytes);
  EXPECT_EQ(model->name, "network");
  const OpDef& relu = ReluOf(*model);
  EXPECT_EQ(relu.type, "Relu");
  EXPECT_EQ(relu.inputs, (std::vector<std::string>{"in:0"}));
  EXPECT_EQ(relu.input_descs[0].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(relu.attrs.at("an_int").i, -7);
  EXPECT_EQ(relu.attrs.at("list_list").list_list_int,
            (std::vector<std::vector<int64_t>>{{1, 2}, {}, {3}}));
  EXPECT_EQ(relu.attrs.at("a_tensor").tensor[0].data, "bytes");
  EXPECT_EQ(relu.attrs.at("a_func").func[0].attrs.at("x").i, 1);
}

// Written by hand from the field numbers of single_op 1.3, unpacked lists.
TEST(ModelDefTest, ReadsUnpackedListsAndSkipsUnknownFields) {
  WireWriter shape;
  shape.Int(1, 4);
  shape.Int(1, -1);
  WireWriter desc;
  desc.Int(2, 2);
  desc.Message(3, shape);
  desc.String(99, "unknown");
  WireWriter op;
  op.String(2, "Abs");
  op.Message(33, desc);
  WireWriter graph;
  graph.Message(6, op);
  WireWriter model;
  model.Message(7, graph);
  const auto decoded = DecodeModelDef(AsBytes(model.bytes()));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  const TensorDescriptor& read = decoded->graphs[0].ops[0].input_descs[0];
  EXPECT_EQ(read.shape, (std::vector<int64_t>{4, -1}));
  EXPECT_EQ(FromProtoDtype(read.proto_dtype), kernels::DataType::kFloat16);
}

TEST(ModelDefTest, RecursionIsBounded) {
  AttrDef attr = AttrDef::Int(1);
  for (int i = 0; i < 50; ++i) {
    NamedAttrs named;
    named.attrs["x"] = attr;
    attr = AttrDef();
    attr.type = AttrCase::kFunc;
    attr.func = {named};
  }
  ModelDef model;
  model.attrs["bomb"] = attr;
  const auto decoded = DecodeModelDef(AsBytes(EncodeModelDef(model)));
  EXPECT_EQ(FaultOf(decoded.status()), Fault::kDeserializeModel);
  EXPECT_THAT(std::string(decoded.status().message()),
              HasSubstr("nested deeper than 64"));
}

TEST(ModelDefTest, DtypeTableIsOneToOne) {
  std::set<int> acl;
  for (int proto = 1; proto <= 35; ++proto) {
    const kernels::DataType dtype = FromProtoDtype(proto);
    EXPECT_TRUE(acl.insert(static_cast<int>(dtype)).second) << proto;
    EXPECT_EQ(ToProtoDtype(dtype), proto);
  }
  EXPECT_EQ(FromProtoDtype(0), kernels::DataType::kUndefined);
  EXPECT_EQ(ToProtoDtype(kernels::DataType::kUndefined), 0);
  // An unknown type must not look like an absent tensor.
  EXPECT_NE(FromProtoDtype(14), kernels::DataType::kUndefined);
  EXPECT_EQ(FromProtoDtype(27), kernels::DataType::kBf16);
  EXPECT_EQ(FromProtoDtype(33), kernels::DataType::kHifloat8);
  EXPECT_EQ(FromProtoDtype(9), kernels::DataType::kUint32);
}

TEST(AttrCompressionTest, KeysAreBase127Digits) {
  EXPECT_EQ(CompressedKey(0), std::string("\0\1", 2));
  EXPECT_EQ(CompressedKey(126), std::string("\0\177", 2));
  EXPECT_EQ(CompressedKey(127), std::string("\0\1\2", 3));
  EXPECT_EQ(CompressedKey(127 * 127), std::string("\0\1\1\2", 4));
}

TEST(AttrCompressionTest, UndoesCompression) {
  // More than 127 names, so that two-digit keys occur.
  std::vector<std::string> names;
  for (int i = 0; i < 130; ++i) names.push_back("filler" + std::to_string(i));
  for (const char* name :
       {"a_string", "list_string", "an_int", "origin_format"}) {
    names.emplace_back(name);
  }
  ModelDef model = SampleNetwork();
  Compress(names, names, {"a_string", "list_string", "origin_format"}, &model);
  EXPECT_FALSE(ReluOf(model).attrs.contains("a_string"));
  EXPECT_FALSE(ReluOf(model).input_descs[0].attrs.contains("origin_format"));
  ASSERT_TRUE(DecompressAttrs(AttrTables(), &model).ok());
  ModelDef expected = SampleNetwork();
  expected.attrs = model.attrs;  // the tables stay
  ExpectSame(model, expected);
}

TEST(AttrCompressionTest, SubModelsMayReferToTheRoot) {
  const std::string file = SampleFiles()[2];
  const auto parsed = ParseOmFile(AsBytes(file));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->models.size(), 3u);
  const auto root = LoadModelDef(*parsed, 0, AttrTables());
  ASSERT_TRUE(root.ok()) << root.status();
  const auto tables = AttrTablesOf(*root);
  ASSERT_TRUE(tables.ok());
  for (size_t i = 0; i < 3; ++i) {
    const auto model = LoadModelDef(*parsed, i, *tables);
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ(EncodeModelDef(ModelDef{.name = "",
                                      .version = 0,
                                      .custom_version = "",
                                      .graphs = model->graphs,
                                      .attrs = {}}),
              EncodeModelDef(ModelDef{.name = "",
                                      .version = 0,
                                      .custom_version = "",
                                      .graphs = SampleNetwork().graphs,
                                      .attrs = {}}))
        << "sub-model " << i;
  }
}

TEST(AttrCompressionTest, BadIndicesAreErrors) {
  const auto status_of = [](const std::string& key, AttrDef value) {
    ModelDef model = SampleNetwork();
    Compress({"a_string"}, {"a_string"}, {"a_string"}, &model);
    model.graphs[0].ops[1].attrs[key] = std::move(value);
    return DecompressAttrs(AttrTables(), &model);
  };
  EXPECT_THAT(
      std::string(status_of(CompressedKey(1), AttrDef::Int(0)).message()),
      HasSubstr("index 1 into attr_name_enum, which has 1 entries"));
  EXPECT_THAT(std::string(status_of(std::string("\0", 1), AttrDef()).message()),
              HasSubstr("an index key has 1 bytes"));
  EXPECT_THAT(
      std::string(status_of(std::string("\0\0", 2), AttrDef()).message()),
      HasSubstr("digit byte 0"));
  EXPECT_THAT(
      std::string(status_of(CompressedKey(0), AttrDef::Int(-1)).message()),
      HasSubstr("index -1 into attr_value_enum"));
  ModelDef model = SampleNetwork();
  Compress({"a_string"}, {"a_string", "one too many"}, {}, &model);
  EXPECT_THAT(std::string(DecompressAttrs(AttrTables(), &model).message()),
              HasSubstr("has 1 entries, expected 2"));
}

}  // namespace
}  // namespace npuemu::om
