// Operators that draw numbers and masks, against a slow second implementation
// of docs/random.md (random_reference.h), bit for bit; and how often numbers
// fall where, as whole numbers.

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
constexpr DataType kU32 = DataType::kUint32;
constexpr DataType kU64 = DataType::kUint64;

const std::vector<std::vector<int64_t>> kShapes = {
    {}, {0}, {1}, {3, 0, 2}, {13, 11}, {1, 6}, {1030}};

int64_t CountOf(const std::vector<int64_t>& shape) {
  return ElementCount(shape);
}

// How a call says its stream: inputs behind the shape, attributes; and what
// stream that is.
struct Seeds {
  std::vector<TestTensor> inputs;
  Attrs attrs;
  Stream stream;
};

Seeds ByAttributes(int64_t seed, int64_t seed2) {
  return {{},
          {{"seed", seed}, {"seed2", seed2}},
          {static_cast<uint64_t>(seed),
           Stream::Join(0, static_cast<uint64_t>(seed2))}};
}

// Counters that carry within the first groups are among them.
Seeds ByKey(Prng* prng, int64_t alg = 1) {
  const uint64_t key = prng->Next();
  const uint64_t low = prng->Below(2) == 0 ? prng->Next() : ~uint64_t{1};
  const uint64_t high = prng->Below(2) == 0 ? prng->Next() : ~uint64_t{0};
  return {{IntTensor(kU64, {static_cast<int64_t>(key)}),
           IntTensor(kU64, {static_cast<int64_t>(low),
                            static_cast<int64_t>(high), 99}),
           One(kS32, static_cast<uint64_t>(alg))},
          {},
          {key, Stream::Join(low, high)}};
}

Seeds ByPair(DataType dtype, int64_t a, int64_t b) {
  return {{IntTensor(dtype, {a, b})},
          {},
          slow::OfPair(static_cast<uint64_t>(a), static_cast<uint64_t>(b))};
}

Seeds ByOffset(int64_t seed, std::vector<int64_t> offset) {
  Seeds seeds{{IntTensor(kS64, {seed}), IntTensor(kS64, offset)}, {}, {}};
  offset.resize(2);
  seeds.stream = {static_cast<uint64_t>(seed),
                  Stream::Join(static_cast<uint64_t>(offset[0]),
                               static_cast<uint64_t>(offset[1]))};
  return seeds;
}

void ExpectBits(const std::vector<TestTensor>& outputs,
                const std::vector<Bits>& expected, const std::string& what) {
  ASSERT_FALSE(outputs.empty()) << what;
  const TestTensor& y = outputs[0];
  ASSERT_EQ(y.spec.count(), static_cast<int64_t>(expected.size())) << what;
  for (int64_t i = 0; i < y.spec.count(); ++i) {
    ASSERT_EQ(y.Get(i), expected[static_cast<size_t>(i)])
        << what << " element " << i << ", seed " << TestSeed();
  }
}

// A call whose first input is the shape, in int32 or int64.
std::vector<TestTensor> RunShaped(const std::string& type,
                                  const std::vector<int64_t>& shape,
                                  const Seeds& seeds,
                                  const std::vector<TestTensor>& more = {},
                                  Attrs attrs = {}) {
  std::vector<TestTensor> inputs = {
      IntTensor(shape.size() % 2 == 0 ? kS32 : kS64, shape)};
  inputs.insert(inputs.end(), seeds.inputs.begin(), seeds.inputs.end());
  inputs.insert(inputs.end(), more.begin(), more.end());
  attrs.insert(seeds.attrs.begin(), seeds.attrs.end());
  return RunOp(type, inputs, attrs);
}

using Drawn = Values (*)(const Stream&, DataType, int64_t);

