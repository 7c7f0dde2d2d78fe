// Cast in all modes against the reference: all 16-bit inputs, every 100,003rd
// f32, and 32- and 64-bit integers around the powers of two. With --all_values
// every f32 and s32: an hour.

#include "kernels/numeric/cast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

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

uint64_t g_cases = 0;

class CastTest : public testing::Test {
 protected:
  ~CastTest() override {
    std::printf("cases: %llu\n", static_cast<unsigned long long>(g_cases));
    g_cases = 0;
  }
};

template <typename S, typename D>
void ExpectCast(uint64_t bits, const ModePair& mode, bool saturate, bool wrap) {
  ++g_cases;
  const CastRule rule = {mode.mode, saturate, wrap};
  const uint64_t given = ToBits(Cast<D>(FromBits<S>(bits), rule));
  const uint64_t expected = reference::Cast(TypeOf<S>(), TypeOf<D>(), bits,
                                            mode.expected, saturate, wrap);
  if (given == expected) return;
  ADD_FAILURE() << std::hex << bits << " from " << static_cast<int>(TypeOf<S>())
                << " to " << static_cast<int>(TypeOf<D>()) << " mode "
                << static_cast<int>(mode.mode) << " saturate " << saturate
                << " wrap " << wrap << ": " << given << ", not " << expected;
}

