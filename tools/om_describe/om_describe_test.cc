#include "tools/om_describe/om_describe.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "acl_shim/om/testing/testing_om.h"
#include "emulator/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

using ::testing::HasSubstr;

std::string TextOf(const std::string& file) {
  std::ostringstream out;
  const absl::Status status = DescribeBytes(AsBytes(file), out);
  EXPECT_TRUE(status.ok()) << status;
  return out.str();
}

// The golden file is what a reader of the documentation should expect; when
// the text changes on purpose, review the difference and replace it.
TEST(OmDescribeTest, GoldenText) {
  std::ifstream stream("testdata/om/large_network.txt");
  const std::string golden{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(TextOf(SampleFiles()[1]), golden);
}

TEST(OmDescribeTest, EverySampleIsDescribed) {
  EXPECT_THAT(TextOf(SampleFiles()[0]), HasSubstr("version 1"));
  const std::string three = TextOf(SampleFiles()[2]);
  EXPECT_THAT(three, HasSubstr("sub-models 3"));
  EXPECT_THAT(three, HasSubstr("sub-model 2 at offset"));
  // Compressed names are shown in clear.
  EXPECT_THAT(three, HasSubstr("\"list_string\" = [\"a\",\"b\"]"));
  const std::string add = TextOf(SampleFiles()[3]);
  EXPECT_THAT(add, HasSubstr("\"ATTR_MODEL_OP_TYPE\" = \"Add\""));
  EXPECT_THAT(add, HasSubstr("  Data x2\n"));
}

TEST(OmDescribeTest, LongListsAndStringsAreCut) {
  ModelDef model = SampleNetwork();
  ListValue list = ListValue::Of(ListCase::kInt);
  list.ints.assign(1000, 7);
  model.attrs["long_list"] = AttrDef::List(list);
  model.attrs["long_string"] = AttrDef::String(std::string(1000, 'x'));
  model.attrs["bytes"] = AttrDef::String(std::string("\0\"\n", 3));
  const std::string text =
      TextOf(Build({.models = {{{0, EncodeModelDef(model)}}}}));
  EXPECT_THAT(text, HasSubstr("7,... 1000 in all]"));
  EXPECT_THAT(text, HasSubstr("xxx\"... 1000 bytes in all"));
  EXPECT_THAT(text, HasSubstr("\"bytes\" = \"\\x00\\\"\\x0A\""));
}

TEST(OmDescribeTest, AFileWithoutModelDefIsDescribed) {
  EXPECT_THAT(TextOf(Build({.models = {{{6, "flow"}}}})),
              HasSubstr("FLOW_MODEL (type 6)"));
}

TEST(OmDescribeTest, Errors) {
  std::ostringstream out;
  EXPECT_EQ(FaultOf(Describe("no/such/file.om", out)),
            Fault::kReadModelFailure);
  const std::string text = "not a model";
  EXPECT_EQ(FaultOf(DescribeBytes(AsBytes(text), out)), Fault::kParseModel);
}

}  // namespace
}  // namespace npuemu::om
