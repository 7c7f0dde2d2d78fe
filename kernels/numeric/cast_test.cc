// Cast in all modes against the reference: all halves, every 100,003rd f32,
// and integers around the powers of two.

#include "kernels/numeric/cast.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "kernels/testing/prng.h"
#include "kernels/testing/reference.h"

namespace npuemu::kernels {
namespace {

using reference::Type;

struct ModePair {
  Rounding mode;
  reference::Mode expected;
};
constexpr ModePair kModes[] = {{Rounding::kNone, reference::Mode::kRint},
                               {Rounding::kRint, reference::Mode::kRint},
                               {Rounding::kRound, reference::Mode::kRound},
                               {Rounding::kFloor, reference::Mode::kFloor},
                               {Rounding::kCeil, reference::Mode::kCeil},
                               {Rounding::kTrunc, reference::Mode::kTrunc},
                               {Rounding::kOdd, reference::Mode::kOdd}};

template <typename T>
constexpr Type TypeOf() {
  if constexpr (std::is_same_v<T, Float16>) return Type::kF16;
  if constexpr (std::is_same_v<T, BFloat16>) return Type::kBf16;
  if constexpr (std::is_same_v<T, float>) return Type::kF32;
  if constexpr (std::is_same_v<T, Bool>) return Type::kBool;
  if constexpr (std::is_same_v<T, int8_t>) return Type::kS8;
  if constexpr (std::is_same_v<T, uint8_t>) return Type::kU8;
  if constexpr (std::is_same_v<T, int16_t>) return Type::kS16;
  if constexpr (std::is_same_v<T, uint16_t>) return Type::kU16;
  if constexpr (std::is_same_v<T, int32_t>) return Type::kS32;
  if constexpr (std::is_same_v<T, uint32_t>) return Type::kU32;
  if constexpr (std::is_same_v<T, int64_t>) return Type::kS64;
  return Type::kU64;
}

template <typename T>
T FromBits(uint64_t bits) {
  T value;
  std::memcpy(static_cast<void*>(&value), &bits, sizeof(T));
  return value;
}

template <typename T>
uint64_t ToBits(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}

template <typename S, typename D>
void ExpectCast(uint64_t bits, const ModePair& mode, bool saturate, bool wrap) {
  const CastRule rule = {mode.mode, saturate, wrap};
  const uint64_t given = ToBits(Cast<D>(FromBits<S>(bits), rule));
  const uint64_t expected = reference::Cast(TypeOf<S>(), TypeOf<D>(), bits,
                                            mode.expected, saturate, wrap);
  EXPECT_EQ(given, expected)
      << std::hex << bits << " from " << static_cast<int>(TypeOf<S>()) << " to "
      << static_cast<int>(TypeOf<D>()) << " mode "
      << static_cast<int>(mode.mode) << " saturate " << saturate << " wrap "
      << wrap;
}

template <typename S, typename... Ds>
void ExpectCasts(Types<Ds...>, uint64_t bits) {
  for (const ModePair& mode : kModes) {
    for (bool saturate : {false, true}) {
      for (bool wrap : {false, true}) {
        (ExpectCast<S, Ds>(bits, mode, saturate, wrap), ...);
      }
    }
  }
}

template <typename... Ss>
void ExpectCastsOfInts(Types<Ss...>, uint64_t bits) {
  (ExpectCasts<Ss>(AllTypes{},
                   sizeof(Ss) == 8
                       ? bits
                       : bits & ((uint64_t{1} << (sizeof(Ss) * 8 % 64)) - 1)),
   ...);
}

TEST(CastTest, EveryHalfInEveryMode) {
  for (uint64_t i = 0; i < 65536; ++i) {
    ExpectCasts<Float16>(
        Types<float, int8_t, uint8_t, int16_t, int32_t, BFloat16>{}, i);
    ExpectCasts<BFloat16>(Types<float, int32_t, Float16>{}, i);
    if (HasFailure()) return;
  }
}

TEST(CastTest, FloatsInEveryMode) {
  for (uint64_t i = 0; i <= 0xffffffffu; i += 100003) {
    ExpectCasts<float>(AllTypes{}, i);
    if (HasFailure()) return;
  }
}

TEST(CastTest, FloatsNearTies) {
  for (int exponent = -30; exponent < 70; ++exponent) {
    for (int step = 0; step < 64; ++step) {
      const float x = std::ldexp(1 + static_cast<float>(step) / 64, exponent);
      const auto bits = std::bit_cast<uint32_t>(x);
      for (uint32_t near : {bits - 1, bits, bits + 1}) {
        ExpectCasts<float>(AllTypes{}, near);
        ExpectCasts<float>(AllTypes{}, near | 0x80000000u);
      }
    }
    if (HasFailure()) return;
  }
}

TEST(CastTest, IntegersInEveryMode) {
  using Ints = Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t,
                     int64_t, uint64_t>;
  Prng prng(1);
  for (int bit = 0; bit < 64; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    for (uint64_t k = 0; k < 5; ++k) {
      ExpectCastsOfInts(Ints{}, power + k - 2);
      ExpectCastsOfInts(Ints{}, 0 - power + k - 2);
    }
    for (int k = 0; k < 20; ++k) {
      ExpectCastsOfInts(Ints{}, prng.Next() >> bit);
    }
    if (HasFailure()) return;
  }
}

TEST(CastTest, RoundsToIntegral) {
  for (uint64_t i = 0; i <= 0xffffffffu; i += 10007) {
    const float x = std::bit_cast<float>(static_cast<uint32_t>(i));
    const float y = RoundToIntegral(x, Rounding::kRint);
    const float expected = CanonicalNan(std::nearbyint(x));
    ASSERT_EQ(std::bit_cast<uint32_t>(y), std::bit_cast<uint32_t>(expected))
        << std::hex << i;
    ASSERT_EQ(std::bit_cast<uint32_t>(RoundToIntegral(x, Rounding::kFloor)),
              std::bit_cast<uint32_t>(CanonicalNan(std::floor(x))));
  }
}

}  // namespace
}  // namespace npuemu::kernels
