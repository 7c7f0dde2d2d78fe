#include "emulator/memory/interval_map.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace npuemu {
namespace {

TEST(IntervalMap, FindsHalfOpenRanges) {
  IntervalMap<int> map;
  map.Insert(10, 20, 1);
  EXPECT_EQ(map.Find(9), nullptr);
  ASSERT_NE(map.Find(10), nullptr);
  EXPECT_EQ(map.Find(19)->value, 1);
  EXPECT_EQ(map.Find(20), nullptr);
}

TEST(IntervalMap, InsertSplitsWhatItCuts) {
  IntervalMap<int> map;
  map.Insert(0, 100, 1);
  map.Insert(40, 60, 2);
  ASSERT_EQ(map.size(), 3u);
  EXPECT_EQ(map.Find(39)->end, 40u);
  EXPECT_EQ(map.Find(40)->value, 2);
  EXPECT_EQ(map.Find(60)->begin, 60u);
  EXPECT_EQ(map.Find(60)->value, 1);
}

TEST(IntervalMap, EraseKeepsOuterParts) {
  IntervalMap<int> map;
  map.Insert(0, 10, 1);
  map.Insert(10, 20, 2);
  map.Erase(5, 15);
  EXPECT_EQ(map.Find(5), nullptr);
  EXPECT_EQ(map.Find(14), nullptr);
  EXPECT_EQ(map.Find(4)->value, 1);
  EXPECT_EQ(map.Find(15)->value, 2);
  map.Erase(7, 7);
  EXPECT_EQ(map.size(), 2u);
}

TEST(IntervalMap, WorksUpToTheLastAddress) {
  IntervalMap<int> map;
  map.Insert(~0ull - 8, ~0ull, 1);
  EXPECT_NE(map.Find(~0ull - 1), nullptr);
  EXPECT_EQ(map.Find(~0ull), nullptr);
}

TEST(IntervalMap, UpdateRangeTouchesExactlyTheRange) {
  IntervalMap<int> map;
  map.Insert(0, 100, 1);
  map.UpdateRange(20, 30, [](auto& piece) { piece.value = 7; });
  EXPECT_EQ(map.Find(19)->value, 1);
  EXPECT_EQ(map.Find(20)->value, 7);
  EXPECT_EQ(map.Find(30)->value, 1);
}

// The model: one value per address, 0 for none.
class Model {
 public:
  static constexpr uint64_t kSpan = 64;
  void Set(uint64_t begin, uint64_t end, int value) {
    for (uint64_t a = begin; a < end; ++a) values_[a] = value;
  }
  int At(uint64_t a) const { return values_[a]; }

 private:
  std::array<int, kSpan> values_{};
};

void ExpectEqual(const IntervalMap<int>& map, const Model& model) {
  uint64_t last_end = 0;
  map.ForEachOverlap(0, Model::kSpan, [&](const auto& piece) {
    EXPECT_LT(piece.begin, piece.end);
    EXPECT_GE(piece.begin, last_end);
    last_end = piece.end;
    return true;
  });
  for (uint64_t a = 0; a < Model::kSpan; ++a) {
    const auto* piece = map.Find(a);
    ASSERT_EQ(piece == nullptr ? 0 : piece->value, model.At(a)) << a;
  }
}

void ExpectSameOverlap(const IntervalMap<int>& map, const Model& model,
                       uint64_t begin, uint64_t end) {
  std::vector<int> seen(Model::kSpan, 0);
  map.ForEachOverlap(begin, end, [&](const auto& piece) {
    EXPECT_LT(piece.begin, end);
    EXPECT_GT(piece.end, begin);
    for (uint64_t a = piece.begin; a < piece.end; ++a) seen[a] = piece.value;
    return true;
  });
  bool covered = true;
  for (uint64_t a = begin; a < end; ++a) {
    ASSERT_EQ(seen[a], model.At(a)) << a;
    covered = covered && model.At(a) != 0;
  }
  ASSERT_EQ(map.Covers(begin, end), covered) << begin << " " << end;
}

TEST(IntervalMap, AgreesWithModel) {
  constexpr uint64_t kSeed = 20240607;
  std::printf("SEED=%llu\n", static_cast<unsigned long long>(kSeed));
  uint64_t state = kSeed;
  auto next = [&state](uint64_t bound) {  // xorshift64*
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 2685821657736338717ull >> 33) % bound;
  };
  IntervalMap<int> map;
  Model model;
  for (int step = 1; step <= 20000; ++step) {
    const uint64_t begin = next(Model::kSpan);
    const uint64_t end = begin + 1 + next(Model::kSpan - begin);
    const uint64_t kind = next(4);
    if (kind < 2) {
      map.Insert(begin, end, step);
      model.Set(begin, end, step);
    } else if (kind == 2) {
      map.Erase(begin, end);
      model.Set(begin, end, 0);
    } else {
      ExpectSameOverlap(map, model, begin, end);
    }
    ExpectEqual(map, model);
    if (HasFatalFailure()) FAIL() << "step " << step;
  }
}

}  // namespace
}  // namespace npuemu