// Overflow of floats is another matter than that of integers.
template <typename S, typename... Ds>
void ExpectCasts(Types<Ds...>, uint64_t bits) {
  for (const ModePair& mode : kModes) {
    for (bool option : {false, true}) {
      (ExpectCast<S, Ds>(bits, mode, kIsFloat<Ds> && option,
                         !kIsFloat<Ds> && option),
       ...);
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

TEST_F(CastTest, Every16BitInputInEveryMode) {
  for (uint64_t i = 0; i < 65536; ++i) {
    ExpectCasts<Float16>(
        Types<float, int8_t, uint8_t, int16_t, int32_t, int64_t, BFloat16>{},
        i);
    ExpectCasts<BFloat16>(Types<float, int8_t, uint8_t, int32_t, Float16>{}, i);
    ExpectCasts<int16_t>(Types<Float16, float>{}, i);
    if (HasFailure()) return;
  }
}

TEST_F(CastTest, FloatsInEveryMode) {
  for (uint64_t i = 0; i <= 0xffffffffu; i += 100003) {
    ExpectCasts<float>(AllTypes{}, i);
    if (HasFailure()) return;
  }
}

// Beside sixty-fourths of every power of two, where integers have their ties,
// and beside the middles of two bf16 and of two f16.
template <typename Fn>
void ForFloatsNearTies(Fn fn) {
  const auto around = [&](uint32_t bits) {
    for (uint32_t near : {bits - 1, bits, bits + 1}) {
      fn(near & 0x7fffffffu);
      fn(near | 0x80000000u);
    }
  };
  for (int exponent = -30; exponent < 70; ++exponent) {
    for (int step = 0; step < 64; ++step) {
      const float x = std::ldexp(1 + static_cast<float>(step) / 64, exponent);
      around(std::bit_cast<uint32_t>(x));
    }
  }
  for (uint32_t exponent = 0; exponent < 255; ++exponent) {
    for (uint32_t kept : {0u, 1u, 2u, 0x7fu}) {
      around(exponent << 23 | kept << 16 | 0x8000u);
      around(exponent << 23 | kept << 13 | 0x1000u);
    }
  }
}

TEST_F(CastTest, FloatsNearTies) {
  ForFloatsNearTies(
      [](uint32_t bits) { ExpectCasts<float>(AllTypes{}, bits); });
}

// Canary: one rounding mode in place of another must be noticed.
template <typename D>
void ExpectModesDiffer(const char* name) {
  for (const ModePair& mode : kModes) {
    for (const ModePair& other : kModes) {
      if (mode.expected == other.expected) continue;
      uint64_t noticed = 0;
      ForFloatsNearTies([&](uint32_t bits) {
        if (noticed > 0) return;
        ++g_cases;
        const D given = Cast<D>(FromBits<float>(bits), {mode.mode});
        noticed += ToBits(given) != reference::Cast(Type::kF32, TypeOf<D>(),
                                                    bits, other.expected,
                                                    /*saturate=*/false);
      });
      EXPECT_GT(noticed, 0u) << name << " " << static_cast<int>(mode.mode)
                             << " for " << static_cast<int>(other.mode);
    }
  }
}

TEST_F(CastTest, AnotherModeIsNoticed) {
  ExpectModesDiffer<Float16>("f16");
  ExpectModesDiffer<BFloat16>("bf16");
  ExpectModesDiffer<int8_t>("s8");
  ExpectModesDiffer<int16_t>("s16");
  ExpectModesDiffer<int32_t>("s32");
  ExpectModesDiffer<int64_t>("s64");
}

TEST_F(CastTest, IntegersInEveryMode) {
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

// Inputs first to last, in which the exact value grows or falls; so rounding
// gives all of them what it gives the first and the last, if that is the same.
template <typename S, typename D>
class RangeCheck {
 public:
  explicit RangeCheck(const ModePair& mode) : mode_(mode) {}

  void Expect(uint64_t first, uint64_t last) {
    Expect(first, Reference(first), last, Reference(last));
  }

 private:
  uint64_t Reference(uint64_t bits) const {
    return reference::Cast(TypeOf<S>(), TypeOf<D>(), bits, mode_.expected,
                           /*saturate=*/false);
  }

  void Expect(uint64_t first, uint64_t low, uint64_t last, uint64_t high) {
    if (low != high && last - first > 1) {
      const uint64_t middle = (first + last) / 2;
      Expect(first, low, middle, Reference(middle));
      Expect(middle + 1, Reference(middle + 1), last, high);
      return;
    }
    for (uint64_t bits = first; bits <= last; ++bits) {
      const uint64_t want = bits == last ? high : low;
      const D given = Cast<D>(FromBits<S>(bits), {mode_.mode});
      ++g_cases;
      if (ToBits(given) == want) continue;
      ADD_FAILURE() << std::hex << bits << ": " << ToBits(given) << ", not "
                    << want;
      return;
    }
  }

  const ModePair& mode_;
};

// Every `step`th block of inputs.
template <typename S, typename D>
void ExpectRanges(const char* name, uint64_t step) {
  constexpr uint64_t kBlock = 4096;
  for (const ModePair& mode : kModes) {
    if (mode.mode == Rounding::kNone) continue;
    RangeCheck<S, D> check(mode);
    const uint64_t before = g_cases;
    for (uint64_t i = 0; i < uint64_t{1} << 32; i += kBlock * step) {
      check.Expect(i, i + kBlock - 1);
      if (testing::Test::HasFailure()) return;
    }
    std::printf("%s mode %d: %llu\n", name, static_cast<int>(mode.mode),
                static_cast<unsigned long long>(g_cases - before));
    std::fflush(stdout);
  }
}

TEST_F(CastTest, WholeRanges) {
  const std::vector<std::string> arguments = testing::internal::GetArgvs();
  const bool all =
      std::count(arguments.begin(), arguments.end(), "--all_values") > 0;
  const uint64_t step = all ? 1 : 9973;
  ExpectRanges<float, Float16>("f32 to f16", step);
  ExpectRanges<float, BFloat16>("f32 to bf16", step);
  ExpectRanges<float, int16_t>("f32 to s16", step);
  ExpectRanges<float, int32_t>("f32 to s32", step);
  ExpectRanges<int32_t, Float16>("s32 to f16", step);
  ExpectRanges<int32_t, float>("s32 to f32", step);
}

TEST_F(CastTest, RoundsToIntegral) {
  for (uint64_t i = 0; i <= 0xffffffffu; i += 10007, ++g_cases) {
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
