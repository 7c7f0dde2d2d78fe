// The block conversions, by each instruction set, against those of one value,
// bit for bit.

#include "kernels/numeric/half_block.h"

#include <bit>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/numeric/isa.h"

namespace npuemu::kernels {
namespace {

// The two formats by one name each.
struct Half {
  using T = Float16;
  static constexpr auto kWiden = &HalvesToFloats;
  static constexpr auto kNarrow = &FloatsToHalves;
  static T One(float x) { return ToFloat16(x); }
};
struct Bfloat {
  using T = BFloat16;
  static constexpr auto kWiden = &BfloatsToFloats;
  static constexpr auto kNarrow = &FloatsToBfloats;
  static T One(float x) { return ToBFloat16(x); }
};

constexpr Isa kIsas[] = {Isa::kPlain, Isa::kAvx2};

template <typename F>
class HalfBlockTest : public testing::Test {};
using Formats = testing::Types<Half, Bfloat>;
TYPED_TEST_SUITE(HalfBlockTest, Formats);

TYPED_TEST(HalfBlockTest, EveryValueWidensAsOne) {
  using T = typename TypeParam::T;
  std::vector<T> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) {
    // Scattered, so that a NaN has no neighbour that is one.
    halves[i].bits = static_cast<uint16_t>(i * 40503);
  }
  std::vector<float> floats(halves.size());
  for (const Isa isa : kIsas) {
    LimitIsa(isa);
    TypeParam::kWiden(halves.data(), floats.data(), halves.size());
    for (size_t i = 0; i < halves.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint32_t>(floats[i]),
                std::bit_cast<uint32_t>(ToFloat(halves[i])))
          << std::hex << halves[i].bits;
    }
  }
}

// Every value, the middle to its neighbour, and the floats beside those; and a
// sweep over all floats.
template <typename T>
std::vector<float> Interesting() {
  std::vector<float> floats;
  for (uint32_t h = 0; h < 65536; ++h) {
    const uint32_t bits =
        std::bit_cast<uint32_t>(ToFloat(T{static_cast<uint16_t>(h)}));
    for (const uint32_t base :
         {bits, bits + 0x1000, bits + 0x2000, bits + 0x8000}) {
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

TYPED_TEST(HalfBlockTest, FloatsNarrowAsOne) {
  using T = typename TypeParam::T;
  const std::vector<float> floats = Interesting<T>();
  std::vector<T> halves(floats.size());
  for (const Isa isa : kIsas) {
    LimitIsa(isa);
    for (const bool saturate : {false, true}) {
      TypeParam::kNarrow(floats.data(), halves.data(), floats.size(), saturate);
      for (size_t i = 0; i < floats.size(); ++i) {
        ASSERT_EQ(halves[i].bits,
                  Saturated(TypeParam::One(floats[i]), saturate).bits)
            << std::hex << std::bit_cast<uint32_t>(floats[i]) << saturate;
      }
    }
  }
}

TYPED_TEST(HalfBlockTest, ShortBlocksTouchNothingElse) {
  using T = typename TypeParam::T;
  const T one = TypeParam::One(1.0f);
  for (size_t count = 0; count <= 67; ++count) {
    std::vector<T> halves(count + 1, one);
    std::vector<float> floats(count + 1, -7.0f);
    TypeParam::kWiden(halves.data(), floats.data(), count);
    EXPECT_EQ(floats[count], -7.0f);
    if (count > 0) {
      EXPECT_EQ(floats[count - 1], 1.0f);
    }
    std::vector<T> back(count + 1, T{0x1234});
    TypeParam::kNarrow(floats.data(), back.data(), count, false);
    EXPECT_EQ(back[count].bits, 0x1234);
    if (count > 0) {
      EXPECT_EQ(back[count - 1], one);
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
