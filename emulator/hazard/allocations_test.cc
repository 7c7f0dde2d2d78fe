#include "emulator/hazard/allocations.h"

#include <cstdio>
#include <set>

#include "emulator/base/prng.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

TEST(ByteSetTest, AgreesWithASetOfBytes) {
  constexpr uint64_t kSeed = 4;
  std::printf("seed %d\n", static_cast<int>(kSeed));
  Prng prng(kSeed);
  for (int round = 0; round < 500; ++round) {
    ByteSet ranges;
    std::set<uint64_t> bytes;
    for (int step = 0; step < 20; ++step) {
      const uint64_t begin = prng.Below(60);
      const uint64_t end = begin + prng.Below(12);
      uint64_t missing = 0;
      for (uint64_t b = begin; b < end; ++b) missing += bytes.count(b) == 0;
      ASSERT_EQ(ranges.Missing(begin, end), missing) << "round " << round;
      if (prng.Below(2) == 0) continue;
      ranges.Add(begin, end);
      for (uint64_t b = begin; b < end; ++b) bytes.insert(b);
    }
  }
}

Event At(uint64_t at, uint64_t bytes, int device) {
  Event event;
  event.device = static_cast<int16_t>(device);
  event.a = at;
  event.b = bytes;
  return event;
}

TEST(AllocationsTest, FreedOnesStayUntilTheirBytesAreGivenOutAgain) {
  Allocations all;
  CallRecord call;
  call.index = 1;
  all.OnAlloc(At(0, 64, 0), call);
  all.OnAlloc(At(64, 64, 0), call);
  EXPECT_EQ(all.Find(0, 100)->number, 2u);
  EXPECT_EQ(all.Find(1, 100), nullptr);
  call.index = 2;
  all.OnFree(At(0, 64, 0), call);
  EXPECT_EQ(all.Find(0, 10)->freed.index, 2u);
  all.OnAlloc(At(32, 16, 0), call);
  EXPECT_EQ(all.Find(0, 40)->number, 3u);
  EXPECT_EQ(all.Find(0, 10), nullptr);
  all.OnReset(0);
  EXPECT_EQ(all.Find(0, 100), nullptr);
}

}  // namespace
}  // namespace npuemu
