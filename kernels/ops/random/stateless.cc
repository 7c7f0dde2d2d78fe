// TensorFlow's stateless operators: numbers by key and counter (V2) or by a
// pair of seeds, and the operators that make a key and a counter of a pair.
// Shapes are inputs; any shape, ND. In f32, one cast (docs/random.md).

#include <cstring>
#include <string>
#include <string_view>

#include "kernels/op/cost.h"
#include "kernels/op/move.h"
#include "kernels/ops/random/random.h"

namespace npuemu::kernels {
namespace {

template <size_t kLow>
OpStatus CheckBounds(const OpCall& call, const Operands* operands) {
  if (operands == nullptr) return {};
  PhiloxStream none;
  const DataType type = call.inputs[kLow].dtype;
  const Draw draw{call, *operands, type, 0, none};
  const uint64_t low = draw.Integer(kLow);
  const uint64_t high = draw.Integer(kLow + 1);
  if (type == DataType::kUint64 || type == DataType::kUint32) {
    if (low < high) return {};
    return OpError(call, InputName(call, kLow + 1), std::to_string(high),
                   "more than " + std::to_string(low));
  }
  const auto least = static_cast<int64_t>(low);
  const auto most = static_cast<int64_t>(high);
  if (least < most) return {};
  return OpError(call, InputName(call, kLow + 1), std::to_string(most),
                 "more than " + std::to_string(least));
}

constexpr RandomRule kUniform{.shape = ShapeInts,
                              .stream = KeyCounter,
                              .floats = Uniform,
                              .typed = "dtype"};
constexpr RandomRule kNormal{.shape = ShapeInts,
                             .stream = KeyCounter,
                             .floats = Normal,
                             .typed = "dtype"};
constexpr RandomRule kTruncated{.shape = ShapeInts,
                                .stream = KeyCounter,
                                .floats = Truncated,
                                .typed = "dtype"};
constexpr RandomRule kAllIntsV2{.shape = ShapeInts,
                                .stream = KeyCounter,
                                .ints = AllInts,
                                .typed = "dtype"};
constexpr RandomRule kIntsV2{.shape = ShapeInts,
                             .stream = KeyCounter,
                             .ints = IntsBetween<4>,
                             .like = 4,
                             .scalars = "45",
                             .check = CheckBounds<4>};
constexpr RandomRule kAllInts{.shape = ShapeInts,
                              .stream = SeedPairAt<1>,
                              .ints = AllInts,
                              .typed = "dtype"};
constexpr RandomRule kInts{.shape = ShapeInts,
                           .stream = SeedPairAt<1>,
                           .ints = IntsBetween<2>,
                           .like = 2,
                           .scalars = "23",
                           .check = CheckBounds<2>};
// Seeded: attributes instead of inputs.
constexpr RandomRule kSeededInts{.shape = ShapeInts,
                                 .stream = SeedAttrs,
                                 .ints = IntsBetween<1>,
                                 .like = 1,
                                 .scalars = "12",
                                 .check = CheckBounds<1>};

// Outputs key [1], counter [2] and alg, of those that the operator has.
Shape ShapeOfPart(std::string_view name) {
  if (name == "alg") return {};
  return {name == "key" ? 1 : 2};
}

OpStatus InferParts(const OpCall& call, std::vector<TensorSpec>* outputs) {
  OpStatus s = CheckInputs(call);
  PhiloxStream stream;
  if (s.ok() && !call.inputs.empty()) s = SeedPair(call, nullptr, 0, &stream);
  if (!s.ok()) return s;
  outputs->clear();
  for (const ParamSpec& y : call.op->outputs) {
    outputs->push_back({y.dtypes[0], Format::kNd, ShapeOfPart(y.name)});
  }
  return {};
}

OpStatus ComputeParts(const OpCall& call, const Operands& operands, int,
                      int64_t, int64_t) {
  constexpr int32_t kPhilox = 1;
  PhiloxStream stream;
  if (!call.inputs.empty()) {
    OpStatus s = SeedPair(call, &operands, 0, &stream);
    if (!s.ok()) return s;
  }
  const uint64_t counter[2] = {stream.low, stream.high};
  for (size_t k = 0; k < call.op->outputs.size(); ++k) {
    const std::string_view name = call.op->outputs[k].name;
    const void* part = &counter;
    if (name == "alg") part = &kPhilox;
    if (name == "key") part = &stream.key;
    std::memcpy(operands.outputs[k].data, part, call.outputs[k].bytes());
  }
  return {};
}

OpDef PartsOp(OpDef op) {
  op.engine = Engine::kAiCpu;
  op.infer = InferParts;
  op.items = [](const OpCall&, int) { return int64_t{1}; };
  op.compute = ComputeParts;
  op.cost = MoveWork;
  op.exactness = "exact: one group of Philox-4x32-10 (docs/random.md)";
  return op;
}

#define PARTS(type)                                                 \
  const OpDef& type##Op() {                                         \
    static const OpDef& op = *new OpDef(PartsOp(Signature(#type))); \
    return op;                                                      \
  }

}  // namespace

RANDOM(RandomUniformInt, kSeededInts, 0)
RANDOM(StatelessRandomUniformV2, kUniform, 0)
RANDOM(StatelessRandomNormalV2, kNormal, 0)
RANDOM(StatelessTruncatedNormalV2, kTruncated, 0)
RANDOM(StatelessRandomUniformFullIntV2, kAllIntsV2, 0)
RANDOM(StatelessRandomUniformIntV2, kIntsV2, 0)
RANDOM(StatelessRandomUniformFullInt, kAllInts, 0)
RANDOM(StatelessRandomUniformInt, kInts, 0)
PARTS(StatelessRandomGetKeyCounter)
PARTS(StatelessRandomGetKeyCounterAlg)
PARTS(StatelessRandomGetAlg)

}  // namespace npuemu::kernels
