#include "emulator/hazard/shadow.h"

#include <cstdio>
#include <set>
#include <tuple>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/base/rounds.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

constexpr uint64_t kBytes = 200;

// The definition: every earlier access of every byte.
class Naive {
 public:
  struct Past {
    Access access;
    uint64_t begin;
    uint64_t end;
  };
  // The bytes on which it conflicts with some earlier access.
  std::set<uint64_t> Touch(uint64_t begin, uint64_t end, const Access& access,
                           const VectorClock& knowledge) {
    std::set<uint64_t> bytes;
    for (const Past& past : past_) {
      if (!past.access.write && !access.write) continue;
      if (knowledge.Knows(past.access.epoch)) continue;
      for (uint64_t byte = std::max(begin, past.begin);
           byte < std::min(end, past.end); ++byte) {
        bytes.insert(byte);
      }
    }
    past_.push_back({access, begin, end});
    return bytes;
  }
  void Forget(uint64_t begin, uint64_t end) {
    std::vector<Past> kept;
    for (const Past& past : past_) {
      if (past.begin < begin) {
        kept.push_back({past.access, past.begin, std::min(past.end, begin)});
      }
      if (past.end > end) {
        kept.push_back({past.access, std::max(past.begin, end), past.end});
      }
    }
    past_ = kept;
  }

 private:
  std::vector<Past> past_;
};

// Until the first race of a byte both say the same: what comes after a race has
// no order to speak of, and the shadow keeps the last access only.
TEST(ShadowTest, FindsTheFirstRaceOfEveryByteAsTheDefinitionDoes) {
  constexpr uint64_t kSeed = 20261126;
  std::printf("seed %d\n", static_cast<int>(kSeed));
  Prng prng(kSeed);
  int races = 0;
  for (uint64_t round = 0; round < Rounds(3000); ++round) {
    Shadow shadow(1000);
    Naive naive;
    std::set<uint64_t> raced;
    std::vector<VectorClock> actors(4);
    for (uint64_t step = 1; step < 40; ++step) {
      const auto actor = static_cast<uint32_t>(prng.Below(4));
      if (prng.Below(2) == 0) actors[actor].Join(actors[prng.Below(4)]);
      const uint64_t begin = prng.Below(8) * 25;
      const uint64_t end = begin + 1 + prng.Below(kBytes - begin);
      if (prng.Below(10) == 0) {
        shadow.Forget(begin, end);
        naive.Forget(begin, end);
        continue;
      }
      const bool write = prng.Below(3) == 0;
      const Access access{{actor, step}, step, 0, "", write, false};
      actors[actor].Advance(access.epoch);
      std::set<uint64_t> found;
      shadow.Touch(begin, end, access, actors[actor],
                   [&](const Access& earlier, uint64_t from, uint64_t to) {
                     EXPECT_TRUE(earlier.write || access.write);
                     EXPECT_FALSE(actors[actor].Knows(earlier.epoch));
                     for (uint64_t b = from; b < to; ++b) found.insert(b);
                   });
      for (const uint64_t byte :
           naive.Touch(begin, end, access, actors[actor])) {
        if (raced.contains(byte)) continue;
        EXPECT_TRUE(found.contains(byte)) << "round " << round;
        raced.insert(byte);
        ++races;
      }
      for (const uint64_t byte : found) EXPECT_TRUE(raced.contains(byte));
    }
  }
  EXPECT_GT(races, 10000);
}

TEST(ShadowTest, WholeBuffersAreOneSegmentEach) {
  Shadow shadow(1000);
  VectorClock knowledge;
  const auto none = [](const Access&, uint64_t, uint64_t) { FAIL(); };
  for (uint64_t step = 1; step < 1000; ++step) {
    const Access access{{0, step}, step, 0, "", step % 3 == 0, false};
    knowledge.Advance(access.epoch);
    shadow.Touch(step % 7 * 4096, step % 7 * 4096 + 4096, access, knowledge,
                 none);
  }
  EXPECT_EQ(shadow.segments(), 7u);
}

TEST(ShadowTest, MemoryIsBounded) {
  Shadow shadow(100);
  VectorClock knowledge;
  const auto none = [](const Access&, uint64_t, uint64_t) { FAIL(); };
  for (uint64_t step = 1; step < 1000; ++step) {
    const Access access{{0, step}, step, 0, "", true, false};
    knowledge.Advance(access.epoch);
    shadow.Touch(step * 128, step * 128 + 64, access, knowledge, none);
    EXPECT_LE(shadow.segments(), 103u);
  }
  EXPECT_GT(shadow.overflows(), 8u);
}

}  // namespace
}  // namespace npuemu
