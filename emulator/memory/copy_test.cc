#include "emulator/memory/copy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace npuemu {
namespace {

constexpr unsigned char kGuard = 0xA5;

std::vector<unsigned char> Numbers(size_t n) {
  std::vector<unsigned char> bytes(n);
  uint32_t state = 1;
  for (auto& b : bytes) {
    state = state * 1664525u + 1013904223u;
    b = static_cast<unsigned char>(state >> 24);
  }
  return bytes;
}

// Runs `copy` from src+from to a guarded dst+to and compares every byte.
template <typename Copy>
void Check(Copy copy, size_t n, size_t from, size_t to) {
  static const std::vector<unsigned char> source = Numbers(70000);
  ASSERT_LE(from + n, source.size());
  std::vector<unsigned char> dst(to + n + 256, kGuard);
  copy(dst.data() + to, source.data() + from, n);
  ASSERT_EQ(std::memcmp(dst.data() + to, source.data() + from, n), 0)
      << n << " " << from << " " << to;
  for (size_t i = 0; i < to; ++i) ASSERT_EQ(dst[i], kGuard);
  for (size_t i = to + n; i < dst.size(); ++i) ASSERT_EQ(dst[i], kGuard);
}

template <typename Copy>
void CheckAll(Copy copy) {
  for (size_t n = 0; n <= 1100; ++n) Check(copy, n, n % 67, (n * 7) % 71);
  for (size_t from = 0; from < 65; ++from) {
    for (size_t to = 0; to < 65; to += 3) Check(copy, 777, from, to);
  }
  for (const size_t n : {4095, 4096, 4097, 65535, 65536, 65537}) {
    for (const size_t offset : {0, 1, 63}) Check(copy, n, offset, 64 - offset);
  }
}

TEST(Copy, SmallSizesAndAlignments) { CheckAll(CopyBytes); }

class StreamCopy : public testing::TestWithParam<CopyIsa> {};

TEST_P(StreamCopy, SizesAlignmentsAndTails) {
  if (!IsSupported(GetParam())) GTEST_SKIP() << "not on this machine";
  CheckAll([](void* dst, const void* src, size_t n) {
    StreamCopyForTest(GetParam(), dst, src, n);
  });
}

INSTANTIATE_TEST_SUITE_P(Isa, StreamCopy,
                         testing::Values(CopyIsa::kPlain, CopyIsa::kAvx2,
                                         CopyIsa::kAvx512));

TEST(Copy, LargeCopiesTakeTheStreamingPath) {
  constexpr size_t kBytes = (12 << 20) + 333;
  const std::vector<unsigned char> source = Numbers(kBytes + 5);
  std::vector<unsigned char> dst(kBytes + 64, kGuard);
  CopyBytes(dst.data() + 3, source.data() + 5, kBytes);
  EXPECT_EQ(std::memcmp(dst.data() + 3, source.data() + 5, kBytes), 0);
  EXPECT_EQ(dst[2], kGuard);
  EXPECT_EQ(dst[3 + kBytes], kGuard);
}

TEST(Copy, OverlapIsAsThroughABuffer) {
  for (const size_t n : {100ul, 16ul << 20}) {
    for (const long shift : {-17l, 0l, 17l, 4096l}) {
      std::vector<unsigned char> bytes = Numbers(n + 8192);
      const std::vector<unsigned char> before = bytes;
      CopyBytes(bytes.data() + 4000 + shift, bytes.data() + 4000, n);
      ASSERT_EQ(
          std::memcmp(bytes.data() + 4000 + shift, before.data() + 4000, n), 0)
          << n << " " << shift;
    }
  }
}

TEST(Copy, NothingFromNullIsFine) {
  CopyBytes(nullptr, nullptr, 0);
  FillBytes(nullptr, 1, 0);
  FillWords(nullptr, 1, 0);
}

void ExpectFilled(const std::vector<unsigned char>& bytes, size_t begin,
                  size_t n, unsigned char value) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const bool inside = i >= begin && i < begin + n;
    if (bytes[i] != (inside ? value : kGuard)) FAIL() << i << " of " << n;
  }
}

TEST(Fill, BytesOfAllSizes) {
  for (const size_t n : {0ul, 1ul, 63ul, 1000ul, (64ul << 20) + 77}) {
    std::vector<unsigned char> bytes(n + 128, kGuard);
    FillBytes(bytes.data() + 5, 0x3C, n);
    ExpectFilled(bytes, 5, n, 0x3C);
  }
}

TEST(Fill, WordsOfAllSizes) {
  for (const size_t count : {0ul, 1ul, 15ul, 1000ul, (16ul << 20) + 19}) {
    std::vector<uint32_t> words(count + 8, 7);
    FillWords(words.data() + 3, 0x01020304, count);
    for (size_t i = 0; i < words.size(); ++i) {
      const bool inside = i >= 3 && i < 3 + count;
      if (words[i] != (inside ? 0x01020304u : 7u)) FAIL() << i;
    }
  }
}

TEST(Copy2d, RowsOnlyAndPitchesKept) {
  const std::vector<unsigned char> source = Numbers(10 * 40);
  std::vector<unsigned char> dst(10 * 64, kGuard);
  Copy2d(dst.data(), 64, source.data(), 40, 30, 10);
  for (size_t row = 0; row < 10; ++row) {
    for (size_t x = 0; x < 64; ++x) {
      ASSERT_EQ(dst[row * 64 + x], x < 30 ? source[row * 40 + x] : kGuard)
          << row << " " << x;
    }
  }
}

TEST(Copy2d, DensePitches) {
  const std::vector<unsigned char> source = Numbers(12 * 50);
  std::vector<unsigned char> dst(12 * 50 + 1, kGuard);
  Copy2d(dst.data(), 50, source.data(), 50, 50, 12);
  EXPECT_EQ(std::memcmp(dst.data(), source.data(), source.size()), 0);
  EXPECT_EQ(dst.back(), kGuard);
  Copy2d(dst.data(), 50, source.data(), 50, 0, 12);
}

}  // namespace
}  // namespace npuemu