struct FloatOp {
  const char* type;
  bool by_key;
  Drawn drawn;
};
const FloatOp kFloatOps[] = {
    {"RandomUniform", false, slow::Uniform},
    {"StatelessRandomUniformV2", true, slow::Uniform},
    {"RandomStandardNormal", false,
     [](const Stream& s, DataType, int64_t n) { return slow::Normals(s, n); }},
    {"StatelessRandomNormalV2", true,
     [](const Stream& s, DataType, int64_t n) { return slow::Normals(s, n); }},
    {"TruncatedNormal", false,
     [](const Stream& s, DataType, int64_t n) {
       return slow::Truncated(s, n);
     }},
    {"StatelessTruncatedNormalV2", true,
     [](const Stream& s, DataType, int64_t n) {
       return slow::Truncated(s, n);
     }},
};

TEST(RandomTest, NumbersOfTensorFlowAreAsWritten) {
  Prng prng(TestSeed());
  for (const FloatOp& op : kFloatOps) {
    for (DataType type : {kF32, kF16, kBf16}) {
      if (!op.by_key && type == kBf16) continue;
      for (const auto& shape : kShapes) {
        const Seeds seeds =
            op.by_key ? ByKey(&prng, prng.Below(2) == 0 ? 1 : 3)
                      : ByAttributes(static_cast<int64_t>(prng.Next()),
                                     static_cast<int64_t>(prng.Next()));
        ExpectBits(
            RunShaped(op.type, shape, seeds, {}, {{"dtype", type}}),
            slow::Cast(op.drawn(seeds.stream, type, CountOf(shape)), type),
            op.type + std::string(" ") + NameOf(type) + ToString(shape));
      }
    }
  }
}

TEST(RandomTest, SeedsOfZeroAreSeedsAsOthers) {
  const auto y = RunShaped("RandomUniform", {8}, ByAttributes(0, 0), {},
                           {{"dtype", kF32}});
  // The published answer for key 0, counter 0 begins with 6627e8d5 e169c58d.
  EXPECT_EQ(y[0].Get(0), slow::Mantissa(0x6627e8d5, 23));
  EXPECT_EQ(y[0].Get(1), slow::Mantissa(0xe169c58d, 23));
  EXPECT_EQ(y[0].data,
            RunShaped("RandomUniform", {8}, {}, {}, {{"dtype", kF32}})[0].data);
}

// Integer i of [low, low + range), or of all if range is 0.
std::vector<Bits> Ints(const Stream& stream, DataType type, Bits low,
                       Bits range, int64_t count) {
  std::vector<Bits> y;
  const bool wide = BitsOf(type) == 64;
  for (int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<uint64_t>(i);
    const Bits w = wide ? stream.WideWord(at) : stream.Word(at);
    const Bits value = low + (range == 0 ? w : w % range);
    y.push_back(wide ? value : value & 0xffffffffu);
  }
  return y;
}

TEST(RandomTest, IntegersAreAsWritten) {
  Prng prng(TestSeed());
  struct Bounds {
    int64_t low;
    int64_t high;
  };
  const Bounds kBounds[] = {{0, 1}, {-5, 12}, {INT32_MIN, INT32_MAX}, {7, 71}};
  for (const Bounds& b : kBounds) {
    for (DataType type : {kS32, kS64, kU32, kU64}) {
      const bool is_unsigned = type == kU32 || type == kU64;
      if (is_unsigned && b.low < 0) continue;
      const std::vector<TestTensor> bounds = {
          One(type, static_cast<uint64_t>(b.low)),
          One(type, static_cast<uint64_t>(b.high))};
      const auto low = static_cast<Bits>(b.low);
      const Bits range = static_cast<Bits>(b.high) - low;
      for (const auto& shape : kShapes) {
        const int64_t count = CountOf(shape);
        const Seeds keyed = ByKey(&prng);
        ExpectBits(
            RunShaped("StatelessRandomUniformIntV2", shape, keyed, bounds),
            Ints(keyed.stream, type, low, range, count), "IntV2");
        if (is_unsigned) continue;
        const Seeds pair = ByPair(count % 2 == 0 ? kS32 : kS64, -3, 77);
        ExpectBits(RunShaped("StatelessRandomUniformInt", shape, pair, bounds),
                   Ints(pair.stream, type, low, range, count), "Int");
        const Seeds seeded = ByAttributes(5, -6);
        ExpectBits(RunShaped("RandomUniformInt", shape, seeded, bounds),
                   Ints(seeded.stream, type, low, range, count), "seeded");
      }
    }
  }
}

