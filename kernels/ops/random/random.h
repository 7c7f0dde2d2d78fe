// File: random.h
// Operators that fill their output with random numbers, a few lines each: where
// the shape comes from, which stream of words the call has, how an element is
// made of them (docs/random.md). An element is a function of the stream and of
// its index alone. Items are output elements. Thread-safe (pure).
//
//   constexpr RandomRule kRandomUniform{
//       .shape = ShapeInts, .stream = SeedAttrs, .floats = Uniform};
//   RANDOM(RandomUniform, kRandomUniform, 0)
//
// The numbers behind the rule are value_inputs.

#ifndef KERNELS_OPS_RANDOM_RANDOM_H_
#define KERNELS_OPS_RANDOM_RANDOM_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/op/op_def.h"
#include "kernels/op/philox.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {

// What the shape of a call says.
struct RandomPlan {
  Shape shape;           // of the output
  int64_t elements = 0;  // that are drawn: more than bytes, if they are bits
};

// A call at work.
struct Draw {
  const OpCall& call;
  const Operands& operands;
  DataType type;  // of the output
  int64_t elements;
  PhiloxStream stream;

  // The one element of input `index` as f32, or as the bits of an integer,
  // extended by its sign.
  float Number(size_t index) const;
  uint64_t Integer(size_t index) const;
  // Input `index`, broadcast to the output, beside elements from `begin` on.
  void Beside(size_t index, int64_t begin, int64_t count, float* y) const;
};

struct RandomRule {
  // `operands` are null if only the call is known.
  OpStatus (*shape)(const OpCall& call, const Operands* operands,
                    RandomPlan* plan);
  // With null operands: checks that need no data.
  OpStatus (*stream)(const OpCall& call, const Operands* operands,
                     PhiloxStream* stream);
  void (*floats)(const Draw& draw, int64_t begin, int64_t count,
                 float* y) = nullptr;
  void (*ints)(const Draw& draw, int64_t begin, int64_t count,
               uint64_t* y) = nullptr;
  int like = -1;             // the input whose dtype the output has
  const char* typed = "";    // the attribute that says the dtype
  const char* scalars = "";  // digits: inputs of one element
  OpStatus (*check)(const OpCall& call, const Operands* operands) = nullptr;
};

// The dtype that attribute `typed` says; if there is none or it says nothing,
// that of input `like`, or, with -1, what was declared or the columns say.
OpStatus RandomType(const OpCall& call, const char* typed, int like,
                    DataType* type);

OpStatus InferRandom(const RandomRule& rule, const OpCall& call,
                     std::vector<TensorSpec>* outputs);
OpStatus ComputeRandom(const RandomRule& rule, const OpCall& call,
                       const Operands& operands, int64_t begin, int64_t end);
// 10 rounds of Philox for each four elements, and the function of them.
Work CostRandom(const OpCall& call);

// Completes a signature.
template <const RandomRule& rule>
OpDef RandomOp(OpDef op, std::vector<int> value_inputs) {
  op.engine = Engine::kAiCpu;
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    return InferRandom(rule, call, outputs);
  };
  op.items = ItemsOfOutput;
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    return ComputeRandom(rule, call, operands, begin, end);
  };
  op.cost = CostRandom;
  op.exactness =
      "Philox-4x32-10 and the mapping of docs/random.md, which is this "
      "emulator's definition; f32 steps, one cast";
  op.value_inputs = std::move(value_inputs);
  return op;
}

#define RANDOM(type, rule, ...)                                      \
  const OpDef& type##Op() {                                          \
    static const OpDef& op =                                         \
        *new OpDef(RandomOp<rule>(Signature(#type), {__VA_ARGS__})); \
    return op;                                                       \
  }

// Shapes: input 0 is the shape, or a count; as input 0.
OpStatus ShapeInts(const OpCall& call, const Operands* operands,
                   RandomPlan* plan);
OpStatus ShapeCount(const OpCall& call, const Operands* operands,
                    RandomPlan* plan);
OpStatus ShapeLike(const OpCall& call, const Operands* operands,
                   RandomPlan* plan);

// The integers of input `index`, of which there must be `least` to `most` in
// one extent or none; with null operands only their number is checked.
OpStatus ReadWords(const OpCall& call, size_t index, const Operands* operands,
                   int64_t least, int64_t most, std::vector<int64_t>* words);

// Streams: attributes seed and seed2 (0 where the operator has none); the pair
// of seeds in an input; inputs key, counter and alg from 1 on; inputs seed and
// offset, which counts 128 bits and may be left out.
OpStatus SeedAttrs(const OpCall& call, const Operands* operands,
                   PhiloxStream* stream);
OpStatus SeedPair(const OpCall& call, const Operands* operands, size_t index,
                  PhiloxStream* stream);
template <size_t kIndex>
OpStatus SeedPairAt(const OpCall& call, const Operands* operands,
                    PhiloxStream* stream) {
  return SeedPair(call, operands, kIndex, stream);
}
OpStatus KeyCounter(const OpCall& call, const Operands* operands,
                    PhiloxStream* stream);
OpStatus SeedOffset(const OpCall& call, const Operands* operands, size_t seed,
                    size_t offset, PhiloxStream* stream);
template <size_t kSeed, size_t kOffset>
OpStatus SeedOffsetAt(const OpCall& call, const Operands* operands,
                      PhiloxStream* stream) {
  return SeedOffset(call, operands, kSeed, kOffset, stream);
}

// Elements: of the distributions in draw.h.
void Uniform(const Draw& draw, int64_t begin, int64_t count, float* y);
void Normal(const Draw& draw, int64_t begin, int64_t count, float* y);
void Truncated(const Draw& draw, int64_t begin, int64_t count, float* y);
void AllInts(const Draw& draw, int64_t begin, int64_t count, uint64_t* y);
// [input low, input low + 1), of their dtype.
void IntsFrom(const Draw& draw, size_t low, int64_t begin, int64_t count,
              uint64_t* y);
template <size_t kLow>
void IntsBetween(const Draw& draw, int64_t begin, int64_t count, uint64_t* y) {
  IntsFrom(draw, kLow, begin, count, y);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_RANDOM_RANDOM_H_
