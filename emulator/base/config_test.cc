#include "emulator/base/config.h"

#include <map>
#include <string>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

absl::StatusOr<Config> From(const std::map<std::string, std::string>& env) {
  return ConfigFromEnvironment([&](const char* name) -> const char* {
    auto it = env.find(name);
    return it == env.end() ? nullptr : it->second.c_str();
  });
}

TEST(ConfigTest, DefaultsParse) {
  Config config = DefaultConfig();
  EXPECT_EQ(config.soc, "Ascend910B1");
  EXPECT_EQ(config.devices, 8);
  EXPECT_EQ(config.schedule, "fifo");
  EXPECT_EQ(config.host_memory, uint64_t{16} << 30);
}

TEST(ConfigTest, EnvironmentOverlays) {
  auto config = From({{"NPUEMU_DEVICES", "2"},
                      {"NPUEMU_HOST_MEMORY", "64M"},
                      {"NPUEMU_POISON", "1"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->devices, 2);
  EXPECT_EQ(config->host_memory, uint64_t{64} << 20);
  EXPECT_TRUE(config->poison);
}

TEST(ConfigTest, RefusesWithOptionGivenAndExpected) {
  const std::map<std::string, std::string> bad = {
      {"NPUEMU_DEVICES", "17"},        {"NPUEMU_DEVICES", "-1"},
      {"NPUEMU_SCHEDULE", "whenever"}, {"NPUEMU_POISON", "maybe"},
      {"NPUEMU_HOST_MEMORY", "99999999999G"}, {"NPUEMU_SEED", "x"}};
  for (const auto& [name, value] : bad) {
    auto config = From({{name, value}});
    ASSERT_FALSE(config.ok()) << name;
    EXPECT_EQ(FaultOf(config.status()), Fault::kInvalidParam);
    const std::string text(config.status().message());
    EXPECT_NE(text.find(name), std::string::npos) << text;
    EXPECT_NE(text.find(value), std::string::npos) << text;
    EXPECT_NE(text.find("expected"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace npuemu
