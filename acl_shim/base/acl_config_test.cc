#include "acl_shim/base/acl_config.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace npuemu::shim {
namespace {

namespace fs = std::filesystem;

fs::path Corpus() {
  return fs::path(std::getenv("TEST_SRCDIR")) /
         std::getenv("TEST_WORKSPACE") / "testdata/fuzz/acl_json";
}

std::string ReadText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Fault FaultOfText(std::string_view text) {
  const auto config = ParseAclConfig(text);
  return config.ok() ? Fault::kNone : FaultOf(config.status());
}

std::string MessageOf(std::string_view text) {
  return std::string(ParseAclConfig(text).status().message());
}

// The corpus of the fuzzer, replayed: the name says what must happen.
TEST(AclConfig, CorpusIsAcceptedOrRefusedAsNamed) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(Corpus())) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = entry.path().filename().string();
    const auto config = ParseAclConfig(ReadText(entry.path()));
    EXPECT_EQ(config.ok(), name.starts_with("accept_"))
        << name << ": " << config.status();
    EXPECT_EQ(config.status().message().empty(), config.ok()) << name;
    ++files;
  }
  EXPECT_GE(files, 25);
}

TEST(AclConfig, R185_ReadsEveryKey) {
  const auto config =
      ParseAclConfig(ReadText(Corpus() / "accept_full.json"));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->max_op_queue_num, 100u);
  EXPECT_TRUE(config->process_level_messages);
  EXPECT_EQ(config->default_device, 0);
  EXPECT_EQ(config->aicore_stack_size, 65536u);
  EXPECT_EQ(config->simd_printf_fifo_size, 2048u);
  EXPECT_EQ(config->event_mode, 1);
  EXPECT_FALSE(config->wants_dump);
  EXPECT_FALSE(config->wants_profiling);
}

TEST(AclConfig, DefaultsAreThoseOfAnEmptyObject) {
  const auto config = ParseAclConfig("{}");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->max_op_queue_num, 20000u);
  EXPECT_FALSE(config->process_level_messages);
  EXPECT_FALSE(config->default_device.has_value());
}

TEST(AclConfig, R186_DumpAndProfilingAreSeen) {
  EXPECT_TRUE(ParseAclConfig(R"({"dump": {"dump_op_switch": "on"}})")
                  ->wants_dump);
  EXPECT_FALSE(ParseAclConfig(R"({"dump": {"dump_op_switch": "off"}})")
                   ->wants_dump);
  EXPECT_TRUE(
      ParseAclConfig(R"({"profiler": {"switch": "on"}})")->wants_profiling);
  EXPECT_FALSE(
      ParseAclConfig(R"({"profiler": {"switch": "off"}})")->wants_profiling);
}

TEST(AclConfig, FaultsNameTheirSection) {
  EXPECT_EQ(FaultOfText("{"), Fault::kParseFile);
  EXPECT_EQ(FaultOfText(R"({"max_opqueue_num": 1})"),
            Fault::kInvalidMaxOpqueueNumConfig);
  EXPECT_EQ(FaultOfText(R"({"dump": {"dump_mode": "x"}})"),
            Fault::kInvalidDumpConfig);
  EXPECT_EQ(FaultOfText(R"({"profiler": {"switch": 1}})"),
            Fault::kInvalidProfilingConfig);
  EXPECT_EQ(FaultOfText(R"({"err_msg_mode": 1})"), Fault::kInvalidParam);
}

TEST(AclConfig, MessagesNameKeyGivenAndExpected) {
  const std::string message = MessageOf(R"({"dump": {"dump_mode": "x"}})");
  EXPECT_NE(message.find("dump.dump_mode is \"x\""), std::string::npos)
      << message;
  EXPECT_NE(message.find("input, output, all"), std::string::npos) << message;
}

TEST(AclConfig, R2_DepthCountsEachKindForItself) {
  EXPECT_EQ(FaultOfText(ReadText(Corpus() / "accept_depth.json")),
            Fault::kNone);
  EXPECT_EQ(FaultOfText(ReadText(Corpus() / "reject_depth_object.json")),
            Fault::kInvalidParam);
  EXPECT_EQ(FaultOfText(ReadText(Corpus() / "reject_depth_array.json")),
            Fault::kInvalidParam);
  // Braces in strings do not count.
  EXPECT_EQ(FaultOfText(R"({"a": "{{{{{{{{{{{{\"{{"})"), Fault::kNone);
}

TEST(AclConfig, R2_PathMustBeARegularFileOfAtMostTenMebibytes) {
  EXPECT_TRUE(ReadAclConfig(nullptr).ok());
  EXPECT_TRUE(ReadAclConfig("").ok());
  EXPECT_EQ(FaultOf(ReadAclConfig("/no/such/file").status()),
            Fault::kInvalidParam);
  EXPECT_EQ(FaultOf(ReadAclConfig("/").status()), Fault::kInvalidParam);
  const fs::path path = fs::path(std::getenv("TEST_TMPDIR")) / "acl.json";
  const std::string brackets = "{}";
  std::ofstream(path) << brackets << std::string((10 << 20) - 2, ' ');
  EXPECT_TRUE(ReadAclConfig(path.c_str()).ok());
  std::ofstream(path) << brackets << std::string((10 << 20) - 1, ' ');
  EXPECT_EQ(FaultOf(ReadAclConfig(path.c_str()).status()),
            Fault::kInvalidParam);
}

}  // namespace
}  // namespace npuemu::shim
