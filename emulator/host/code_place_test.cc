#include "emulator/host/code_place.h"

#include <cstdio>
#include <string>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

TEST(CodePlaceTest, NamesTheModuleAndAnOffsetInIt) {
  const CodePlace here =
      PlaceOfCode(reinterpret_cast<const void*>(&PlaceOfCode));
  ASSERT_NE(here.module, nullptr);
  EXPECT_NE(std::string(here.module).find("code_place_test"),
            std::string::npos);
  EXPECT_GT(here.offset, 0u);
  EXPECT_LT(here.offset, uint64_t{1} << 32);
}

TEST(CodePlaceTest, LibrariesHaveTheirPaths) {
  const CodePlace place =
      PlaceOfCode(reinterpret_cast<const void*>(&std::puts));
  ASSERT_NE(place.module, nullptr);
}

TEST(CodePlaceTest, WhatIsNoCodeIsInNoModule) {
  int local = 0;
  EXPECT_EQ(PlaceOfCode(&local).module, nullptr);
  EXPECT_EQ(PlaceOfCode(nullptr).module, nullptr);
}

}  // namespace
}  // namespace npuemu
