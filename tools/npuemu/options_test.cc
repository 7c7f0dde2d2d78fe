#include "tools/npuemu/options.h"

#include <map>
#include <sstream>

#include "gtest/gtest.h"

namespace npuemu::cli {
namespace {

using Environment = std::map<std::string, std::string>;

absl::StatusOr<ParsedOptions> Parse(const std::vector<std::string>& arguments,
                                    const Environment& environment = {}) {
  return ParseOptions(arguments, [&](const char* name) -> const char* {
    auto it = environment.find(name);
    return it == environment.end() ? nullptr : it->second.c_str();
  });
}

TEST(OptionsTest, FlagsWinOverTheEnvironmentAndBecomeEnvironment) {
  auto parsed = Parse({"--devices", "2", "--soc=Ascend910B4", "--poison", "--",
                       "./a", "--devices"},
                      {{"NPUEMU_DEVICES", "5"}, {"NPUEMU_SEED", "7"}});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->config.devices, 2);
  EXPECT_EQ(parsed->config.seed, 7);
  EXPECT_TRUE(parsed->config.poison);
  EXPECT_EQ(parsed->used, 5u);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"NPUEMU_DEVICES", "2"},
      {"NPUEMU_SOC", "Ascend910B4"},
      {"NPUEMU_POISON", "true"}};
  EXPECT_EQ(parsed->environment, expected);
}

TEST(OptionsTest, EveryRowOfTheTableIsAFlag) {
  for (const Option& option : AllOptions()) {
    auto parsed =
        Parse({std::string("--") + option.flag + "=" + option.fallback});
    ASSERT_TRUE(parsed.ok()) << option.flag << ": " << parsed.status();
    ASSERT_EQ(parsed->environment.size(), 1u);
    EXPECT_EQ(parsed->environment[0].first, option.environment);
  }
}

TEST(OptionsTest, StopsAtTheFirstArgumentThatIsNoFlag) {
  auto parsed = Parse({"--seed", "3", "./a", "--seed", "x"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->used, 2u);
}

TEST(OptionsTest, HelpStopsReading) {
  auto parsed = Parse({"--help", "--nonsense"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_TRUE(parsed->help);
}

TEST(OptionsTest, RefusalsNameOptionGivenAndExpected) {
  const std::map<std::vector<std::string>, std::string> cases = {
      {{"--devices", "17"}, "--devices"},
      {{"--devices"}, "--devices is given without a value"},
      {{"--nonsense"}, "unknown option --nonsense"},
      {{"-x"}, "unknown option -x"},
      {{"-devices=1"}, "unknown option -devices=1"},
      {{"--soc", "Ascend310"}, "expected: Ascend910B1"},
      {{"--poison=maybe"}, "--poison"}};
  for (const auto& [arguments, text] : cases) {
    auto parsed = Parse(arguments);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(FaultOf(parsed.status()), Fault::kInvalidParam);
    EXPECT_NE(std::string(parsed.status().message()).find(text),
              std::string::npos)
        << parsed.status();
  }
  EXPECT_FALSE(Parse({}, {{"NPUEMU_DEVICES", "many"}}).ok());
  EXPECT_FALSE(Parse({}, {{"NPUEMU_SOC", "Ascend310"}}).ok());
}

TEST(OptionsTest, HelpShowsEveryRowInEightyColumns) {
  std::ostringstream out;
  PrintOptions(out);
  for (const Option& option : AllOptions()) {
    EXPECT_NE(out.str().find(std::string("--") + option.flag),
              std::string::npos);
    EXPECT_NE(out.str().find(option.environment), std::string::npos);
  }
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) {
    if (line.find("   $NPUEMU_") != std::string::npos) continue;
    EXPECT_LE(line.size(), 80u) << line;
  }
}

}  // namespace
}  // namespace npuemu::cli
