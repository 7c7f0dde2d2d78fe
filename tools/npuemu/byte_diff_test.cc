#include "tools/npuemu/byte_diff.h"

#include <gtest/gtest.h>

#include <cstring>

namespace npuemu::cli {
namespace {

using kernels::DataType;

template <typename T>
std::string BytesOf(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

TEST(ByteDiff, EqualBytesDoNotDiffer) {
  const std::string a = BytesOf<float>({1, 2, 3});
  const ByteDiff diff = Compare(DataType::kFloat, a, a);
  EXPECT_EQ(diff.elements, 3u);
  EXPECT_EQ(diff.differing, 0u);
  EXPECT_TRUE(diff.first.empty());
  EXPECT_FALSE(diff.has_ulp);
}

TEST(ByteDiff, CountsElementsAndShowsTheFirst) {
  const std::string a = BytesOf<int32_t>({1, 2, 3, 4, 5, 6, 7});
  const std::string b = BytesOf<int32_t>({1, -2, 3, 0, 0, 0, 0});
  const ByteDiff diff = Compare(DataType::kInt32, a, b);
  EXPECT_EQ(diff.type, "int32");
  EXPECT_EQ(diff.differing, 5u);
  ASSERT_EQ(diff.first.size(), 4u);
  EXPECT_EQ(diff.first[0].index, 1u);
  EXPECT_EQ(diff.first[0].a, "2");
  EXPECT_EQ(diff.first[0].b, "-2");
}

TEST(ByteDiff, UlpsCrossZero) {
  const std::string a = BytesOf<uint32_t>({0x00000001, 0x3f800000});
  const std::string b = BytesOf<uint32_t>({0x80000001, 0x3f800003});
  const ByteDiff diff = Compare(DataType::kFloat, a, b);
  EXPECT_TRUE(diff.has_ulp);
  EXPECT_EQ(diff.max_ulp, 3u);
}

TEST(ByteDiff, NanHasNoUlps) {
  const std::string a = BytesOf<uint16_t>({0x7e00, 0x3c00});
  const std::string b = BytesOf<uint16_t>({0x3c00, 0x3c01});
  const ByteDiff diff = Compare(DataType::kFloat16, a, b);
  EXPECT_EQ(diff.differing, 2u);
  EXPECT_FALSE(diff.has_ulp);
}

TEST(ByteDiff, UnknownTypesAreBytes) {
  const ByteDiff diff = Compare(DataType::kUndefined, "abc", "axc");
  EXPECT_EQ(diff.type, "bytes");
  EXPECT_EQ(diff.differing, 1u);
  EXPECT_EQ(diff.first[0].a, "0x62");
}

}  // namespace
}  // namespace npuemu::cli
