// Shuffles and draws of classes, against a slow second implementation of
// docs/random.md, bit for bit.

#include <gtest/gtest.h>

#include <set>

#include "kernels/ops/random/random_reference.h"

namespace npuemu::kernels {
namespace {

using slow::Bits;
using slow::Stream;
using slow::Values;

constexpr DataType kF32 = DataType::kFloat;
constexpr DataType kF16 = DataType::kFloat16;
constexpr DataType kS32 = DataType::kInt32;
constexpr DataType kS64 = DataType::kInt64;
constexpr auto kWide = reference::Type::kF32;

// One place after the other takes what is chosen of those that are left.
std::vector<int64_t> Shuffled(const Stream& stream, std::vector<int64_t> p) {
  for (uint64_t i = 0; i + 1 < p.size(); ++i) {
    const uint64_t j = i + stream.Word(i) % (p.size() - i);
    const int64_t taken = p[j];
    p[j] = p[i];
    p[i] = taken;
  }
  return p;
}

std::vector<int64_t> Places(int64_t n) {
  std::vector<int64_t> p;
  for (int64_t i = 0; i < n; ++i) p.push_back(i);
  return p;
}

Stream Seeded(int64_t seed, int64_t seed2) {
  return {static_cast<uint64_t>(seed),
          Stream::Join(0, static_cast<uint64_t>(seed2))};
}

TEST(ChoiceTest, PermutationsAreAsWritten) {
  for (DataType type : {kS64, kS32, DataType::kInt16, DataType::kUint8,
                        DataType::kInt8, kF16, kF32, DataType::kBf16}) {
    for (int64_t n : {0, 1, 2, 100, 128}) {
      const Stream stream{4, Stream::Join(5, 6)};
      std::vector<int64_t> expected = Shuffled(stream, Places(n));
      TestTensor count = IntTensor(kS64, {n});
      count.spec.shape = {};
      const auto y =
          RunOp("StatelessRandperm",
                {count, IntTensor(kS64, {4}), IntTensor(kS64, {5, 6})},
                {{"dtype", type}});
      ASSERT_FALSE(y.empty());
      for (int64_t i = 0; i < n; ++i) {
        const auto place = static_cast<Bits>(expected[static_cast<size_t>(i)]);
        EXPECT_EQ(y[0].Get(i),
                  reference::Cast(reference::Type::kU64, ReferenceType(type),
                                  place, reference::Mode::kRint, false));
      }
      if (type == DataType::kBf16) continue;
      expected = Shuffled({}, Places(n));
      const auto plain = RunOp("Randperm", {}, {{"n", n}, {"dtype", type}});
      ASSERT_FALSE(plain.empty());
      for (int64_t i = 0; i < n; ++i) {
        const auto place = static_cast<Bits>(expected[static_cast<size_t>(i)]);
        EXPECT_EQ(plain[0].Get(i),
                  reference::Cast(reference::Type::kU64, ReferenceType(type),
                                  place, reference::Mode::kRint, false));
      }
    }
  }
}

TEST(ChoiceTest, ShufflesMoveWholePlaces) {
  Prng prng(TestSeed());
  for (DataType type : {kF16, DataType::kBool, kS64}) {
    for (const Shape& shape : std::vector<Shape>{
             {}, {1}, {23, 7}, {0, 3}, {3, 0}, {300}, {4, 2, 3}}) {
      const TestTensor x = RandomTensor(type, shape, &prng);
      const auto y = RunOp("RandomShuffle", {x},
                           {{"seed", int64_t{-8}}, {"seed2", int64_t{9}}});
      ASSERT_FALSE(y.empty());
      const int64_t n = shape.empty() ? 1 : shape[0];
      const int64_t width = n == 0 ? 0 : x.spec.count() / n;
      const auto p = Shuffled(Seeded(-8, 9), Places(n));
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t k = 0; k < width; ++k) {
          EXPECT_EQ(y[0].Get(i * width + k),
                    x.Get(p[static_cast<size_t>(i)] * width + k));
        }
      }
    }
  }
}