TEST(RandomTest, FullIntegersAreTheWords) {
  Prng prng(TestSeed());
  for (DataType type : {kS32, kS64, kU32, kU64}) {
    const Seeds keyed = ByKey(&prng);
    ExpectBits(RunShaped("StatelessRandomUniformFullIntV2", {37}, keyed, {},
                         {{"dtype", type}}),
               Ints(keyed.stream, type, 0, 0, 37), "FullIntV2");
    const Seeds pair = ByPair(kS64, 1, INT64_MIN);
    ExpectBits(RunShaped("StatelessRandomUniformFullInt", {37}, pair, {},
                         {{"dtype", type}}),
               Ints(pair.stream, type, 0, 0, 37), "FullInt");
  }
}

TEST(RandomTest, KeysAndCountersOfPairs) {
  for (DataType type : {kS32, kS64}) {
    const Seeds pair = ByPair(type, -9, 4);
    const auto y = RunOp("StatelessRandomGetKeyCounterAlg", pair.inputs);
    ASSERT_EQ(y.size(), 3u);
    EXPECT_EQ(y[0].Get(0), pair.stream.key);
    EXPECT_EQ(y[1].spec.shape, Shape{2});
    EXPECT_EQ(y[1].Get(0), static_cast<uint64_t>(pair.stream.first));
    EXPECT_EQ(y[1].Get(1), static_cast<uint64_t>(pair.stream.first >> 64));
    EXPECT_EQ(y[2].Get(0), 1u);
    EXPECT_EQ(y[2].spec.shape, Shape{});
    const auto without = RunOp("StatelessRandomGetKeyCounter", pair.inputs);
    ASSERT_EQ(without.size(), 2u);
    EXPECT_EQ(without[1].data, y[1].data);
  }
  EXPECT_EQ(RunOp("StatelessRandomGetAlg", {})[0].Get(0), 1u);
}

// As f32, element by element of a row-major shape, repeated where it has one.
Values Wide(const TestTensor& x) {
  Values y{ReferenceType(x.spec.dtype), {}};
  for (int64_t i = 0; i < x.spec.count(); ++i) y.bits.push_back(x.Get(i));
  return y;
}

Values Repeated(const Values& x, size_t count) {
  Values y{x.type, {}};
  for (size_t i = 0; i < count; ++i) {
    y.bits.push_back(x.bits[i % x.bits.size()]);
  }
  return y;
}

Values Number(float number) {
  return Wide(One(kF32, std::bit_cast<uint32_t>(number)));
}

TEST(RandomTest, DescribedNumbersAreAsWritten) {
  Prng prng(TestSeed());
  const Stream none;
  for (DataType type : {kF16, kF32}) {
    const TestTensor x = RandomTensor(type, {7, 11}, &prng);
    const TestTensor std = RandomTensor(type, {11}, &prng);
    const Values spread = Repeated(Wide(std), 77);
    ExpectBits(RunOp("Normal", {x, std}),
               slow::Cast(slow::Evaluated("normal_of", {slow::Normals(none, 77),
                                                        Wide(x), spread}),
                          type),
               "Normal");
    ExpectBits(
        RunOp("Uniform", {x}, {{"from", -2.5f}, {"to", 7.1f}}),
        slow::Cast(slow::Evaluated("uniform_of", {slow::Uniform(none, type, 77),
                                                  Number(-2.5f), Number(7.1f)}),
                   type),
        "Uniform");
    const Seeds seeded = ByAttributes(77, 0);
    const Attrs seed = {{"seed", int64_t{77}}};
    const Values u = slow::Fractions(seeded.stream, 77);
    Attrs attrs = seed;
    attrs["lambda"] = 0.3f;
    ExpectBits(
        RunOp("Exponential", {x}, attrs),
        slow::Cast(slow::Evaluated("exponential_of", {u, Number(0.3f)}), type),
        "Exponential");
    attrs = seed;
    attrs["p"] = 0.2f;
    ExpectBits(
        RunOp("Geometric", {x}, attrs),
        slow::Cast(slow::Evaluated("geometric_of", {u, Number(0.2f)}), type),
        "Geometric");
  }
}

