#include "emulator/base/injection.h"

#include "gtest/gtest.h"

namespace npuemu {
namespace {

TEST(InjectionTest, CountsFromOne) {
  auto parsed = Injection::Parse("oom@2,task@7:507015,timeout@1,oom@3");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_FALSE(parsed->FailsAllocation());
  EXPECT_TRUE(parsed->FailsAllocation());
  EXPECT_TRUE(parsed->FailsAllocation());
  EXPECT_FALSE(parsed->FailsAllocation());
  EXPECT_TRUE(parsed->TimesOut());
  EXPECT_FALSE(parsed->TimesOut());
  EXPECT_EQ(parsed->OfTask(7), Fault::kRtAicoreException);
  EXPECT_EQ(parsed->OfTask(8), Fault::kNone);
}

TEST(InjectionTest, NothingIsNothing) {
  auto parsed = Injection::Parse("");
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed->FailsAllocation());
  EXPECT_EQ(parsed->OfTask(0), Fault::kNone);
}

TEST(InjectionTest, NamesWhatItCannotRead) {
  for (const char* text :
       {"oom", "oom@", "oom@0", "oom@x", "oom@1:5", "task@1", "task@1:",
        "task@1:0", "task@1:12", "task@:507015", "flood@1", "timeout@-1"}) {
    const auto parsed = Injection::Parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.status().message().find(text), std::string::npos);
  }
}

}  // namespace
}  // namespace npuemu
