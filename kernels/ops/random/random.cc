// What operators that draw numbers have in common: shapes, streams, infer,
// and compute in blocks of lanes. docs/random.md.

#include "kernels/ops/random/random.h"

#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/move.h"
#include "kernels/op/rows.h"
#include "kernels/ops/random/draw.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kBlock = 512;

OpStatus CheckScalars(const RandomRule& rule, const OpCall& call) {
  for (const char* c = rule.scalars; *c != 0; ++c) {
    const auto index = static_cast<size_t>(*c - '0');
    const TensorSpec& x = call.inputs[index];
    if (x.count() == 1) continue;
    return OpError(call, InputName(call, index) + " shape", ToString(x.shape),
                   "one element");
  }
  return {};
}

OpStatus Checked(const OpCall& call, const std::string& argument, Shape shape,
                 RandomPlan* plan) {
  plan->elements = ElementCount(shape);
  if (plan->elements < 0) {
    return OpError(call, argument, ToString(shape),
                   "extents >= 0 whose product fits in int64");
  }
  plan->shape = std::move(shape);
  return {};
}

}  // namespace

OpStatus RandomType(const OpCall& call, const char* typed, int like,
                    DataType* type) {
  *type = AttrOf(call, typed, DataType::kUndefined);
  if (*type != DataType::kUndefined) {
    for (DataType known : call.op->outputs[0].dtypes) {
      if (known == *type) return {};
    }
    return OpError(call, AttrName(typed), NameOf(*type), "a dtype of output 0");
  }
  *type = like >= 0 ? call.inputs[static_cast<size_t>(like)].dtype
                    : InferredType(call, 0);
  return {};
}

float Draw::Number(size_t index) const {
  float value = 0;
  LoadLanes(call.inputs[index].dtype, Lane::kFloat,
            DataOf(call, operands, index), 0, 1, 0, &value);
  return value;
}

uint64_t Draw::Integer(size_t index) const {
  const std::byte* data = DataOf(call, operands, index);
  const DataType dtype = call.inputs[index].dtype;
  if (dtype == DataType::kUint32) {
    uint32_t value;
    std::memcpy(&value, data, sizeof(value));
    return value;
  }
  return static_cast<uint64_t>(IntAt(dtype, data, 0));
}

void Draw::Beside(size_t index, int64_t begin, int64_t count, float* y) const {
  const TensorSpec& x = call.inputs[index];
  const std::byte* data = DataOf(call, operands, index);
  const BroadcastPlan plan = PlanBroadcast({x.shape}, call.outputs[0].shape);
  ForEachRun(plan, 0, begin, count,
             [&](int64_t done, int64_t offset, int64_t length, int64_t step) {
               LoadLanes(x.dtype, Lane::kFloat, data, offset, length, step,
                         y + done);
             });
}

OpStatus InferRandom(const RandomRule& rule, const OpCall& call,
                     std::vector<TensorSpec>* outputs) {
  OpStatus s = CheckInputs(call);
  if (s.ok()) s = CheckScalars(rule, call);
  PhiloxStream stream;
  if (s.ok()) s = rule.stream(call, nullptr, &stream);
  if (s.ok() && rule.check != nullptr) s = rule.check(call, nullptr);
  DataType type = DataType::kUndefined;
  if (s.ok()) s = RandomType(call, rule.typed, rule.like, &type);
  RandomPlan plan;
  if (s.ok()) s = rule.shape(call, nullptr, &plan);
  if (s.ok()) *outputs = {{type, Format::kNd, plan.shape}};
  return s;
}

OpStatus ComputeRandom(const RandomRule& rule, const OpCall& call,
                       const Operands& operands, int64_t begin, int64_t end) {
  RandomPlan plan;
  PhiloxStream stream;
  OpStatus s = rule.shape(call, &operands, &plan);
  if (s.ok()) s = rule.stream(call, &operands, &stream);
  if (s.ok() && rule.check != nullptr) s = rule.check(call, &operands);
  const DataType type = call.outputs[0].dtype;
  if (s.ok()) s = CheckOutput(call, {type, Format::kNd, plan.shape});
  if (!s.ok()) return s;
  const Draw draw{call, operands, type, plan.elements, stream};
  std::byte* y = operands.outputs[0].data;
  const size_t width = ElementBytes(type);
  float floats[kBlock];
  uint64_t ints[kBlock];
  for (int64_t at = begin; at < end; at += kBlock) {
    const int64_t count = std::min(kBlock, end - at);
    if (LaneOf(type) == Lane::kFloat) {
      rule.floats(draw, at, count, floats);
      // Operators of the AI CPU do not saturate.
      StoreLanes(Lane::kFloat, type, floats, count, false, y, at);
      continue;
    }
    rule.ints(draw, at, count, ints);
    for (int64_t i = 0; i < count; ++i) {
      std::memcpy(y + static_cast<size_t>(at + i) * width, &ints[i], width);
    }
  }
  return {};
}

