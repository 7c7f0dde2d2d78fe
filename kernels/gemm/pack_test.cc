// Packed operands, HF32, Fixpipe and the cycles of the cube.

#include "kernels/gemm/pack.h"

#include <cstring>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/gemm/fixpipe.h"
#include "kernels/gemm/mmad_rule.h"
#include "kernels/gemm/reference_mmad.h"

namespace npuemu::kernels {
namespace {

TEST(PackTest, LaysOutPanelsAndFillsThemWithZero) {
  // 10 rows of 3 steps; row r holds 10 r + k, once by rows, once transposed.
  std::vector<float> rows;
  std::vector<float> columns(30);
  for (int r = 0; r < 10; ++r) {
    for (int k = 0; k < 3; ++k) {
      rows.push_back(static_cast<float>(10 * r + k));
      columns[static_cast<size_t>(k * 10 + r)] = rows.back();
    }
  }
  const MmadKind kind = MmadKind::kFloat32;
  ASSERT_EQ(PackedBytes(kind, 10, 3), 2 * 3 * 8 * sizeof(float));
  std::vector<float> packed(48, -1.0f);
  std::vector<float> transposed(48, -1.0f);
  PackPanels(kind, {}, {rows.data(), 10, 3, 3, 1}, 0, 2,
             reinterpret_cast<std::byte*>(packed.data()));
  PackPanels(kind, {}, {columns.data(), 10, 3, 1, 10}, 0, 1,
             reinterpret_cast<std::byte*>(transposed.data()));
  EXPECT_EQ(transposed[24], -1.0f) << "panel 1 was not asked for";
  PackPanels(kind, {}, {columns.data(), 10, 3, 1, 10}, 1, 2,
             reinterpret_cast<std::byte*>(transposed.data()));
  EXPECT_EQ(packed, transposed);
  for (int r = 0; r < 16; ++r) {
    for (int k = 0; k < 3; ++k) {
      const size_t at = static_cast<size_t>(r / 8 * 24 + k * 8 + r % 8);
      EXPECT_EQ(packed[at], r < 10 ? static_cast<float>(10 * r + k) : 0.0f);
    }
  }
}

TEST(PackTest, IntegersComeInPairsWithTheOffsetTakenOff) {
  const std::vector<int8_t> rows = {1, 2, 3, -128, -127, 127};
  ASSERT_EQ(PanelBytes(MmadKind::kInt8, 3), 4 * 8 * sizeof(int16_t));
  std::vector<int16_t> packed(32, -1);
  PackPanels(MmadKind::kInt8, {false, 100}, {rows.data(), 2, 3, 3, 1}, 0, 1,
             reinterpret_cast<std::byte*>(packed.data()));
  EXPECT_EQ(packed[0], -99);
  EXPECT_EQ(packed[1], -98);
  EXPECT_EQ(packed[2], -228);
  EXPECT_EQ(packed[3], -227);
  EXPECT_EQ(packed[4], 0) << "row 2 does not exist";
  EXPECT_EQ(packed[16], -97);
  EXPECT_EQ(packed[17], 0) << "step 3 does not exist";
  EXPECT_EQ(packed[18], 27);
}

TEST(PackTest, EveryHalfDecodesAsTheReferenceSays) {
  std::vector<uint16_t> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) {
    halves[i] = static_cast<uint16_t>(i);
  }
  for (bool saturate : {false, true}) {
    std::vector<float> packed(halves.size());
    PackPanels(MmadKind::kFloat16, {saturate, 0},
               {halves.data(), 8, 8192, 1, 8}, 0, 1,
               reinterpret_cast<std::byte*>(packed.data()));
    for (size_t i = 0; i < halves.size(); ++i) {
      double expected = ReferenceDecodeF16(halves[i]);
      if (saturate) expected = ReferenceSaturate(expected, 65504);
      if (std::isnan(expected)) {
        ASSERT_TRUE(std::isnan(packed[i])) << i;
      } else {
        ASSERT_EQ(ReferenceBitsOf(packed[i]),
                  ReferenceBitsOf(static_cast<float>(expected)))
            << i;
      }
    }
  }
}

TEST(PackTest, Hf32RoundsToTwelveBits) {
  EXPECT_EQ(RoundToHf32(0x3f800800), 0x3f800000u) << "a tie, to even";
  EXPECT_EQ(RoundToHf32(0x3f801800), 0x3f802000u);
  EXPECT_EQ(RoundToHf32(0x3f800801), 0x3f801000u);
  EXPECT_EQ(RoundToHf32(0x7f7fffff), 0x7f800000u) << "carries into infinity";
  EXPECT_EQ(RoundToHf32(0xff800000), 0xff800000u);
  EXPECT_EQ(RoundToHf32(0xffabcdef), 0x7fc00000u);
  EXPECT_EQ(RoundToHf32(0x00001801), 0x00002000u) << "subnormals stay";
}

TEST(FixpipeTest, CastsToHalfOnceAndSaturates) {
  std::mt19937_64 prng(7);
  std::vector<float> acc = {65519.99f, 65520.0f, -1e30f, 0x1p-25f, -0.0f};
  acc.push_back(ReferenceFloatOfBits(0x7fc00000));
  for (int i = 0; i < 100000; ++i) {
    acc.push_back(ReferenceFloatOfBits(static_cast<uint32_t>(prng())));
    // The exponents around those of a half.
    acc.push_back(
        ReferenceFloatOfBits((static_cast<uint32_t>(prng()) & 0x807fffffu) |
                             (static_cast<uint32_t>(98 + prng() % 50) << 23)));
  }
  for (bool saturate : {false, true}) {
    std::vector<Float16> out(acc.size());
    FixpipeRow<Float16>(acc.data(), static_cast<int64_t>(acc.size()), saturate,
                        out.data());
    for (size_t i = 0; i < acc.size(); ++i) {
      ASSERT_EQ(out[i].bits, ReferenceEncodeF16(acc[i], saturate)) << acc[i];
    }
  }
}

TEST(FixpipeTest, CastsToBfloat16AndMovesTheRest) {
  const float acc[] = {ReferenceFloatOfBits(0x3f808000),
                       ReferenceFloatOfBits(0x3f818000),
                       ReferenceFloatOfBits(0x7f7fffff)};
  BFloat16 out[3];
  FixpipeRow<BFloat16>(acc, 3, false, out);
  EXPECT_EQ(out[0].bits, 0x3f80) << "a tie, to even";
  EXPECT_EQ(out[1].bits, 0x3f82);
  EXPECT_EQ(out[2].bits, 0x7f80);
  FixpipeRow<BFloat16>(acc, 3, true, out);
  EXPECT_EQ(out[2].bits, 0x7f7f);
  const int32_t from[] = {INT32_MIN, -1, INT32_MAX};
  int32_t to[3] = {};
  FixpipeRow<int32_t>(from, 3, true, to);
  EXPECT_EQ(0, std::memcmp(from, to, sizeof(to)));
}

TEST(MmadRuleTest, CyclesOfTheSpecification) {
  // 128 x 256 x 512 of f16 in 8 instructions: 4096 and the issue of each.
  EXPECT_EQ(MmadCycles(MmadKind::kFloat16, 128, 256, 512), 4096u + 8 * 6);
  EXPECT_EQ(MmadCycles(MmadKind::kFloat32, 16, 16, 8), 2u + 6);
  EXPECT_EQ(MmadCycles(MmadKind::kInt8, 1, 1, 1), 1u + 6);
  EXPECT_EQ(MmadCycles(MmadKind::kFloat16, 0, 16, 16), 0u);
}

}  // namespace
}  // namespace npuemu::kernels
