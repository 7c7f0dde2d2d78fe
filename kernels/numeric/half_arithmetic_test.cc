// Every version of half arithmetic against integers (soft_float.h), bit for
// bit: all special values with each other and a million random pairs. With
// --all_values all 2^32 pairs of each operation: minutes.

#include "kernels/numeric/half_arithmetic.h"

#include <cstdio>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/testing/prng.h"
#include "kernels/testing/soft_float.h"

namespace npuemu::kernels {
namespace {

using reference::SoftF16;
using reference::SoftOp;

struct Operation {
  const char* name;
  HalvesFn halves;
  SoftOp soft;
};

const Operation kOperations[] = {{"add", AddHalves, SoftOp::kAdd},
                                 {"subtract", SubtractHalves, SoftOp::kSub},
                                 {"multiply", MultiplyHalves, SoftOp::kMul},
                                 {"divide", DivideHalves, SoftOp::kDiv}};

void ExpectSame(const Operation& op, const std::vector<Float16>& a,
                const std::vector<Float16>& b) {
  std::vector<Float16> expected[2];
  for (size_t i = 0; i < a.size(); ++i) {
    const uint32_t y = SoftF16::Of(op.soft, a[i].bits, b[i].bits);
    expected[0].push_back(Float16{static_cast<uint16_t>(y)});
    expected[1].push_back(
        Float16{static_cast<uint16_t>(SoftF16::Saturated(y))});
  }
  std::vector<Float16> y(a.size());
  for (int version = 0; version <= 2; ++version) {
    if (!SetHalfVersion(version)) continue;
    for (const bool saturate : {false, true}) {
      op.halves(a.data(), b.data(), y.data(), a.size(), saturate);
      if (y == expected[saturate]) continue;
      for (size_t i = 0; i < a.size(); ++i) {
        ASSERT_EQ(y[i].bits, expected[saturate][i].bits)
            << op.name << std::hex << " " << a[i].bits << " " << b[i].bits
            << " version " << version << " saturate " << saturate;
      }
    }
  }
}

TEST(HalfArithmeticTest, EveryVersionAsIntegers) {
  Prng prng(1);
  std::vector<Float16> a;
  std::vector<Float16> b;
  for (uint16_t u :
       {0, 1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0x7c00, 0x7c01, 0x7e00}) {
    for (uint16_t v : {0, 1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0x7c00, 0x7e37}) {
      for (uint32_t signs : {0u, 0x8000u}) {
        a.push_back(Float16{static_cast<uint16_t>(u | signs)});
        b.push_back(Float16{v});
      }
    }
  }
  for (int i = 0; i < 1000000; ++i) {
    a.push_back(Float16{static_cast<uint16_t>(prng.Next())});
    b.push_back(Float16{static_cast<uint16_t>(prng.Next())});
  }
  for (const Operation& op : kOperations) ExpectSame(op, a, b);
  std::printf("cases: %zu pairs of 4 operations, every version, SAT and not\n",
              a.size());
}

TEST(HalfArithmeticTest, EveryPair) {
  bool all = false;
  for (const std::string& argument : testing::internal::GetArgvs()) {
    if (argument == "--all_values") all = true;
  }
  std::vector<Float16> a(65536);
  std::vector<Float16> b(65536);
  for (uint32_t i = 0; i < 65536; ++i) a[i].bits = static_cast<uint16_t>(i);
  uint64_t pairs = 0;
  for (uint32_t v = 0; v < 65536; v += all ? 1 : 9973) {
    b.assign(65536, Float16{static_cast<uint16_t>(v)});
    for (const Operation& op : kOperations) ExpectSame(op, a, b);
    if (HasFatalFailure()) return;
    pairs += 65536;
  }
  std::printf("cases: %llu pairs of 4 operations, every version, SAT and not\n",
              static_cast<unsigned long long>(pairs));
}

TEST(HalfArithmeticTest, ShortBlocksTouchNothingElse) {
  for (size_t count = 0; count <= 70; ++count) {
    std::vector<Float16> x(count + 1, Float16{0x3c00});
    AddHalves(x.data(), x.data(), x.data(), count, false);
    EXPECT_EQ(x[count].bits, 0x3c00);
    if (count > 0) {
      EXPECT_EQ(x[count - 1].bits, 0x4000);
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
