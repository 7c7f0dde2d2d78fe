#include "emulator/task/checksum.h"

#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

std::vector<std::byte> Pattern(size_t size) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = std::byte(i * 7 + i / 251);
  return bytes;
}

// The same on every machine: traces travel.
TEST(ChecksumTest, IsFixed) {
  EXPECT_EQ(Checksum(nullptr, 0), Checksum(nullptr, 0));
  const auto bytes = Pattern(1000);
  const uint64_t sum = Checksum(bytes.data(), bytes.size());
  EXPECT_EQ(sum, Checksum(Pattern(1000).data(), 1000));
  EXPECT_NE(sum, Checksum(bytes.data(), bytes.size(), 1));
}

TEST(ChecksumTest, EveryByteOfAShortRangeCounts) {
  for (size_t size : {1u, 8u, 63u, 64u, 65u, 200u}) {
    std::set<uint64_t> sums;
    auto bytes = Pattern(size);
    sums.insert(Checksum(bytes.data(), size));
    for (size_t i = 0; i < size; ++i) {
      bytes[i] ^= std::byte{1};
      EXPECT_TRUE(sums.insert(Checksum(bytes.data(), size)).second) << i;
      bytes[i] ^= std::byte{1};
    }
    EXPECT_TRUE(sums.insert(Checksum(bytes.data(), size - 1)).second);
  }
}

TEST(ChecksumTest, TheEndsOfALongRangeCount) {
  const size_t size = 300 << 10;
  auto bytes = Pattern(size);
  const uint64_t sum = Checksum(bytes.data(), size);
  for (size_t i : {size_t{0}, size_t{65535}, size - 1, size - 65536}) {
    bytes[i] ^= std::byte{1};
    EXPECT_NE(Checksum(bytes.data(), size), sum) << i;
    bytes[i] ^= std::byte{1};
  }
}

}  // namespace
}  // namespace npuemu
