#include "tools/npu_smi/table.h"

#include <sstream>
#include <string>
#include <vector>

#include "emulator/task/soc.h"
#include "gtest/gtest.h"

namespace npuemu::smi {
namespace {

std::vector<std::string> Lines(const std::string& soc, int devices) {
  Config config = DefaultConfig();
  config.soc = soc;
  config.devices = devices;
  std::ostringstream out;
  PrintInfo(config, out);
  std::istringstream in(out.str());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The n-th word, counted from 1 as awk does.
std::string Word(const std::string& line, int n) {
  std::istringstream in(line);
  std::string word;
  while (n-- > 0) in >> word;
  return word;
}

TEST(TableTest, LineSevenColumnThreeIsTheChip) {
  EXPECT_EQ(Word(Lines("Ascend910B1", 8)[6], 3), "910B1");
  EXPECT_EQ(Word(Lines("Ascend910B4-1", 1)[6], 3), "910B4-1");
  EXPECT_EQ(Word(Lines("Ascend910_9391", 16)[6], 3), "Ascend910");
}

TEST(TableTest, EveryLineOfEverySocIsOneWidth) {
  for (const SocProfile& soc : AllSocs()) {
    for (int devices : {1, 8, 16}) {
      for (const std::string& line : Lines(soc.name, devices)) {
        EXPECT_EQ(line.size(), 98u) << line;
      }
    }
  }
}

TEST(TableTest, HasTheWholeLayout) {
  const std::vector<std::string> lines = Lines("Ascend910B4", 1);
  const std::string rule(96, '-');
  ASSERT_EQ(lines.size(), 14u);
  EXPECT_EQ(lines[0], "+" + rule + "+");
  EXPECT_EQ(lines[1].substr(0, 52),
            "| npu-smi 24.1.rc3                 Version: 24.1.rc3");
  EXPECT_EQ(lines[3],
            "| NPU   Name                | Health        | Power(W)    Temp(C) "
            "          Hugepages-Usage(page)|");
  EXPECT_EQ(lines[4],
            "| Chip                      | Bus-Id        | AICore(%)   "
            "Memory-Usage(MB)  HBM-Usage(MB)        |");
  EXPECT_EQ(lines[7],
            "| 0                         | 0000:01:00.0  | 0           "
            "0    / 0          0    / 32768         |");
  EXPECT_EQ(lines[12].substr(0, 39),
            "| No running processes found in NPU 0  ");
}

TEST(TableTest, ChipsOfTheA3ArePairs) {
  const std::vector<std::string> lines = Lines("Ascend910_9391", 3);
  EXPECT_EQ(Word(lines[6], 2) + Word(lines[7], 2) + Word(lines[7], 3), "000");
  EXPECT_EQ(Word(lines[9], 2) + Word(lines[10], 2) + Word(lines[10], 3), "011");
  EXPECT_EQ(Word(lines[12], 2) + Word(lines[13], 2) + Word(lines[13], 3),
            "102");
}

}  // namespace
}  // namespace npuemu::smi
