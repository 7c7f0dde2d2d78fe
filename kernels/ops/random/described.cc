// Numbers of a distribution that inputs or attributes describe: Normal,
// Uniform, Exponential, Geometric, StatelessBernoulli(V2), and those of the
// random unit (DSA...). Any shape, ND; parameters of Normal and Bernoulli
// broadcast. In f32 with each step rounded, one cast (docs/random.md).

#include <string>

#include "kernels/op/broadcast.h"
#include "kernels/op/functions.h"
#include "kernels/op/move.h"
#include "kernels/op/rows.h"
#include "kernels/ops/random/draw.h"
#include "kernels/ops/random/random.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kMostLanes = 512;

float FloatAttr(const Draw& draw, const char* name) {
  return AttrOf<float>(draw.call, name, 0.0f);
}

// Word i as a number in [0, 1), whatever the output's type.
void Fractions(const Draw& draw, int64_t begin, int64_t count, float* y) {
  UniformFloats(draw.stream, DataType::kFloat, begin, count, y);
}

void Scaled(float shift, float scale, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = y[i] * scale + shift;
}

// mean + std * normal; both broadcast.
void NormalBeside(const Draw& draw, int64_t begin, int64_t count, float* y) {
  float mean[kMostLanes];
  float deviation[kMostLanes];
  NormalFloats(draw.stream, begin, count, y);
  draw.Beside(0, begin, count, mean);
  draw.Beside(1, begin, count, deviation);
  for (int64_t i = 0; i < count; ++i) y[i] = y[i] * deviation[i] + mean[i];
}

void UniformFrom(const Draw& draw, int64_t begin, int64_t count, float* y) {
  const float from = FloatAttr(draw, "from");
  Uniform(draw, begin, count, y);
  Scaled(from, FloatAttr(draw, "to") - from, count, y);
}

void ExponentialOf(const Draw& draw, int64_t begin, int64_t count, float* y) {
  const float lambda = FloatAttr(draw, "lambda");
  Fractions(draw, begin, count, y);
  for (int64_t i = 0; i < count; ++i) {
    y[i] = Ln(1.0f - y[i]) * -1.0f / lambda;
  }
}

// How often one tries until the first success.
void GeometricOf(const Draw& draw, int64_t begin, int64_t count, float* y) {
  const float failure = Ln(1.0f - FloatAttr(draw, "p"));
  Fractions(draw, begin, count, y);
  for (int64_t i = 0; i < count; ++i) {
    y[i] = Max(Ceil(Ln(1.0f - y[i]) / failure), 1.0f);
  }
}

template <size_t kProb, typename T>
void Bernoulli(const Draw& draw, int64_t begin, int64_t count, T* y) {
  float fraction[kMostLanes];
  float prob[kMostLanes];
  Fractions(draw, begin, count, fraction);
  draw.Beside(kProb, begin, count, prob);
  for (int64_t i = 0; i < count; ++i) {
    y[i] = static_cast<T>(fraction[i] < prob[i] ? 1 : 0);
  }
}

OpStatus ShapeOfBoth(const OpCall& call, const Operands*, RandomPlan* plan) {
  const auto shape = BroadcastShape(call.inputs[0].shape, call.inputs[1].shape);
  if (!shape || ElementCount(*shape) < 0) {
    return OpError(
        call, InputName(call, 1) + " shape", ToString(call.inputs[1].shape),
        "one that broadcasts with " + ToString(call.inputs[0].shape));
  }
  *plan = {*shape, ElementCount(*shape)};
  return {};
}

OpStatus ShapeAndProb(const OpCall& call, const Operands* operands,
                      RandomPlan* plan) {
  OpStatus s = ShapeInts(call, operands, plan);
  if (!s.ok()) return s;
  const Shape& prob = call.inputs[1].shape;
  const auto both = BroadcastShape(plan->shape, prob);
  if (both && *both == plan->shape) return {};
  return OpError(call, InputName(call, 1) + " shape", ToString(prob),
                 "one that broadcasts to " + ToString(plan->shape));
}

OpStatus CheckLambda(const OpCall& call, const Operands*) {
  const auto lambda = AttrOf<float>(call, "lambda", 0.0f);
  if (lambda > 0) return {};
  return OpError(call, "attribute lambda", std::to_string(lambda), "above 0");
}

