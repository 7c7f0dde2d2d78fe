// Largest, by each instruction set, against a loop over one value at a time.

#include "kernels/numeric/largest.h"

#include <bit>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/numeric/isa.h"
#include "kernels/testing/prng.h"

namespace npuemu::kernels {
namespace {

constexpr uint64_t kSeed = 20261127;
constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr uint32_t kNan = 0x7fc00000;

uint32_t OneByOne(const std::vector<float>& x, bool smallest) {
  float best = smallest ? kInf : -kInf;
  bool first = true;
  for (const float v : x) {
    if (v != v) return kNan;
    if (first || (smallest ? v < best : v > best)) best = v;
    first = false;
  }
  return std::bit_cast<uint32_t>(best);
}

// Few different values, so that equal ones, zeros of both signs among them, are
// often the greatest; a NaN now and then.
float Draw(Prng& prng, int kind) {
  constexpr float kValues[] = {0.0f, -0.0f, 1.0f, -1.0f, kInf, -kInf};
  const uint64_t random = prng.Next();
  if (kind == 0) return std::bit_cast<float>(static_cast<uint32_t>(random));
  if (kind == 1) return kValues[random % 2];
  if (kind == 2) return kValues[random % 6];
  return static_cast<float>(random % 1000) * (kind == 3 ? 1.0f : -1.0f);
}

TEST(LargestTest, AsOneByOne) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
  Prng prng(kSeed);
  int64_t cases = 0;
  for (const Isa isa : {Isa::kAvx512, Isa::kPlain}) {
    LimitIsa(isa);
    for (int64_t n = 0; n <= 200; ++n) {
      for (int round = 0; round < 20; ++round, ++cases) {
        std::vector<float> x(static_cast<size_t>(n));
        for (float& v : x) v = Draw(prng, round % 5);
        if (n > 0 && round % 4 == 1) {
          x[prng.Next() % x.size()] = std::numeric_limits<float>::quiet_NaN();
        }
        EXPECT_EQ(std::bit_cast<uint32_t>(Largest(x.data(), n)),
                  OneByOne(x, false));
        EXPECT_EQ(std::bit_cast<uint32_t>(Largest<true>(x.data(), n)),
                  OneByOne(x, true));
      }
    }
  }
  std::printf("cases: %lld rows, both ways\n", static_cast<long long>(cases));
}

}  // namespace
}  // namespace npuemu::kernels
