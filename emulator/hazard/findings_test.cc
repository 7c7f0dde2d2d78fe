#include "emulator/hazard/findings.h"

#include <cstdio>
#include <string>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

Race Between(const char* earlier, const char* later, uint64_t task) {
  Race race;
  race.earlier = {earlier, task, 1, 0, true};
  race.later = {later, task + 1, 2, 0, false};
  race.device = 3;
  race.begin = 0x40;
  race.end = 0x60;
  return race;
}

class FindingsTest : public ::testing::Test {
 protected:
  ~FindingsTest() override { std::fclose(file_); }
  std::string Told() {
    std::rewind(file_);
    char text[4096];
    return {text, std::fread(text, 1, sizeof(text), file_)};
  }
  FILE* file_ = std::tmpfile();
};

TEST_F(FindingsTest, NamesBothSitesTheBytesAndTheFix) {
  Findings findings(file_);
  findings.Add(Between("Add", "Mul", 7));
  EXPECT_EQ(Told(),
            "npuemu: H5: race on 32 bytes of device 3, offset 0x40\n"
            "  writes: Add (task 7 on stream 1)\n"
            "  reads: Mul (task 8 on stream 2)\n"
            "  nothing orders them; fix: record an event on stream 1 after "
            "task 7 and make stream 2 wait for it before task 8\n");
}

TEST_F(FindingsTest, OneForEachPairOfSites) {
  Findings findings(file_, /*told=*/1);
  for (uint64_t task = 1; task < 10; ++task) {
    findings.Add(Between("Add", "Mul", task));
    findings.Add(Between("Mul", "Add", task));
  }
  ASSERT_EQ(findings.all().size(), 2u);
  EXPECT_EQ(findings.all()[0].count, 9u);
  EXPECT_EQ(Told().find("writes: Mul"), std::string::npos);
  findings.Finish();
  EXPECT_NE(Told().find("npuemu: 2 findings, 18 times\n"), std::string::npos);
}

TEST_F(FindingsTest, AFreeIsH10) {
  Findings findings(file_);
  Race race = Between("Add", "aclrtFree", 7);
  race.later = {"aclrtFree", 0, -1, 4, true};
  findings.Add(race);
  EXPECT_STREQ(findings.all()[0].rule, "H10");
  EXPECT_NE(Told().find("synchronise stream 1 after task 7 before aclrtFree"),
            std::string::npos);
}

// No list of millions.
TEST_F(FindingsTest, MemoryIsBounded) {
  Findings findings(file_, /*told=*/0);
  std::vector<std::string> names;
  for (int i = 0; i < 11000; ++i) names.push_back("op" + std::to_string(i));
  for (const std::string& name : names) {
    findings.Add(Between(name.c_str(), "Mul", 1));
  }
  EXPECT_EQ(findings.all().size(), 10000u);
  findings.Finish();
  EXPECT_NE(Told().find("10000 findings, 11000 times"), std::string::npos);
}

}  // namespace
}  // namespace npuemu