TEST(ChoiceTest, TrueElementsAreChosenAsWritten) {
  Prng prng(TestSeed());
  for (const Shape& shape :
       std::vector<Shape>{{17}, {5, 6}, {3, 4, 2}, {0, 2}}) {
    for (int64_t count : {1, 7, 40}) {
      const TestTensor x = RandomTensor(DataType::kBool, shape, &prng);
      std::vector<int64_t> trues;
      for (int64_t i = 0; i < x.spec.count(); ++i) {
        if (x.Get(i) != 0) trues.push_back(i);
      }
      const auto order = Shuffled(Seeded(3, 0), trues);
      const auto y = RunOp("RandomChoiceWithMask", {x},
                           {{"count", count}, {"seed", int64_t{3}}});
      ASSERT_EQ(y.size(), 2u);
      const auto rank = static_cast<int64_t>(shape.size());
      EXPECT_EQ(y[0].spec.shape, (Shape{count, rank}));
      for (int64_t k = 0; k < count; ++k) {
        const bool has = k < static_cast<int64_t>(order.size());
        EXPECT_EQ(y[1].Get(k), has ? 1u : 0u);
        int64_t place = 0;
        for (int64_t d = 0; d < rank; ++d) {
          const auto digit = static_cast<int64_t>(y[0].Get(k * rank + d));
          place = place * shape[static_cast<size_t>(d)] + digit;
        }
        EXPECT_EQ(place, has ? order[static_cast<size_t>(k)] : 0);
      }
    }
  }
}

bool IsFinite(Bits f32) { return (f32 & 0x7f800000u) != 0x7f800000u; }

Bits WideOf(const TestTensor& x, int64_t i) {
  return reference::Cast(ReferenceType(x.spec.dtype), kWide, x.Get(i),
                         reference::Mode::kRint, false);
}

std::vector<Bits> WeightsOfLogits(const std::vector<Bits>& x) {
  Bits most = 0xff800000u;
  for (Bits v : x) {
    if (IsFinite(v)) most = reference::Primitive2("Maximum", kWide, most, v);
  }
  std::vector<Bits> weights;
  for (Bits v : x) {
    const Bits d = reference::Primitive2("Sub", kWide, v, most);
    weights.push_back(IsFinite(v) ? reference::Primitive1("Exp", kWide, d) : 0);
  }
  return weights;
}

std::vector<Bits> PositiveWeights(const std::vector<Bits>& x) {
  std::vector<Bits> weights;
  for (Bits v : x) {
    weights.push_back(IsFinite(v) && v < 0x80000000u ? v : 0);
  }
  return weights;
}

// The first class whose running sum is above u times that of all. Sums are
// not negative: their bits are ordered as they are.
int64_t Pick(const std::vector<Bits>& weights, Bits u) {
  std::vector<Bits> sums;
  Bits sum = 0;
  int64_t last = -1;
  for (size_t j = 0; j < weights.size(); ++j) {
    sum = reference::Primitive2("Add", kWide, sum, weights[j]);
    sums.push_back(sum);
    if (weights[j] != 0) last = static_cast<int64_t>(j);
  }
  const Bits target = reference::Primitive2("Mul", kWide, u, sum);
  for (size_t j = 0; j < sums.size(); ++j) {
    if (target <= 0x7f800000u && sums[j] > target) {
      return static_cast<int64_t>(j);
    }
  }
  return last;
}

void ExpectClasses(const std::vector<TestTensor>& y, const TestTensor& x,
                   const Stream& stream, int64_t samples, bool logits,
                   bool replaces) {
  ASSERT_FALSE(y.empty());
  const Shape& shape = x.spec.shape;
  const int64_t classes = shape.back();
  const int64_t rows = shape.size() == 2 ? shape[0] : 1;
  ASSERT_EQ(y[0].spec.count(), rows * samples);
  for (int64_t row = 0; row < rows; ++row) {
    std::vector<Bits> line;
    for (int64_t j = 0; j < classes; ++j) {
      line.push_back(WideOf(x, row * classes + j));
    }
    auto weights = logits ? WeightsOfLogits(line) : PositiveWeights(line);
    for (int64_t s = 0; s < samples; ++s) {
      const auto place = static_cast<uint64_t>(row * samples + s);
      const int64_t expected =
          Pick(weights, slow::Mantissa(stream.Word(place), 23));
      ASSERT_EQ(y[0].Get(row * samples + s), static_cast<Bits>(expected))
          << "row " << row << " sample " << s << ", seed " << TestSeed();
      if (!replaces) weights[static_cast<size_t>(expected)] = 0;
    }
  }
}

