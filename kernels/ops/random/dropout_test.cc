// Masks of dropout, and what is done with them, against a slow second
// implementation of docs/random.md, bit for bit. Softmax with dropout:
// kernels/ops/rows_test.cc.

#include <gtest/gtest.h>

#include <bit>

#include "kernels/ops/random/random_reference.h"

namespace npuemu::kernels {
namespace {

using slow::Bits;
using slow::One;
using slow::Stream;
using slow::Values;

constexpr DataType kF32 = DataType::kFloat;
constexpr DataType kF16 = DataType::kFloat16;
constexpr DataType kBf16 = DataType::kBf16;
constexpr DataType kS32 = DataType::kInt32;
constexpr DataType kS64 = DataType::kInt64;
constexpr DataType kU64 = DataType::kUint64;

Bits WideOf(DataType type, Bits bits) {
  return reference::Cast(ReferenceType(type), reference::Type::kF32, bits,
                         reference::Mode::kRint, false);
}

// Floats that are not negative are ordered as their bits; of the others only
// an infinity or a number above 0 is above a fraction.
bool IsBelow(Bits fraction, Bits prob) {
  return prob <= 0x7f800000u && fraction < prob;
}

std::vector<bool> Kept(const Stream& stream, Bits prob, int64_t count) {
  std::vector<bool> kept;
  for (Bits u : slow::Fractions(stream, count).bits) {
    kept.push_back(IsBelow(u, prob));
  }
  return kept;
}

std::vector<uint8_t> InBits(const std::vector<bool>& kept) {
  std::vector<uint8_t> bytes((kept.size() + 127) / 128 * 16, 0);
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i])
      bytes[i / 8] = static_cast<uint8_t>(bytes[i / 8] + (1 << i % 8));
  }
  return bytes;
}

std::vector<uint8_t> InBytes(const std::vector<bool>& kept, size_t padded) {
  std::vector<uint8_t> bytes(padded, 0);
  for (size_t i = 0; i < kept.size(); ++i) bytes[i] = kept[i] ? 1 : 0;
  return bytes;
}

void ExpectBytes(const std::vector<TestTensor>& outputs, const Shape& shape,
                 const std::vector<uint8_t>& expected,
                 const std::string& what) {
  ASSERT_FALSE(outputs.empty()) << what;
  EXPECT_EQ(outputs[0].spec.shape, shape) << what;
  ASSERT_EQ(outputs[0].data.size(), expected.size()) << what;
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(outputs[0].data[i], std::byte{expected[i]})
        << what << " byte " << i;
  }
}

const std::vector<Shape> kShapes = {{},      {0},   {1},    {13, 11},
                                    {2, 64}, {129}, {5000}, {4, 0}};

// 0, 0.3, 0.5, 1, 2, -0.5, NaN and infinity of f32 as the type's elements.
std::vector<Bits> Probabilities(DataType type) {
  std::vector<Bits> probs;
  for (Bits bits : {0u, 0x3e99999au, 0x3f000000u, 0x3f800000u, 0x40000000u,
                    0xbf000000u, 0x7fc00000u, 0x7f800000u}) {
    probs.push_back(reference::Cast(reference::Type::kF32, ReferenceType(type),
                                    bits, reference::Mode::kRint, false));
  }
  return probs;
}

TEST(DropoutTest, SeededMasksAreAsWritten) {
  const Attrs attrs = {{"seed", int64_t{-3}}, {"seed2", int64_t{8}}};
  const Stream stream{static_cast<uint64_t>(-3), Stream::Join(0, 8)};
  for (DataType type : {kF16, kF32}) {
    for (Bits prob : Probabilities(type)) {
      for (const Shape& shape : kShapes) {
        const int64_t count = ElementCount(shape);
        const auto kept = Kept(stream, WideOf(type, prob), count);
        const std::vector<TestTensor> inputs = {IntTensor(kS64, shape),
                                                One(type, prob)};
        const auto bits = InBits(kept);
        ExpectBytes(RunOp("DropOutGenMask", inputs, attrs),
                    {static_cast<int64_t>(bits.size())}, bits, "bits");
        const int64_t padded = (count + 15) / 16 * 16;
        ExpectBytes(RunOp("DropOutGenMaskV3", inputs, attrs), {padded},
                    InBytes(kept, static_cast<size_t>(padded)), "V3");
        ExpectBytes(RunOp("DropOutGenMaskV4", inputs, attrs), shape,
                    InBytes(kept, kept.size()), "V4");
      }
    }
  }
}

