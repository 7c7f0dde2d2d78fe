// The versions of half arithmetic against one operation at a time through f32,
// bit for bit: random pairs, and all special values with each other. With
// --all_values all 2^32 pairs of each operation: an hour.

#include "kernels/numeric/half_arithmetic.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/numeric/element.h"
#include "kernels/testing/prng.h"

namespace npuemu::kernels {
namespace {

struct Operation {
  const char* name;
  HalvesFn halves;
  float (*one)(float, float);
};

const Operation kOperations[] = {
    {"add", AddHalves, [](float a, float b) { return a + b; }},
    {"subtract", SubtractHalves, [](float a, float b) { return a - b; }},
    {"multiply", MultiplyHalves, [](float a, float b) { return a * b; }},
    {"divide", DivideHalves, [](float a, float b) { return a / b; }}};

void ExpectSame(const Operation& op, const std::vector<Float16>& a,
                const std::vector<Float16>& b, bool saturate) {
  std::vector<Float16> y(a.size());
  op.halves(a.data(), b.data(), y.data(), a.size(), saturate);
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(y[i].bits,
              Out<Float16>(op.one(ToFloat(a[i]), ToFloat(b[i])), saturate).bits)
        << op.name << std::hex << " " << a[i].bits << " " << b[i].bits;
  }
}

TEST(HalfArithmeticTest, EveryVersionAsOneAtATime) {
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
  for (int i = 0; i < 400000; ++i) {
    a.push_back(Float16{static_cast<uint16_t>(prng.Next())});
    b.push_back(Float16{static_cast<uint16_t>(prng.Next())});
  }
  for (int version = 0; version <= 2; ++version) {
    if (!SetHalfVersion(version)) continue;
    for (const Operation& op : kOperations) {
      ExpectSame(op, a, b, false);
      ExpectSame(op, a, b, true);
    }
  }
}

TEST(HalfArithmeticTest, EveryPair) {
  bool all = false;
  for (const std::string& argument : testing::internal::GetArgvs()) {
    if (argument == "--all_values") all = true;
  }
  std::vector<Float16> a(65536);
  std::vector<Float16> b(65536);
  for (uint32_t i = 0; i < 65536; ++i) a[i].bits = static_cast<uint16_t>(i);
  for (uint32_t v = 0; v < 65536; v += all ? 1 : 9973) {
    b.assign(65536, Float16{static_cast<uint16_t>(v)});
    for (const Operation& op : kOperations) ExpectSame(op, a, b, false);
  }
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