Work CostRandom(const OpCall& call) {
  constexpr uint64_t kSteps = 30;
  Work work = MoveWork(call);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles = kSteps * VectorCycles(kVmul, bytes);
  return work;
}

OpStatus ShapeInts(const OpCall& call, const Operands* operands,
                   RandomPlan* plan) {
  if (call.inputs[0].shape.size() > 1) {
    return OpError(call, InputName(call, 0) + " shape",
                   ToString(call.inputs[0].shape), "one extent or none");
  }
  Shape shape;
  OpStatus s = ReadInts(call, 0, operands, &shape);
  if (!s.ok()) return s;
  return Checked(call, InputName(call, 0), std::move(shape), plan);
}

OpStatus ShapeCount(const OpCall& call, const Operands* operands,
                    RandomPlan* plan) {
  int64_t count = 0;
  if (OpStatus s = ReadInt(call, 0, operands, &count); !s.ok()) return s;
  return Checked(call, InputName(call, 0), {count}, plan);
}

OpStatus ShapeLike(const OpCall& call, const Operands*, RandomPlan* plan) {
  *plan = {call.inputs[0].shape, call.inputs[0].count()};
  return {};
}

OpStatus ReadWords(const OpCall& call, size_t index, const Operands* operands,
                   int64_t least, int64_t most, std::vector<int64_t>* words) {
  const TensorSpec& x = call.inputs[index];
  if (x.shape.size() > 1 || x.count() < least || x.count() > most) {
    const std::string expected =
        least == most ? std::to_string(least)
                      : std::to_string(least) + " to " + std::to_string(most);
    return OpError(call, InputName(call, index) + " shape", ToString(x.shape),
                   expected + " elements, in one extent");
  }
  words->clear();
  if (operands == nullptr) return {};
  return ReadInts(call, index, operands, words);
}

OpStatus SeedAttrs(const OpCall& call, const Operands*, PhiloxStream* stream) {
  *stream = {static_cast<uint64_t>(IntAttr(call, "seed")), 0,
             static_cast<uint64_t>(IntAttr(call, "seed2"))};
  return {};
}

OpStatus SeedPair(const OpCall& call, const Operands* operands, size_t index,
                  PhiloxStream* stream) {
  std::vector<int64_t> seeds;
  OpStatus s = ReadWords(call, index, operands, 2, 2, &seeds);
  if (!s.ok() || operands == nullptr) return s;
  *stream = ScrambledStream(static_cast<uint64_t>(seeds[0]),
                            static_cast<uint64_t>(seeds[1]));
  return {};
}

OpStatus KeyCounter(const OpCall& call, const Operands* operands,
                    PhiloxStream* stream) {
  constexpr int64_t kPhilox = 1;
  constexpr int64_t kAuto = 3;
  constexpr int64_t kMost = INT64_MAX;
  std::vector<int64_t> key;
  std::vector<int64_t> counter;
  std::vector<int64_t> alg;
  OpStatus s = ReadWords(call, 1, operands, 1, 1, &key);
  if (s.ok()) s = ReadWords(call, 2, operands, 2, kMost, &counter);
  if (s.ok()) s = ReadWords(call, 3, operands, 1, 1, &alg);
  if (!s.ok() || operands == nullptr) return s;
  if (alg[0] != kPhilox && alg[0] != kAuto) {
    return OpError(call, "input alg", std::to_string(alg[0]),
                   "1 (Philox) or 3 (any)");
  }
  *stream = {static_cast<uint64_t>(key[0]), static_cast<uint64_t>(counter[0]),
             static_cast<uint64_t>(counter[1])};
  return {};
}

OpStatus SeedOffset(const OpCall& call, const Operands* operands, size_t seed,
                    size_t offset, PhiloxStream* stream) {
  std::vector<int64_t> key;
  std::vector<int64_t> counter;
  OpStatus s = ReadWords(call, seed, operands, 1, 1, &key);
  const bool has = Has(call, offset);
  if (s.ok() && has) s = ReadWords(call, offset, operands, 1, 2, &counter);
  if (!s.ok() || operands == nullptr) return s;
  counter.resize(2, 0);
  *stream = {static_cast<uint64_t>(key[0]), static_cast<uint64_t>(counter[0]),
             static_cast<uint64_t>(counter[1])};
  return {};
}

void Uniform(const Draw& draw, int64_t begin, int64_t count, float* y) {
  UniformFloats(draw.stream, draw.type, begin, count, y);
}

void Normal(const Draw& draw, int64_t begin, int64_t count, float* y) {
  NormalFloats(draw.stream, begin, count, y);
}

void Truncated(const Draw& draw, int64_t begin, int64_t count, float* y) {
  TruncatedFloats(draw.stream, begin, count, y);
}

void AllInts(const Draw& draw, int64_t begin, int64_t count, uint64_t* y) {
  RandomInts(draw.stream, ElementBytes(draw.type) == 8, 0, 0, begin, count, y);
}

}  // namespace npuemu::kernels
