#include "emulator/memory/allocator.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "emulator/base/status.h"

namespace npuemu {
namespace {

constexpr uint64_t kBase = 0x10000;

uint64_t MustAllocate(RangeAllocator& a, uint64_t bytes,
                      uint64_t alignment = 1) {
  auto result = a.Allocate(bytes, alignment);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.value_or(0);
}

TEST(RangeAllocator, RoundsAndAligns) {
  RangeAllocator a(kBase, 1 << 20, 512);
  EXPECT_EQ(MustAllocate(a, 1), kBase);
  EXPECT_EQ(MustAllocate(a, 513), kBase + 512);
  EXPECT_EQ(MustAllocate(a, 512), kBase + 3 * 512);
  EXPECT_EQ(MustAllocate(a, 4096, 65536), kBase + 65536);
  EXPECT_EQ(a.used(), 4 * 512u + 4096);
  EXPECT_EQ(a.free(), (1u << 20) - a.used());
}

TEST(RangeAllocator, LastFreedFirstAmongEqualFits) {
  RangeAllocator a(kBase, 1 << 20, 512);
  const uint64_t x = MustAllocate(a, 512);
  MustAllocate(a, 512);  // keeps x and y apart
  const uint64_t y = MustAllocate(a, 512);
  MustAllocate(a, 512);
  ASSERT_TRUE(a.Free(x).ok());
  ASSERT_TRUE(a.Free(y).ok());
  EXPECT_EQ(MustAllocate(a, 512), y);
  EXPECT_EQ(MustAllocate(a, 512), x);
}

TEST(RangeAllocator, LastFreedFirstEvenWhenNeighboursMerged) {
  RangeAllocator a(kBase, 1 << 20, 512);
  const uint64_t x = MustAllocate(a, 512);
  const uint64_t y = MustAllocate(a, 512);
  const uint64_t z = MustAllocate(a, 512);
  for (const uint64_t p : {x, z, y}) ASSERT_TRUE(a.Free(p).ok());
  EXPECT_EQ(a.holes(), 1u);
  EXPECT_EQ(MustAllocate(a, 512), y);
  EXPECT_EQ(MustAllocate(a, 512), z);
  EXPECT_EQ(MustAllocate(a, 512), x);
}

TEST(RangeAllocator, EqualHolesOfOtherSizesAlsoLastFreedFirst) {
  RangeAllocator a(kBase, 1 << 20, 512);
  const uint64_t x = MustAllocate(a, 2048);
  MustAllocate(a, 512);
  const uint64_t y = MustAllocate(a, 2048);
  MustAllocate(a, 512);
  ASSERT_TRUE(a.Free(x).ok());
  ASSERT_TRUE(a.Free(y).ok());
  EXPECT_EQ(MustAllocate(a, 1024), y);  // no block of 1024 was ever freed
}

TEST(RangeAllocator, BestFitBeforeFirstFit) {
  RangeAllocator a(kBase, 1 << 20, 512);
  const uint64_t big = MustAllocate(a, 8192);
  MustAllocate(a, 512);
  const uint64_t snug = MustAllocate(a, 2048);
  MustAllocate(a, 512);
  ASSERT_TRUE(a.Free(snug).ok());
  ASSERT_TRUE(a.Free(big).ok());
  EXPECT_EQ(MustAllocate(a, 1536), snug);
}

TEST(RangeAllocator, MergesBothNeighbours) {
  RangeAllocator a(kBase, 4096, 512);
  std::vector<uint64_t> p;
  for (int i = 0; i < 8; ++i) p.push_back(MustAllocate(a, 512));
  EXPECT_EQ(a.largest_hole(), 0u);
  ASSERT_TRUE(a.Free(p[2]).ok());
  ASSERT_TRUE(a.Free(p[4]).ok());
  EXPECT_EQ(a.largest_hole(), 512u);
  ASSERT_TRUE(a.Free(p[3]).ok());
  EXPECT_EQ(a.largest_hole(), 3 * 512u);
  EXPECT_EQ(a.holes(), 1u);
  EXPECT_EQ(MustAllocate(a, 3 * 512), p[2]);
}

TEST(RangeAllocator, OutOfMemoryNamesTheNumbers) {
  RangeAllocator a(kBase, 4096, 512);
  const uint64_t x = MustAllocate(a, 1024);
  MustAllocate(a, 2048);
  ASSERT_TRUE(a.Free(x).ok());
  auto result = a.Allocate(1536, 1);
  EXPECT_EQ(FaultOf(result.status()), Fault::kRtMemoryAllocation);
  const std::string text(result.status().message());
  EXPECT_NE(text.find("requested 1536 bytes"), std::string::npos) << text;
  EXPECT_NE(text.find("free 2048 of 4096"), std::string::npos) << text;
  EXPECT_NE(text.find("largest free piece 1024"), std::string::npos) << text;
}

TEST(RangeAllocator, RefusesBadArguments) {
  RangeAllocator a(kBase, 4096, 512);
  EXPECT_EQ(FaultOf(a.Allocate(0, 1).status()), Fault::kInvalidParam);
  EXPECT_EQ(FaultOf(a.Allocate(1, 3).status()), Fault::kInvalidParam);
  EXPECT_EQ(FaultOf(a.Allocate(1, 0).status()), Fault::kInvalidParam);
  EXPECT_EQ(FaultOf(a.Allocate(~0ull, 1).status()), Fault::kRtMemoryAllocation);
  const uint64_t x = MustAllocate(a, 1024);
  EXPECT_EQ(FaultOf(a.Free(x + 512)), Fault::kInvalidParam);
  ASSERT_TRUE(a.Free(x).ok());
  EXPECT_EQ(FaultOf(a.Free(x)), Fault::kInvalidParam);
  EXPECT_EQ(a.used(), 0u);
}

TEST(RangeAllocator, HugeAlignmentNearTheTopDoesNotWrap) {
  RangeAllocator a(~0ull << 20, 1 << 19, 512);
  EXPECT_EQ(FaultOf(a.Allocate(512, 1ull << 63).status()),
            Fault::kRtMemoryAllocation);
}

// Blocks never overlap, lie inside, are aligned, and sums hold; two runs give
// the same addresses; in the end everything merges back.
std::vector<uint64_t> RandomRun(uint64_t seed) {
  constexpr uint64_t kCapacity = 1 << 20;
  uint64_t state = seed;
  auto next = [&state](uint64_t bound) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 33) % bound;
  };
  RangeAllocator a(kBase * 16, kCapacity, 512);
  std::map<uint64_t, uint64_t> live;
  std::vector<uint64_t> given;
  uint64_t used = 0;
  for (int step = 0; step < 20000; ++step) {
    if (next(5) < 3) {
      const uint64_t bytes = 1 + next(next(8) == 0 ? 60000 : 3000);
      const uint64_t alignment = 1ull << next(14);
      auto result = a.Allocate(bytes, alignment);
      if (!result.ok()) continue;
      given.push_back(*result);
      const uint64_t size = (bytes + 511) / 512 * 512;
      EXPECT_EQ(*result % alignment, 0u);
      EXPECT_GE(*result, a.base());
      EXPECT_LE(*result + size, a.base() + kCapacity);
      auto after = live.lower_bound(*result);
      if (after != live.end()) {
        EXPECT_LE(*result + size, after->first);
      }
      if (after != live.begin()) {
        --after;
        EXPECT_LE(after->first + after->second, *result);
      }
      live[*result] = size;
      used += size;
    } else if (!live.empty()) {
      auto it = std::next(live.begin(), next(live.size()));
      EXPECT_TRUE(a.Free(it->first).ok());
      used -= it->second;
      live.erase(it);
    }
    EXPECT_EQ(a.used(), used);
  }
  for (const auto& [begin, size] : live) EXPECT_TRUE(a.Free(begin).ok());
  EXPECT_EQ(a.largest_hole(), kCapacity);
  EXPECT_EQ(a.holes(), 1u);
  return given;
}

TEST(RangeAllocator, RandomRunsKeepInvariantsAndRepeat) {
  constexpr uint64_t kSeed = 77;
  std::printf("SEED=%llu\n", static_cast<unsigned long long>(kSeed));
  const std::vector<uint64_t> first = RandomRun(kSeed);
  EXPECT_GT(first.size(), 1000u);
  EXPECT_EQ(first, RandomRun(kSeed));
}

}  // namespace
}  // namespace npuemu
