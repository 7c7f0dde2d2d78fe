#include "emulator/host/thread_plan.h"

#include "gtest/gtest.h"

namespace npuemu {
namespace {

TEST(ThreadPlanTest, ScriptHasThreadLabelAndCount) {
  std::string error;
  const auto steps =
      ParseThreadScript(" 0:aclrtMemcpyx3\n12 1:pthread_mutex_lock", &error);
  ASSERT_TRUE(steps.has_value()) << error;
  ASSERT_EQ(steps->size(), 3u);
  EXPECT_EQ((*steps)[0].label, "aclrtMemcpy");
  EXPECT_EQ((*steps)[0].count, 3);
  EXPECT_EQ((*steps)[1].thread, 12);
  EXPECT_EQ((*steps)[1].label, "");
  EXPECT_EQ((*steps)[2].label, "pthread_mutex_lock");
  EXPECT_EQ((*steps)[2].count, 1);
}

TEST(ThreadPlanTest, WrongStepsAreNamed) {
  for (const char* text : {"a", "-1", "1:", ":x", "1:x2"}) {
    std::string error;
    EXPECT_FALSE(ParseThreadScript(text, &error).has_value()) << text;
    EXPECT_NE(error.find(text), std::string::npos) << error;
  }
}

TEST(ThreadPlanTest, PicksAreRunLengthCoded) {
  std::string error;
  EXPECT_EQ(*ParseThreadPicks("1 2*3 0", &error),
            (std::vector<int>{1, 2, 2, 2, 0}));
  EXPECT_TRUE(ParseThreadPicks("", &error)->empty());
  EXPECT_FALSE(ParseThreadPicks("1*0", &error).has_value());
  EXPECT_FALSE(ParseThreadPicks("1*", &error).has_value());
}

TEST(ThreadPlanTest, MissingFileIsAnError) {
  std::string error;
  EXPECT_FALSE(TextOrFile("@no/such/file", &error).has_value());
  EXPECT_EQ(error, "no/such/file: No such file or directory");
  EXPECT_EQ(*TextOrFile("1 2", &error), "1 2");
}

}  // namespace
}  // namespace npuemu
