#include "tools/atc/flag_parser.h"

#include <set>
#include <string>

#include "emulator/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace npuemu::atc {
namespace {

using ::testing::HasSubstr;

void ExpectError(const std::vector<std::string>& args, const std::string& id,
                 const std::string& text) {
  const absl::Status status = ParseCommandLine(args).status();
  EXPECT_EQ(MessageIdOf(status), id) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(text));
}

TEST(FlagParserTest, BothForms) {
  const auto line =
      ParseCommandLine({"--singleop=a=b.json", "--output", "dir", "--log=error",
                        "--log=info", "--input_shape="});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->Get("singleop"), "a=b.json");
  EXPECT_EQ(line->Get("output"), "dir");
  EXPECT_EQ(line->Get("log"), "info");
  EXPECT_TRUE(line->Has("input_shape"));
  EXPECT_FALSE(line->Has("mode"));
  EXPECT_EQ(line->Get("mode"), "");
}

TEST(FlagParserTest, HelpWinsOverWhatFollows) {
  for (const char* word : {"-h", "--help"}) {
    const auto line = ParseCommandLine({word, "stray"});
    ASSERT_TRUE(line.ok());
    EXPECT_TRUE(line->help);
  }
}

TEST(FlagParserTest, Errors) {
  ExpectError({"--frobnicate=1"}, "E10003",
              "Parameter --frobnicate is invalid. Reason: ATC has no such "
              "parameter.");
  ExpectError({"--output=x", "stray"}, "E10003", "Parameter stray is invalid");
  ExpectError({"-output=x"}, "E10003", "it is no flag");
  ExpectError({"--"}, "E10003", "it is no flag");
  ExpectError({"--output"}, "E10003", "it has no value");
  ExpectError({"--log=loud"}, "E10007",
              "Value loud for parameter --log is invalid. The value must be "
              "one of debug|info|warning|error|null.");
  ExpectError({"--log=debug|info"}, "E10007", "Value debug|info");
  ExpectError({"--log="}, "E10007", "Value  for parameter --log");
}

TEST(FlagParserTest, NamesAreUnique) {
  std::set<std::string> names;
  for (const FlagRow& row : AllFlags()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
  EXPECT_GE(names.size(), 80u);
}

}  // namespace
}  // namespace npuemu::atc
