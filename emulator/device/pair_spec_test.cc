#include "emulator/device/pair_spec.h"

#include <gtest/gtest.h>

namespace npuemu {
namespace {

TEST(PairSpec, TextComesBack) {
  PairSpec spec;
  spec.first = 41;
  spec.second = 57;
  spec.swap = true;
  spec.look = 41;
  spec.device = -1;
  spec.begin = uint64_t{3} << 40;
  spec.end = spec.begin + 64;
  spec.path = "folder/a, b";
  const auto parsed = PairSpec::Parse(spec.ToText());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->ToText(), spec.ToText());
  EXPECT_EQ(parsed->path, "folder/a, b");
}

TEST(PairSpec, OtherTextIsRefused) {
  for (const char* text :
       {"", "1", "1,2,0,1,1,0,0,8", "0,2,0,2,1,0,0,8,p", "2,1,0,1,1,0,0,8,p",
        "1,2,0,3,1,0,0,8,p", "1,2,0,1,1,0,8,8,p", "1,2,x,1,1,0,0,8,p"}) {
    EXPECT_FALSE(PairSpec::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace npuemu
