// f16 and bf16 conversions, all halves and every 1009th f32, against the
// reference.

#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <limits>

#include "kernels/numeric/element.h"
#include "kernels/testing/reference.h"

namespace npuemu::kernels {
namespace {

using reference::Mode;
using reference::Type;

TEST(HalfTest, WidensEveryHalf) {
  for (uint32_t i = 0; i < 65536; ++i) {
    const auto bits = static_cast<uint16_t>(i);
    ASSERT_EQ(std::bit_cast<uint32_t>(ToFloat(Float16{bits})),
              reference::Cast(Type::kF16, Type::kF32, i, Mode::kRint, false));
    ASSERT_EQ(std::bit_cast<uint32_t>(ToFloat(BFloat16{bits})),
              reference::Cast(Type::kBf16, Type::kF32, i, Mode::kRint, false));
  }
}

TEST(HalfTest, NarrowsEveryThousandthFloat) {
  uint64_t wrong = 0;
  uint64_t cases = 0;
  for (uint64_t i = 0; i <= 0xffffffffu && wrong < 5; i += 1009) {
    const float x = std::bit_cast<float>(static_cast<uint32_t>(i));
    for (bool saturate : {false, true}) {
      ++cases;
      const uint64_t half =
          reference::Cast(Type::kF32, Type::kF16, i, Mode::kRint, saturate);
      const uint64_t brain =
          reference::Cast(Type::kF32, Type::kBf16, i, Mode::kRint, saturate);
      if (Out<Float16>(x, saturate).bits == half &&
          Out<BFloat16>(x, saturate).bits == brain) {
        continue;
      }
      ++wrong;
      ADD_FAILURE() << std::hex << i;
    }
  }
  std::printf("cases: %llu\n", static_cast<unsigned long long>(cases));
}

// All f32 next to the midpoints of halves, where a wrong tie shows.
TEST(HalfTest, RoundsTies) {
  for (uint32_t i = 0; i < 0x7c00; ++i) {
    const float low = ToFloat(Float16{static_cast<uint16_t>(i)});
    const float high = i + 1 == 0x7c00
                           ? 65536
                           : ToFloat(Float16{static_cast<uint16_t>(i + 1)});
    const auto middle = std::bit_cast<uint32_t>((low + high) / 2);
    for (uint32_t bits : {middle - 1, middle, middle + 1}) {
      for (uint32_t sign : {0u, 0x80000000u}) {
        ASSERT_EQ(ToFloat16(std::bit_cast<float>(bits | sign)).bits,
                  reference::Cast(Type::kF32, Type::kF16, bits | sign,
                                  Mode::kRint, false))
            << std::hex << bits;
      }
    }
  }
}

TEST(HalfTest, KnownValues) {
  EXPECT_EQ(ToFloat16(1).bits, 0x3c00);
  EXPECT_EQ(ToFloat16(-0.0f).bits, 0x8000);
  EXPECT_EQ(ToFloat16(65519.996f).bits, 0x7bff);
  EXPECT_EQ(ToFloat16(65520).bits, 0x7c00);
  EXPECT_EQ(ToFloat16(0x1p-25f).bits, 0);
  EXPECT_EQ(ToFloat16(0x1.000002p-25f).bits, 1);
  EXPECT_EQ(ToBFloat16(3.1415927f).bits, 0x4049);
  EXPECT_EQ(ToBFloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
  EXPECT_EQ(Out<Float16>(1e6f, true).bits, 0x7bff);
  EXPECT_EQ(Out<Float16>(-1e6f, true).bits, 0xfbff);
  EXPECT_EQ(Out<Float16>(std::numeric_limits<float>::quiet_NaN(), true).bits,
            0);
}

}  // namespace
}  // namespace npuemu::kernels
