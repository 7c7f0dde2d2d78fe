// ExpFloats against ExpFloat, which elementary_test compares with MPFR: every
// 1,021st float, floats around the limits, and those whose power lies next to
// the middle of two floats. With --all_values every float: minutes.

#include "kernels/numeric/exp_block.h"

#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/numeric/elementary.h"
#include "kernels/numeric/isa.h"

namespace npuemu::kernels {
namespace {

uint64_t Step() {
  for (const std::string& argument : testing::internal::GetArgvs()) {
    if (argument == "--all_values") return 1;
  }
  return 1021;
}

void ExpectSame(const std::vector<float>& x) {
  std::vector<float> y(x.size());
  for (const Isa isa : {Isa::kAvx2, Isa::kAvx512}) {
    LimitIsa(isa);
    ExpFloats(x.data(), y.data(), x.size());
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint32_t>(y[i]),
                std::bit_cast<uint32_t>(ExpFloat(x[i])))
          << std::hex << std::bit_cast<uint32_t>(x[i]);
    }
  }
}

TEST(ExpBlockTest, EveryFloatAsOne) {
  std::vector<float> x;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += Step()) {
    x.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
    if (x.size() == 1 << 16) {
      ExpectSame(x);
      x.clear();
    }
  }
  ExpectSame(x);
  std::printf("cases: %llu\n",
              static_cast<unsigned long long>(
                  ((uint64_t{1} << 32) + Step() - 1) / Step()));
}

TEST(ExpBlockTest, AroundTheLimits) {
  std::vector<float> x;
  for (const float limit :
       {-87.0f, 88.7f, 88.72284f, -87.33655f, -103.97f, 0.0f, -0.0f, 1.0f}) {
    const auto bits = std::bit_cast<uint32_t>(limit);
    for (uint32_t d = 0; d < 300; ++d) {
      x.push_back(std::bit_cast<float>(bits + d));
      x.push_back(std::bit_cast<float>(bits - d));
    }
  }
  // Multiples of ln(2) / 32; at every second one the row of the table changes.
  for (int j = -104 * 47; j <= 89 * 47; ++j) {
    const auto middle = static_cast<float>(j * 0x1.62e42fefa39efp-6);
    const auto bits = std::bit_cast<uint32_t>(middle);
    for (uint32_t d = 0; d < 5; ++d) {
      x.push_back(std::bit_cast<float>(bits + d - 2));
    }
  }
  ExpectSame(x);
}

// All that the window of elementary_test has.
TEST(ExpBlockTest, NearBoundary) {
  constexpr struct {
    std::string_view name;
    uint32_t bits;
  } kRows[] = {
#include "kernels/numeric/near_boundary.inc"
  };
  std::vector<float> x;
  for (const auto& row : kRows) {
    if (row.name == "Exp") x.push_back(std::bit_cast<float>(row.bits));
  }
  EXPECT_GT(x.size(), 10u);
  x.resize((x.size() + 15) / 16 * 16);  // whole vectors
  ExpectSame(x);
}

// Near 0 the power of x = k * 2^-25 lies next to the middle of two floats.
TEST(ExpBlockTest, NextToTheMiddle) {
  std::vector<float> x;
  for (int k = 1; k < 40000; ++k) {
    x.push_back(static_cast<float>(k) * 0x1p-25f);
    x.push_back(static_cast<float>(k) * -0x1p-25f);
  }
  ExpectSame(x);
}

TEST(ExpBlockTest, ShortBlocksTouchNothingElse) {
  for (size_t count = 0; count <= 35; ++count) {
    std::vector<float> x(count + 1, 1.0f);
    ExpFloats(x.data(), x.data(), count);
    EXPECT_EQ(x[count], 1.0f);
    if (count > 0) {
      EXPECT_EQ(x[count - 1], ExpFloat(1.0f));
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