TEST(ChoiceTest, ClassesAreDrawnAsWritten) {
  Prng prng(TestSeed());
  for (DataType type : {kF16, kF32}) {
    for (const Shape& shape : std::vector<Shape>{{1, 30}, {6, 40}, {3, 300}}) {
      const TestTensor x = RandomTensor(type, shape, &prng);
      TestTensor samples = IntTensor(kS32, {50});
      samples.spec.shape = {};
      ExpectClasses(RunOp("Multinomial", {x, samples}, {{"seed", int64_t{5}}}),
                    x, Seeded(5, 0), 50, true, true);
      ExpectClasses(
          RunOp("StatelessMultinomial", {x, samples, IntTensor(kS64, {-1, 6})},
                {{"output_dtype", kS32}}),
          x, slow::OfPair(~uint64_t{0}, 6), 50, true, true);
      const std::vector<TestTensor> inputs = {x, IntTensor(kS64, {7}),
                                              IntTensor(kS64, {8, 9})};
      const Stream stream{7, Stream::Join(8, 9)};
      ExpectClasses(RunOp("MultinomialWithReplacement", inputs,
                          {{"numsamples", int64_t{50}}, {"replacement", true}}),
                    x, stream, 50, false, true);
      ExpectClasses(RunOp("MultinomialWithReplacement", inputs,
                          {{"numsamples", int64_t{5}}}),
                    x, stream, 5, false, false);
    }
  }
}

// Half of the weight for class 0, a quarter for 1 and 3: of 4,096 samples.
TEST(ChoiceTest, ClassesAreDrawnByWeight) {
  TestTensor x = MakeTensor(kF32, {4});
  x.Set(0, 0x40000000);
  x.Set(1, 0x3f800000);
  x.Set(3, 0x3f800000);
  const auto y = RunOp("MultinomialWithReplacement",
                       {x, IntTensor(kS64, {1}), IntTensor(kS64, {2})},
                       {{"numsamples", int64_t{4096}}, {"replacement", true}});
  int64_t counts[4] = {};
  for (int64_t i = 0; i < 4096; ++i) ++counts[y[0].Get(i)];
  EXPECT_EQ(counts[0], 2101);
  EXPECT_EQ(counts[1], 995);
  EXPECT_EQ(counts[2], 0);
  EXPECT_EQ(counts[3], 1000);
}

TEST(ChoiceTest, RefusesWhatCannotBeDrawn) {
  EXPECT_EQ(InferError("Randperm", {},
                       {{"n", int64_t{129}}, {"dtype", DataType::kInt8}}),
            "Randperm: attribute n: given 129, expected 0 to 128 for int8");
  const std::vector<TestTensor> inputs = {
      MakeTensor(kF32, {4}), IntTensor(kS64, {7}), IntTensor(kS64, {8})};
  EXPECT_NE(InferError("MultinomialWithReplacement", inputs,
                       {{"numsamples", int64_t{5}}}),
            "");
  EXPECT_EQ(Exception("MultinomialWithReplacement", inputs,
                      {{"numsamples", int64_t{1}}}),
            "MultinomialWithReplacement: input x: given no weight left for "
            "sample 0 of row 0, expected a class to draw");
  EXPECT_NE(
      InferError("RandomChoiceWithMask", {MakeTensor(DataType::kBool, {4})},
                 {{"count", int64_t{0}}}),
      "");
}

}  // namespace
}  // namespace npuemu::kernels