TEST(DropoutTest, StatelessMasksAreAsWritten) {
  Prng prng(TestSeed());
  for (DataType type : {kF16, kF32, kBf16}) {
    const Bits prob = Probabilities(type)[1];
    for (DataType seeds : {kS32, kS64}) {
      for (const Shape& shape : kShapes) {
        const int64_t count = ElementCount(shape);
        std::vector<TestTensor> inputs = {
            IntTensor(kS32, shape), One(type, prob), IntTensor(seeds, {-7}),
            IntTensor(seeds, {11})};
        const Stream none{static_cast<uint64_t>(-7), Stream::Join(0, 11)};
        auto bits = InBits(Kept(none, WideOf(type, prob), count));
        const Shape y = {static_cast<int64_t>(bits.size())};
        ExpectBytes(RunOp("StatelessDropOutGenMask", inputs), y, bits, "none");
        inputs.push_back(RandomTensor(kS64, {2}, &prng));
        const Stream stream{
            static_cast<uint64_t>(-7),
            Stream::Join(inputs[4].Get(0), inputs[4].Get(1) + 11)};
        bits = InBits(Kept(stream, WideOf(type, prob), count));
        ExpectBytes(RunOp("StatelessDropOutGenMask", inputs), y, bits,
                    "offset");
      }
    }
    for (int64_t count : {0, 1, 128, 143, 3000}) {
      std::vector<TestTensor> inputs = {One(kS64, static_cast<uint64_t>(count)),
                                        RandomTensor(kU64, {1}, &prng),
                                        One(type, prob)};
      auto bits =
          InBits(Kept({inputs[1].Get(0), 0}, WideOf(type, prob), count));
      const Shape y = {static_cast<int64_t>(bits.size())};
      ExpectBytes(RunOp("DSAGenBitMask", inputs), y, bits, "DSA");
      inputs.push_back(IntTensor(kU64, {5, 6}));
      bits = InBits(Kept({inputs[1].Get(0), Stream::Join(5, 6)},
                         WideOf(type, prob), count));
      ExpectBytes(RunOp("DSAStatelessGenBitMask", inputs), y, bits, "DSA");
    }
  }
}

void ExpectDropped(const std::string& op, const TestTensor& x,
                   const std::vector<bool>& kept, const TestTensor& mask,
                   Bits keep_prob, const std::vector<TestTensor>& more,
                   const Attrs& attrs, bool saturate) {
  Values wide{ReferenceType(x.spec.dtype), {}};
  Values bits{reference::Type::kBool, {}};
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    wide.bits.push_back(x.Get(i));
    bits.bits.push_back(kept[static_cast<size_t>(i)] ? 1 : 0);
  }
  const auto written =
      reference::Evaluate(slow::Document(), "do_mask",
                          {wide, bits, {reference::Type::kF32, {keep_prob}}},
                          {}, {{"y", ReferenceType(x.spec.dtype)}}, saturate);
  std::vector<TestTensor> inputs = {x, mask};
  inputs.insert(inputs.end(), more.begin(), more.end());
  const auto y = RunOp(op, inputs, attrs, {.saturate = saturate});
  ASSERT_FALSE(y.empty()) << op;
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    ASSERT_EQ(y[0].Get(i), written.at("y").bits[static_cast<size_t>(i)])
        << op << " " << NameOf(x.spec.dtype) << " element " << i;
  }
}