// Whether fraction i is below the probability, by the order of floats as the
// reference's minimum sees it.
bool IsBelow(Bits u, Bits p) {
  if ((p & 0x7fffffffu) > 0x7f800000u || u == p) return false;
  if ((p & 0x7fffffffu) == 0) return false;
  return reference::Primitive2("Minimum", reference::Type::kF32, u, p) == u;
}

std::vector<Bits> Kept(const Stream& stream, const std::vector<Bits>& prob,
                       int64_t count) {
  std::vector<Bits> kept;
  for (Bits u : slow::Fractions(stream, count).bits) {
    kept.push_back(IsBelow(u, prob[kept.size() % prob.size()]) ? 1 : 0);
  }
  return kept;
}

TEST(RandomTest, BernoulliIsAsWritten) {
  Prng prng(TestSeed());
  for (DataType type : {kF16, kF32, kBf16}) {
    const TestTensor prob = RandomTensor(type, {11}, &prng);
    const Seeds seeds = ByOffset(9, {-1, 3});
    const auto kept = Kept(seeds.stream, slow::Cast(Wide(prob), kF32), 143);
    for (DataType out : {kF32, kF16, kBf16, kS32, kS64, DataType::kBool,
                         DataType::kUint8, DataType::kInt16}) {
      std::vector<Bits> expected = kept;
      const bool is_float = reference::IsFloat(ReferenceType(out));
      const Bits one = out == kF32   ? 0x3f800000u
                       : out == kF16 ? 0x3c00
                                     : 0x3f80;
      for (Bits& bit : expected) bit = bit * (is_float ? one : 1);
      ExpectBits(RunOp("StatelessBernoulli",
                       {IntTensor(kS32, {13, 11}), prob, seeds.inputs[0],
                        seeds.inputs[1]},
                       {{"dtype", out}}),
                 expected, "StatelessBernoulli");
    }
    if (type == kBf16) continue;
    const auto own =
        RunOp("StatelessBernoulliV2", {prob, seeds.inputs[0], seeds.inputs[1]});
    EXPECT_EQ(own[0].spec.dtype, type);
    const auto bytes =
        RunOp("StatelessBernoulliV2", {prob, seeds.inputs[0], seeds.inputs[1]},
              {{"dtype", DataType::kInt8}});
    ExpectBits(bytes, std::vector<Bits>(kept.begin(), kept.begin() + 11),
               "StatelessBernoulliV2");
  }
}

TEST(RandomTest, TheRandomUnitIsAsWritten) {
  Prng prng(TestSeed());
  for (bool stateless : {false, true}) {
    const std::string prefix = stateless ? "DSAStatelessRandom" : "DSARandom";
    for (DataType type : {kF16, kF32, kBf16}) {
      const TestTensor a = RandomTensor(type, {1}, &prng);
      const TestTensor b = RandomTensor(type, {1}, &prng);
      const TestTensor seed = RandomTensor(kU64, {1}, &prng);
      const TestTensor counter = RandomTensor(kU64, {2}, &prng);
      std::vector<TestTensor> inputs = {IntTensor(kS64, {143}), seed, a, b};
      inputs[0].spec.shape = {};
      if (stateless) inputs.push_back(counter);
      const Stream stream{
          seed.Get(0),
          stateless ? Stream::Join(counter.Get(0), counter.Get(1)) : 0};
      const auto expect = [&](const std::string& name, const char* function,
                              const Values& numbers) {
        ExpectBits(
            RunOp(prefix + name, inputs),
            slow::Cast(slow::Evaluated(function, {numbers, Wide(a), Wide(b)}),
                       type),
            prefix + name + " " + NameOf(type));
      };
      expect("Uniform", "uniform_of", slow::Uniform(stream, type, 143));
      expect("Normal", "normal_of", slow::Normals(stream, 143));
      expect("TruncatedNormal", "normal_of", slow::Truncated(stream, 143));
    }
    for (DataType type : {kS32, kS64, kU32, kU64}) {
      std::vector<TestTensor> inputs = {
          IntTensor(kS64, {143}), IntTensor(kU64, {5}),
          RandomTensor(type, {1}, &prng), RandomTensor(type, {1}, &prng)};
      inputs[0].spec.shape = {};
      if (stateless) inputs.push_back(IntTensor(kU64, {6}));
      Bits range = inputs[3].Get(0) - inputs[2].Get(0);
      if (BitsOf(type) == 32) range &= 0xffffffffu;
      ExpectBits(
          RunOp(prefix + "Uniform", inputs),
          Ints({5, stateless ? 6u : 0u}, type, inputs[2].Get(0), range, 143),
          prefix + "Uniform");
    }
  }
}

