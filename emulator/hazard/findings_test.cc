#include "emulator/hazard/findings.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "emulator/hazard/finding_text.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

Finding Race(const char* writer, const char* reader, uint64_t task) {
  Finding finding;
  finding.rule = 5;
  finding.message = "nothing orders them";
  Site site;
  site.deed = Deed::kWrites;
  site.call = "aclopExecWithHandle";
  site.op = writer;
  site.argument = "y";
  site.task = task;
  site.stream = 1;
  site.code.place = "program+0x10";
  site.code.module = "/opt/bin/program";
  finding.sites.push_back(site);
  site.deed = Deed::kReads;
  site.op = reader;
  site.argument = "x1";
  site.task = task + 1;
  site.stream = 2;
  finding.sites.push_back(site);
  finding.has_bytes = true;
  finding.device = 3;
  finding.begin = 0x40;
  finding.end = 0x60;
  finding.fix = "wait";
  return finding;
}

class FindingsTest : public ::testing::Test {
 protected:
  FindingsTest() : file_(open_memstream(&text_, &size_)) {}
  ~FindingsTest() override {
    std::fclose(file_);
    std::free(text_);
  }
  std::string Text() {
    std::fflush(file_);
    return std::string(text_, size_);
  }
  static Suppressions Parse(const char* text) {
    auto parsed = Suppressions::Parse(text);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    return *std::move(parsed);
  }

  char* text_ = nullptr;
  size_t size_ = 0;
  FILE* file_;
};

TEST_F(FindingsTest, NamesBothSitesAndTheFix) {
  Findings findings(Checks("all"), {}, file_);
  findings.Add(Race("Mul", "Add", 7));
  EXPECT_EQ(Text(),
            "npuemu: H5: nothing orders them\n"
            "  32 bytes at device 3 offset 0x40\n"
            "  writes y of Mul, task 7 on stream 1: aclopExecWithHandle, "
            "thread 0 at program+0x10\n"
            "  reads x1 of Add, task 8 on stream 2: aclopExecWithHandle, "
            "thread 0 at program+0x10\n"
            "  fix: wait\n");
}

TEST_F(FindingsTest, EqualSitesAreOneFinding) {
  Findings findings(Checks("race"), {}, file_);
  for (uint64_t task = 1; task < 100; ++task) {
    findings.Add(Race("Mul", "Add", task));
  }
  findings.Add(Race("Mul", "Sub", 1));
  findings.Finish();
  ASSERT_EQ(findings.all().size(), 2u);
  EXPECT_EQ(findings.all()[0].count, 99u);
  EXPECT_NE(Text().find("npuemu: 2 findings, 100 times\n"), std::string::npos);
}

TEST_F(FindingsTest, SaysNothingWithoutFindings) {
  Findings findings(Checks("all"), {}, file_);
  findings.Finish();
  EXPECT_EQ(Text(), "");
}

TEST_F(FindingsTest, OnlyChecksThatAreOn) {
  Findings findings(Checks("host,sync"), {}, file_);
  findings.Add(Race("Mul", "Add", 1));
  EXPECT_TRUE(findings.all().empty());
}

TEST_F(FindingsTest, TenMillionFindingsStayBounded) {
  Findings findings(Checks("all"), {}, file_, /*told=*/2);
  const std::string names = [] {
    std::string all;
    for (int i = 0; i < 20000; ++i) all += std::to_string(i) + '\0';
    return all;
  }();
  const char* name = names.c_str();
  for (int i = 0; i < 20000; ++i) {
    findings.Add(Race(name, "Add", 1));
    name += std::string_view(name).size() + 1;
  }
  for (int i = 0; i < 100000; ++i) findings.Add(Race("0", "Add", 1));
  EXPECT_EQ(findings.all().size(), 10000u);
  EXPECT_EQ(findings.uncounted(), 10000u);
  EXPECT_LT(Text().size(), 1000u);
}

TEST_F(FindingsTest, SuppressionsMatchFunctionOperatorAndModule) {
  for (const char* line :
       {"H5:Mul", "race:aclopExec*Handle", "*:^/opt/*program$", "race:Add",
        "# a comment\n\nH6:x\nH5:Mul\n"}) {
    EXPECT_TRUE(Parse(line).Match(Race("Mul", "Add", 1))) << line;
  }
  for (const char* line : {"H6:Mul", "host:Mul", "H5:^ul", "H5:Mu$", ""}) {
    EXPECT_FALSE(Parse(line).Match(Race("Mul", "Add", 1))) << line;
  }
  Findings findings(Checks("all"), Parse("race:Mul"), file_);
  findings.Add(Race("Mul", "Add", 1));
  EXPECT_TRUE(findings.all().empty());
  EXPECT_EQ(findings.suppressed(), 1u);
}

TEST_F(FindingsTest, AWrongSuppressionNamesItsLine) {
  const auto parsed = Suppressions::Parse("H5:x\nH99:y\n");
  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.status().message().find("line 2"), std::string::npos);
  EXPECT_FALSE(Suppressions::Parse("race").ok());
  EXPECT_FALSE(Suppressions::Load("/nonexistent/file").ok());
}

TEST(ChecksTest, WordsWithCommas) {
  EXPECT_TRUE(Checks("none").none());
  EXPECT_TRUE(Checks("all").Has(Check::kLifetime));
  EXPECT_TRUE(Checks("race,aclop").Has(Check::kAclop));
  EXPECT_FALSE(Checks("race,aclop").Has(Check::kHost));
}

TEST(HazardTest, TheCatalogueIsWhole) {
  int number = 0;
  for (const Hazard& hazard : AllHazards()) {
    EXPECT_EQ(hazard.number, ++number);
    EXPECT_EQ(FindHazard(number), &hazard);
  }
  EXPECT_EQ(number, 45);
  EXPECT_EQ(FindHazard(0), nullptr);
  EXPECT_EQ(FindHazard(46), nullptr);
}

}  // namespace
}  // namespace npuemu