TEST(DropoutTest, MasksAreAppliedAsWritten) {
  Prng prng(TestSeed());
  for (DataType type : {kF16, kF32, kBf16}) {
    for (const Shape& shape : std::vector<Shape>{{1}, {13, 11}, {1200}}) {
      for (Bits keep : {0x3f000000u, 0x3f333333u, 0x3f800000u, 0u}) {
        const TestTensor x = RandomTensor(type, shape, &prng);
        const auto count = static_cast<size_t>(x.spec.count());
        std::vector<bool> kept;
        for (size_t i = 0; i < count; ++i) kept.push_back(prng.Below(2) == 0);
        TestTensor bits = MakeTensor(
            DataType::kUint8, {static_cast<int64_t>((count + 127) / 128 * 16)});
        for (size_t i = 0; i < bits.data.size(); ++i) {
          bits.data[i] = std::byte{InBits(kept)[i]};
        }
        TestTensor bytes = MakeTensor(DataType::kUint8, shape);
        for (size_t i = 0; i < count; ++i) {
          bytes.data[i] = std::byte{static_cast<uint8_t>(kept[i] ? 1 + i : 0)};
          if (kept[i] && bytes.data[i] == std::byte{0}) kept[i] = false;
        }
        const TestTensor prob = One(
            type, reference::Cast(reference::Type::kF32, ReferenceType(type),
                                  keep, reference::Mode::kRint, false));
        const Bits given = WideOf(type, prob.Get(0));
        for (bool saturate : {false, true}) {
          std::vector<bool> all = kept;
          for (size_t i = 0; i < count; ++i) {
            all[i] = (bits.data[i / 8] >> static_cast<int>(i % 8) &
                      std::byte{1}) != std::byte{0};
          }
          ExpectDropped("DropOutDoMask", x, all, bits, given, {prob}, {},
                        saturate);
          if (type == kBf16) continue;
          ExpectDropped("DropOutDoMaskV3", x, kept, bytes, given, {prob}, {},
                        saturate);
          const auto number =
              std::bit_cast<float>(static_cast<uint32_t>(given));
          ExpectDropped("DropOutDoMaskV3D", x, kept, bytes, given, {},
                        {{"keep_prob", number}}, saturate);
        }
      }
    }
  }
}

TEST(DropoutTest, DropoutThatKeepsItsSeedIsAsWritten) {
  Prng prng(TestSeed());
  for (DataType type : {kF16, kF32}) {
    for (int64_t seeds : {1, 2, 33}) {
      for (Bits p : {0u, 0x3e99999au, 0x3f800000u, 0xbf000000u}) {
        const TestTensor x = RandomTensor(type, {13, 11}, &prng);
        const TestTensor seed = RandomTensor(kF32, {seeds}, &prng);
        const uint64_t key =
            seed.Get(0) + (seeds > 1 ? seed.Get(1) << 32 : uint64_t{0});
        const auto below = Kept({key, 0}, p, 143);
        Values wide{ReferenceType(type), {}};
        Values mask{reference::Type::kF32, {}};
        for (int64_t i = 0; i < 143; ++i) {
          wide.bits.push_back(x.Get(i));
          mask.bits.push_back(below[static_cast<size_t>(i)] ? 0 : 0x3f800000);
        }
        const auto written =
            reference::Evaluate(slow::Document(), "dropout_v2",
                                {wide, mask, {reference::Type::kF32, {p}}}, {},
                                {{"y", ReferenceType(type)}}, false);
        const auto y =
            RunOp("DropoutV2", {x, seed},
                  {{"p", std::bit_cast<float>(static_cast<uint32_t>(p))}});
        ASSERT_EQ(y.size(), 3u);
        for (int64_t i = 0; i < 143; ++i) {
          const auto at = static_cast<size_t>(i);
          ASSERT_EQ(y[0].Get(i), written.at("y").bits[at]) << i;
          ASSERT_EQ(y[1].Get(i), mask.bits[at]) << i;
        }
        const auto next =
            slow::Fractions({key, Stream::Join(0, 1)}, seeds).bits;
        for (int64_t i = 0; i < seeds; ++i) {
          EXPECT_EQ(y[2].Get(i), next[static_cast<size_t>(i)]);
        }
      }
    }
  }
}

// Of 65,536 elements, with a probability of 0.3.
TEST(DropoutTest, SoManyAreKept) {
  const auto y = RunOp("DropOutGenMaskV4",
                       {IntTensor(kS32, {65536}), One(kF32, 0x3e99999a)},
                       {{"seed", int64_t{1}}, {"seed2", int64_t{2}}});
  int64_t kept = 0;
  for (int64_t i = 0; i < 65536; ++i) kept += y[0].Get(i) == 1 ? 1 : 0;
  EXPECT_EQ(kept, 19532);
}

TEST(DropoutTest, RefusesMasksOfAnotherSize) {
  EXPECT_EQ(Refusal("DropOutDoMask",
                    {MakeTensor(kF32, {13, 11}),
                     MakeTensor(DataType::kUint8, {18}), One(kF32, 0)}),
            "DropOutDoMask: input mask shape: given [18], expected 32 bytes");
  EXPECT_EQ(
      Refusal("DropOutDoMaskV3D",
              {MakeTensor(kF32, {13, 11}), MakeTensor(DataType::kUint8, {18})},
              {{"keep_prob", 0.5f}}),
      "DropOutDoMaskV3D: input mask shape: given [18], expected as many "
      "elements as [13,11]");
}

}  // namespace
}  // namespace npuemu::kernels