// How many of 65,536 numbers of seeds 1, 2 fall where.
TEST(RandomTest, NumbersFallWhereTheyShould) {
  const auto count = [](const char* type, float below) {
    const auto y =
        RunShaped(type, {65536}, ByAttributes(1, 2), {}, {{"dtype", kF32}});
    int64_t found = 0;
    for (int64_t i = 0; i < 65536; ++i) {
      const auto bits = static_cast<uint32_t>(y[0].Get(i));
      found += std::bit_cast<float>(bits) < below ? 1 : 0;
    }
    return found;
  };
  EXPECT_EQ(count("RandomUniform", 0.25f), 16195);
  EXPECT_EQ(count("RandomUniform", 0.5f), 32682);
  EXPECT_EQ(count("RandomStandardNormal", 0.0f), 32914);
  EXPECT_EQ(count("RandomStandardNormal", -1.0f), 10497);
  EXPECT_EQ(count("RandomStandardNormal", 2.0f), 64136);
  EXPECT_EQ(count("TruncatedNormal", -1.0f), 9186);
  EXPECT_EQ(count("TruncatedNormal", -2.0f), 0);
  EXPECT_EQ(count("TruncatedNormal", 2.0f), 65536);
}

TEST(RandomTest, RefusesWhatIsNotDrawn) {
  const TestTensor shape = IntTensor(kS32, {4});
  const TestTensor x = MakeTensor(kF32, {3});
  EXPECT_EQ(InferError("RandomUniform", {IntTensor(kS32, {4, -1})},
                       {{"dtype", kF32}}),
            "RandomUniform: input shape: given [4,-1], expected extents >= 0 "
            "whose product fits in int64");
  EXPECT_EQ(
      InferError("RandomUniform", {shape}, {{"dtype", DataType::kDouble}}),
      "RandomUniform: attribute dtype: given double, expected a dtype of "
      "output 0");
  EXPECT_EQ(InferError("StatelessRandomUniformFullInt",
                       {shape, IntTensor(kS32, {1, 2, 3})}),
            "StatelessRandomUniformFullInt: input seed shape: given [3], "
            "expected 2 elements, in one extent");
  EXPECT_EQ(InferError("Exponential", {x}, {{"lambda", 0.0f}}),
            "Exponential: attribute lambda: given 0.000000, expected above 0");
  EXPECT_NE(InferError("Geometric", {x}, {{"p", 1.0f}}), "");
  EXPECT_NE(InferError("DSARandomNormal",
                       {One(kS64, 4), One(kU64, 4), One(kF32, 0), One(kF32, 0)},
                       {{"random_algorithm", std::string("ThreeFry")}}),
            "");
}

// What only the data says is a device exception.
TEST(RandomTest, RefusesDataThatSaysNoStream) {
  Prng prng(TestSeed());
  const TestTensor shape = IntTensor(kS32, {4});
  const Seeds threefry = ByKey(&prng, 2);
  EXPECT_EQ(Exception("StatelessRandomUniformV2",
                      {shape, threefry.inputs[0], threefry.inputs[1],
                       threefry.inputs[2]}),
            "StatelessRandomUniformV2: input alg: given 2, expected 1 (Philox) "
            "or 3 (any)");
  EXPECT_EQ(Exception("RandomUniformInt", {shape, One(kS32, 7), One(kS32, 7)}),
            "RandomUniformInt: input max: given 7, expected more than 7");
}

}  // namespace
}  // namespace npuemu::kernels
