#include "emulator/task/soc.h"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

// key -> SoC name -> text, as published.
using Table = std::map<std::string, std::map<std::string, std::string>>;

std::vector<std::string> SplitTabs(const std::string& line) {
  std::vector<std::string> cells(1);
  for (char c : line) {
    if (c == '\t') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

Table ReadTable() {
  std::ifstream file("testdata/reference/soc_profiles.tsv");
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = SplitTabs(line);
  Table table;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = SplitTabs(line);
    for (size_t i = 1; i < cells.size() && i < names.size(); ++i) {
      table[cells[0]][names[i]] = cells[i];
    }
  }
  return table;
}

std::string Text(uint64_t value) { return std::to_string(value); }

TEST(SocTest, HasEverySocOfTheTable) {
  const Table table = ReadTable();
  const auto& names = table.at("version.SoC_version");
  EXPECT_EQ(names.size(), 12u);
  EXPECT_EQ(AllSocs().size(), names.size());
  for (const auto& [name, text] : names) {
    EXPECT_NE(FindSoc(name), nullptr) << name;
  }
}

TEST(SocTest, FiguresOfEachChipAreThePublishedOnes) {
  const Table table = ReadTable();
  for (const SocProfile& soc : AllSocs()) {
    SCOPED_TRACE(soc.name);
    auto cell = [&](const char* key) { return table.at(key).at(soc.name); };
    EXPECT_EQ(soc.short_name, cell("version.Short_SoC_version"));
    EXPECT_EQ(Text(soc.cube_cores), cell("SoCInfo.cube_core_cnt"));
    EXPECT_EQ(Text(soc.cube_cores), cell("SoCInfo.ai_core_cnt"));
    EXPECT_EQ(Text(soc.vector_cores), cell("SoCInfo.vector_core_cnt"));
    EXPECT_EQ(Text(soc.mhz), cell("AICoreSpec.cube_freq"));
    EXPECT_EQ(Text(soc.l2_bytes), cell("SoCInfo.l2_size"));
    if (std::string(soc.name) == "Ascend910B2C") {
      EXPECT_EQ(cell("SoCInfo.memory_size"), "");
      EXPECT_EQ(soc.memory_bytes, uint64_t{64} << 30);
    } else {
      EXPECT_EQ(Text(soc.memory_bytes), cell("SoCInfo.memory_size"));
    }
#define SHARED(field, key, value) EXPECT_EQ(Text(soc.field), cell(key)) << key;
#define MKN(field, key, k) \
  EXPECT_EQ("16," + Text(soc.field) + ",16", cell(key)) << key;
#include "emulator/task/soc.def"
#undef MKN
#undef SHARED
  }
}

TEST(SocTest, UnknownNamesAreRefusedAndTheMessageListsAll) {
  EXPECT_EQ(FindSoc(""), nullptr);
  EXPECT_EQ(FindSoc("ascend910b1"), nullptr);
  EXPECT_EQ(FindSoc("Ascend910B"), nullptr);
  EXPECT_EQ(SocNames().find("Ascend910B1, Ascend910B2, "), 0u);
}

}  // namespace
}  // namespace npuemu
