// The block conversions against those of one value, bit for bit.

#include "kernels/numeric/half_block.h"

#include <bit>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace npuemu::kernels {
namespace {

TEST(HalfBlockTest, EveryHalfWidensAsOne) {
  std::vector<Float16> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) {
    halves[i].bits = static_cast<uint16_t>(i);
  }
  std::vector<float> floats(halves.size());
  HalvesToFloats(halves.data(), floats.data(), halves.size());
  for (size_t i = 0; i < halves.size(); ++i) {
    ASSERT_EQ(std::bit_cast<uint32_t>(floats[i]),
              std::bit_cast<uint32_t>(ToFloat(halves[i])))
        << i;
  }
}

// Every half, the middle to its neighbour, and the floats beside those; and a
// sweep over all floats.
std::vector<float> Interesting() {
  std::vector<float> floats;
  for (uint32_t h = 0; h < 65536; ++h) {
    const uint32_t bits =
        std::bit_cast<uint32_t>(ToFloat(Float16{static_cast<uint16_t>(h)}));
    for (const uint32_t base : {bits, bits + 0x1000, bits + 0x2000}) {
      for (const uint32_t near : {base - 1, base, base + 1}) {
        floats.push_back(std::bit_cast<float>(near));
      }
    }
  }
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 4099) {
    floats.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  }
  return floats;
}

TEST(HalfBlockTest, FloatsNarrowAsOne) {
  const std::vector<float> floats = Interesting();
  std::vector<Float16> halves(floats.size());
  for (const bool saturate : {false, true}) {
    FloatsToHalves(floats.data(), halves.data(), floats.size(), saturate);
    for (size_t i = 0; i < floats.size(); ++i) {
      ASSERT_EQ(halves[i].bits, Saturated(ToFloat16(floats[i]), saturate).bits)
          << std::hex << std::bit_cast<uint32_t>(floats[i]) << saturate;
    }
  }
}

TEST(HalfBlockTest, ShortBlocksTouchNothingElse) {
  for (size_t count = 0; count <= 17; ++count) {
    std::vector<Float16> halves(count + 1, Float16{0x3c00});
    std::vector<float> floats(count + 1, -7.0f);
    HalvesToFloats(halves.data(), floats.data(), count);
    EXPECT_EQ(floats[count], -7.0f);
    if (count > 0) {
      EXPECT_EQ(floats[count - 1], 1.0f);
    }
    std::vector<Float16> back(count + 1, Float16{0x1234});
    FloatsToHalves(floats.data(), back.data(), count, false);
    EXPECT_EQ(back[count].bits, 0x1234);
    if (count > 0) {
      EXPECT_EQ(back[count - 1].bits, 0x3c00);
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
