#include "emulator/device/host_watch.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <vector>

namespace npuemu {
namespace {

constexpr uint64_t kBytes = 4096;

class HostWatchTest : public testing::TestWithParam<bool> {
 protected:
  char* Pinned() {
    return static_cast<char*>(memory_.Allocate(kBytes).value());
  }
  std::shared_ptr<WatchedRange> Watch(void* pointer, uint64_t task,
                                      bool source = true) {
    auto range = watch_.Begin(pointer, kBytes, source);
    range->task = task;
    return range;
  }
  // Tasks up to this are complete: those whose bytes changed.
  std::vector<uint64_t> ChangedUpTo(uint64_t task) {
    std::vector<uint64_t> changed;
    watch_.EndAwaited(
        [&](uint64_t other) { return other <= task; },
        [&](const WatchedRange& range) { changed.push_back(range.task); });
    return changed;
  }

  HostMemory memory_{GetParam()};
  HostWatch watch_{&memory_, GetParam()};
};

INSTANTIATE_TEST_SUITE_P(SumsAndPages, HostWatchTest, testing::Bool());

TEST_P(HostWatchTest, ChangedSourceIsTold) {
  char* const a = Pinned();
  char* const b = Pinned();
  Watch(a, 1);
  Watch(b, 2);
  memory_.View(b)[7] = std::byte{1};  // past any protection
  EXPECT_EQ(ChangedUpTo(2), std::vector<uint64_t>{2});
  EXPECT_TRUE(ChangedUpTo(2).empty());
}

TEST_P(HostWatchTest, SeveralEndAtOnceAndTheOthersStay) {
  std::vector<char*> blocks;
  for (uint64_t task = 1; task <= 8; ++task) {
    blocks.push_back(Pinned());
    Watch(blocks.back(), task, /*source=*/task % 3 == 0);
  }
  // Some that end have others between them.
  watch_.EndAwaited([](uint64_t task) { return task % 2 == 1; },
                    [](const WatchedRange& range) {
                      ADD_FAILURE() << "task " << range.task;
                    });
  for (uint64_t task = 1; task <= 8; ++task) {
    char* const block = blocks[task - 1];
    if (task % 2 == 1) {
      std::memset(block, 1, kBytes);
      continue;
    }
    const auto touched = watch_.OnTouch(reinterpret_cast<uint64_t>(block) + 1);
    ASSERT_EQ(touched != nullptr, GetParam());
    if (touched != nullptr) {
      EXPECT_EQ(touched->task, task);
    }
  }
}

TEST_P(HostWatchTest, OneBlockInSeveralCopies) {
  char* const block = Pinned();
  Watch(block, 1);
  Watch(block, 2);
  EXPECT_TRUE(ChangedUpTo(1).empty());
  // The second copy still needs it.
  const auto touched = watch_.OnTouch(reinterpret_cast<uint64_t>(block));
  ASSERT_EQ(touched != nullptr, GetParam());
  if (touched != nullptr) {
    EXPECT_EQ(touched->task, 2u);
  }
  watch_.End(block, kBytes);
  std::memset(block, 1, kBytes);
}

TEST_P(HostWatchTest, DestinationIsWhatTheCopyWrote) {
  char* const block = Pinned();
  const auto range = Watch(block, 1, /*source=*/false);
  watch_.BeforeWrite(range.get(), /*whole=*/true);
  memory_.View(block)[0] = std::byte{5};
  watch_.AfterWrite(range.get());
  EXPECT_TRUE(ChangedUpTo(1).empty());
}

// Registered memory that goes while a copy is pending is told, not read.
TEST_P(HostWatchTest, UnmappedMemoryIsGone) {
  void* const user = mmap(nullptr, 2 * kBytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(user, MAP_FAILED);
  ASSERT_TRUE(memory_.Register(user, 2 * kBytes).ok());
  const auto source = Watch(user, 1);
  const auto destination =
      Watch(static_cast<char*>(user) + kBytes, 2, /*source=*/false);
  ASSERT_TRUE(memory_.IsMapped(user, 2 * kBytes));
  ASSERT_EQ(munmap(user, 2 * kBytes), 0);
  EXPECT_FALSE(memory_.IsMapped(user, 1));
  watch_.BeforeWrite(destination.get(), /*whole=*/true);
  watch_.AfterWrite(destination.get());
  watch_.AcceptChanges();
  EXPECT_EQ(ChangedUpTo(2), (std::vector<uint64_t>{1, 2}));
  EXPECT_TRUE(source->gone);
  EXPECT_TRUE(destination->gone);
}

TEST_P(HostWatchTest, FlagsAndPageableMemoryAreNotWatched) {
  char* const block = Pinned();
  EXPECT_EQ(watch_.Begin(block, 8, /*source=*/false), nullptr);
  char pageable[64];
  EXPECT_EQ(watch_.Begin(pageable, sizeof(pageable), true), nullptr);
}

}  // namespace
}  // namespace npuemu
