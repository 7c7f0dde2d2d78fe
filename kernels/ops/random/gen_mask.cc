// Masks that keep elements with a probability: one bit an element in bytes,
// padded to 128 bits (DropOutGenMask, StatelessDropOutGenMask, DSA...), or one
// byte an element (DropOutGenMaskV3, V4). ND (docs/random.md).

#include <algorithm>
#include <string>

#include "kernels/op/move.h"
#include "kernels/op/rows.h"
#include "kernels/ops/random/draw.h"
#include "kernels/ops/random/random.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kAlign = 128;
constexpr int64_t kByteAlign = 16;

// Whether element i is kept: a mantissa below the probability.
bool Keeps(uint32_t word, float prob) { return UnitFloat(word) < prob; }

template <size_t kProb>
void Bits(const Draw& draw, int64_t begin, int64_t count, uint64_t* y) {
  const float prob = draw.Number(kProb);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t first = (begin + i) * 8;
    y[i] = 0;
    PhiloxWords words = {};
    const int64_t here = std::min<int64_t>(8, draw.elements - first);
    for (int64_t b = 0; b < here; ++b) {
      const auto at = static_cast<uint64_t>(first + b);
      if (b % 4 == 0) words = draw.stream.Group(at / 4);
      if (Keeps(words[at % 4], prob)) y[i] |= uint64_t{1} << b;
    }
  }
}

// One byte an element; 0 behind the last one.
void Bytes(const Draw& draw, int64_t begin, int64_t count, uint64_t* y) {
  const float prob = draw.Number(1);
  RandomInts(draw.stream, false, 0, 0, begin, count, y);
  for (int64_t i = 0; i < count; ++i) {
    const bool keeps = Keeps(static_cast<uint32_t>(y[i]), prob);
    y[i] = keeps && begin + i < draw.elements ? 1 : 0;
  }
}

int64_t Padded(int64_t count, int64_t to) { return (count + to - 1) / to * to; }

template <OpStatus (*shape)(const OpCall&, const Operands*, RandomPlan*)>
OpStatus InBits(const OpCall& call, const Operands* operands,
                RandomPlan* plan) {
  OpStatus s = shape(call, operands, plan);
  if (s.ok()) plan->shape = {Padded(plan->elements, kAlign) / 8};
  return s;
}

OpStatus InBytes(const OpCall& call, const Operands* operands,
                 RandomPlan* plan) {
  OpStatus s = ShapeInts(call, operands, plan);
  if (s.ok()) plan->shape = {Padded(plan->elements, kByteAlign)};
  return s;
}

// Inputs seed and seed1 are TensorFlow's two seeds; offset counts groups.
OpStatus TwoSeeds(const OpCall& call, const Operands* operands,
                  PhiloxStream* stream) {
  std::vector<int64_t> seed1;
  OpStatus s = SeedOffset(call, operands, 2, 4, stream);
  if (s.ok()) s = ReadWords(call, 3, operands, 1, 1, &seed1);
  if (!s.ok() || operands == nullptr) return s;
  stream->high += static_cast<uint64_t>(seed1[0]);
  return {};
}

OpStatus CheckUnit(const OpCall& call, const Operands*) {
  const std::string name = AttrOf<std::string>(call, "random_algorithm", "");
  if (name != "Philox") {
    return OpError(call, "attribute random_algorithm", name, "Philox");
  }
  const std::string type = AttrOf<std::string>(call, "output_dtype", "");
  if (type == "uint8") return {};
  return OpError(call, "attribute output_dtype", type, "uint8");
}

constexpr RandomRule kSeeded{.shape = InBits<ShapeInts>,
                             .stream = SeedAttrs,
                             .ints = Bits<1>,
                             .scalars = "1"};
constexpr RandomRule kStateless{.shape = InBits<ShapeInts>,
                                .stream = TwoSeeds,
                                .ints = Bits<1>,
                                .scalars = "1"};
constexpr RandomRule kUnit{.shape = InBits<ShapeCount>,
                           .stream = SeedOffsetAt<1, 3>,
                           .ints = Bits<2>,
                           .scalars = "2",
                           .check = CheckUnit};
constexpr RandomRule kV3{
    .shape = InBytes, .stream = SeedAttrs, .ints = Bytes, .scalars = "1"};
constexpr RandomRule kV4{.shape = ShapeInts,
                         .stream = SeedAttrs,
                         .ints = Bytes,
                         .typed = "dtype",
                         .scalars = "1"};

}  // namespace

RANDOM(DropOutGenMask, kSeeded, 0)
RANDOM(DropOutGenMaskV3, kV3, 0)
RANDOM(DropOutGenMaskV4, kV4, 0)
RANDOM(StatelessDropOutGenMask, kStateless, 0)
RANDOM(DSAGenBitMask, kUnit, 0)
RANDOM(DSAStatelessGenBitMask, kUnit, 0)

}  // namespace npuemu::kernels