OpStatus CheckP(const OpCall& call, const Operands*) {
  const auto p = AttrOf<float>(call, "p", 0.0f);
  if (p > 0 && p < 1) return {};
  return OpError(call, "attribute p", std::to_string(p), "between 0 and 1");
}

OpStatus CheckAlgorithm(const OpCall& call, const Operands*) {
  const std::string name = AttrOf<std::string>(call, "random_algorithm", "");
  if (name == "Philox") return {};
  return OpError(call, "attribute random_algorithm", name, "Philox");
}

// Of the random unit: inputs count, seed, two parameters, counter.
void UnitUniform(const Draw& draw, int64_t begin, int64_t count, float* y) {
  const float low = draw.Number(2);
  Uniform(draw, begin, count, y);
  Scaled(low, draw.Number(3) - low, count, y);
}

template <void (*numbers)(const Draw&, int64_t, int64_t, float*)>
void UnitNormal(const Draw& draw, int64_t begin, int64_t count, float* y) {
  numbers(draw, begin, count, y);
  Scaled(draw.Number(2), draw.Number(3), count, y);
}

constexpr RandomRule kNormal{.shape = ShapeOfBoth,
                             .stream = SeedAttrs,
                             .floats = NormalBeside,
                             .like = 0};
constexpr RandomRule kUniform{
    .shape = ShapeLike, .stream = SeedAttrs, .floats = UniformFrom, .like = 0};
constexpr RandomRule kExponential{.shape = ShapeLike,
                                  .stream = SeedAttrs,
                                  .floats = ExponentialOf,
                                  .like = 0,
                                  .check = CheckLambda};
constexpr RandomRule kGeometric{.shape = ShapeLike,
                                .stream = SeedAttrs,
                                .floats = GeometricOf,
                                .like = 0,
                                .check = CheckP};
constexpr RandomRule kBernoulli{.shape = ShapeAndProb,
                                .stream = SeedOffsetAt<2, 3>,
                                .floats = Bernoulli<1, float>,
                                .ints = Bernoulli<1, uint64_t>,
                                .typed = "dtype"};
constexpr RandomRule kBernoulliV2{.shape = ShapeLike,
                                  .stream = SeedOffsetAt<1, 2>,
                                  .floats = Bernoulli<0, float>,
                                  .ints = Bernoulli<0, uint64_t>,
                                  .like = 0,
                                  .typed = "dtype"};
constexpr RandomRule kUnitUniform{.shape = ShapeCount,
                                  .stream = SeedOffsetAt<1, 4>,
                                  .floats = UnitUniform,
                                  .ints = IntsBetween<2>,
                                  .like = 2,
                                  .scalars = "23",
                                  .check = CheckAlgorithm};
constexpr RandomRule kUnitNormal{.shape = ShapeCount,
                                 .stream = SeedOffsetAt<1, 4>,
                                 .floats = UnitNormal<Normal>,
                                 .like = 2,
                                 .scalars = "23",
                                 .check = CheckAlgorithm};
constexpr RandomRule kUnitTruncated{.shape = ShapeCount,
                                    .stream = SeedOffsetAt<1, 4>,
                                    .floats = UnitNormal<Truncated>,
                                    .like = 2,
                                    .scalars = "23",
                                    .check = CheckAlgorithm};

}  // namespace

void IntsFrom(const Draw& draw, size_t low, int64_t begin, int64_t count,
              uint64_t* y) {
  const bool wide = ElementBytes(draw.type) == 8;
  const uint64_t least = draw.Integer(low);
  uint64_t range = draw.Integer(low + 1) - least;
  if (!wide) range &= 0xffffffffu;
  RandomInts(draw.stream, wide, least, range, begin, count, y);
}

RANDOM(Normal, kNormal)
RANDOM(Uniform, kUniform)
RANDOM(Exponential, kExponential)
RANDOM(Geometric, kGeometric)
RANDOM(StatelessBernoulli, kBernoulli, 0)
RANDOM(StatelessBernoulliV2, kBernoulliV2)
RANDOM(DSARandomUniform, kUnitUniform, 0)
RANDOM(DSARandomNormal, kUnitNormal, 0)
RANDOM(DSARandomTruncatedNormal, kUnitTruncated, 0)
RANDOM(DSAStatelessRandomUniform, kUnitUniform, 0)
RANDOM(DSAStatelessRandomNormal, kUnitNormal, 0)
RANDOM(DSAStatelessRandomTruncatedNormal, kUnitTruncated, 0)

}  // namespace npuemu::kernels
