#include "emulator/base/recent_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>

#include "emulator/base/prng.h"
#include "emulator/base/rounds.h"

namespace npuemu {
namespace {

TEST(RecentMap, AsAStdMap) {
  Prng prng(7);
  RecentMap<int, int> recent;
  std::map<int, int> plain;
  for (uint64_t i = 0; i < Rounds(200000); ++i) {
    const int key = static_cast<int>(prng.Next() % 5);
    const auto value = static_cast<int>(i);
    switch (prng.Next() % 5) {
      case 0: recent.erase(key); plain.erase(key); break;
      case 1: recent[key] = value; plain[key] = value; break;
      case 2:
        ASSERT_EQ(recent.try_emplace(key).second,
                  plain.try_emplace(key).second);
        break;
      case 3: {
        const auto found = recent.find(key);
        ASSERT_EQ(found != recent.end(), plain.count(key) > 0);
        if (found == recent.end()) break;
        ASSERT_EQ(found->second, plain.at(key));
        if (prng.Next() % 2 == 0) break;
        recent.erase(found);
        plain.erase(key);
        break;
      }
      default:
        ASSERT_TRUE(std::equal(recent.begin(), recent.end(), plain.begin(),
                               plain.end()));
    }
  }
}

}  // namespace
}  // namespace npuemu
