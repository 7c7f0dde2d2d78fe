// Philox-4x32-10 gives the known answers that the authors published
// (Random123, kat_vectors), and counts in 128 bits.

#include "kernels/op/philox.h"

#include <gtest/gtest.h>

namespace npuemu::kernels {
namespace {

TEST(PhiloxTest, GivesThePublishedAnswers) {
  EXPECT_EQ(Philox({0, 0, 0, 0}, {0, 0}),
            (PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                   {0xa4093822, 0x299f31d0}),
            (PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, TheCounterCarries) {
  const PhiloxStream before{5, ~uint64_t{0}, 6};
  EXPECT_EQ(before.Group(1), (PhiloxStream{5, 0, 7}.Group(0)));
  EXPECT_EQ(before.Group(3), (PhiloxStream{5, 2, 7}.Group(0)));
  const PhiloxStream last{5, ~uint64_t{0}, ~uint64_t{0}};
  EXPECT_EQ(last.Group(1), (PhiloxStream{5, 0, 0}.Group(0)));
  EXPECT_EQ(before.Word(6), before.Group(1)[2]);
}

TEST(PhiloxTest, UnitFloatsAreExactAndBelowOne) {
  EXPECT_EQ(UnitFloat(0xff800000), 0.0f);
  EXPECT_EQ(UnitFloat(0xffffffff), 0x1.fffffcp-1f);
  EXPECT_EQ(UnitFloat(0xffffffff, 10), 1023.0f / 1024.0f);
  EXPECT_EQ(UnitFloat(1), 0x1p-23f);
}

}  // namespace
}  // namespace npuemu::kernels
