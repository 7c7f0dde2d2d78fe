// Randperm, StatelessRandperm, RandomShuffle, RandomChoiceWithMask: shuffles of
// places, TensorFlow's. One item each, since a place depends on those before.
// Any shape, ND; bits are moved (docs/random.md).

#include <cstring>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "kernels/op/cost.h"
#include "kernels/op/move.h"
#include "kernels/op/rows.h"
#include "kernels/ops/random/random.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kMostPlaces = std::numeric_limits<uint32_t>::max();

// The first `count` of the shuffled elements; the others are not in order.
void Shuffle(const PhiloxStream& stream, size_t count,
             std::vector<int64_t>* p) {
  const size_t n = p->size();
  for (size_t i = 0; i < count && i + 1 < n; ++i) {
    const uint64_t word = stream.Word(i);
    std::swap((*p)[i], (*p)[i + word % (n - i)]);
  }
}

std::vector<int64_t> Shuffled(const PhiloxStream& stream, int64_t n) {
  std::vector<int64_t> p(static_cast<size_t>(n));
  std::iota(p.begin(), p.end(), int64_t{0});
  Shuffle(stream, p.size(), &p);
  return p;
}

// How many numbers from 0 on the type holds exactly.
int64_t NumbersOf(DataType type) {
  switch (type) {
    case DataType::kFloat16:
      return (1 << 11) + 1;
    case DataType::kBf16:
      return (1 << 8) + 1;
    case DataType::kFloat:
      return (1 << 24) + 1;
    case DataType::kInt8:
      return 1 << 7;
    case DataType::kUint8:
      return 1 << 8;
    case DataType::kInt16:
      return 1 << 15;
    case DataType::kInt32:
      return int64_t{1} << 31;
    default:
      return kMostPlaces;
  }
}

// Randperm's n is an attribute, StatelessRandperm's its first input.
OpStatus PlacesOf(const OpCall& call, const Operands* operands, DataType type,
                  int64_t* n) {
  const bool stateless = !call.op->inputs.empty();
  *n = IntAttr(call, "n");
  if (stateless) {
    if (OpStatus s = ReadInt(call, 0, operands, n); !s.ok()) return s;
  }
  const int64_t layout = IntAttr(call, "layout");
  if (layout != 0) {
    return OpError(call, "attribute layout", std::to_string(layout), "0");
  }
  const int64_t most = NumbersOf(type);
  if (*n >= 0 && *n <= most) return {};
  return OpError(call, stateless ? "input n" : "attribute n",
                 std::to_string(*n),
                 "0 to " + std::to_string(most) + " for " + NameOf(type));
}

OpStatus InferPlaces(const OpCall& call, std::vector<TensorSpec>* outputs) {
  OpStatus s = CheckInputs(call);
  PhiloxStream stream;
  if (s.ok() && !call.op->inputs.empty()) {
    s = SeedOffset(call, nullptr, 1, 2, &stream);
  }
  DataType type = DataType::kUndefined;
  if (s.ok()) s = RandomType(call, "dtype", -1, &type);
  int64_t n = 0;
  if (s.ok()) s = PlacesOf(call, nullptr, type, &n);
  if (s.ok()) *outputs = {{type, Format::kNd, {n}}};
  return s;
}

OpStatus ComputePlaces(const OpCall& call, const Operands& operands, int,
                       int64_t, int64_t) {
  const DataType type = call.outputs[0].dtype;
  PhiloxStream stream;
  int64_t n = 0;
  OpStatus s = PlacesOf(call, &operands, type, &n);
  if (s.ok() && !call.op->inputs.empty()) {
    s = SeedOffset(call, &operands, 1, 2, &stream);
  }
  if (s.ok()) s = CheckOutput(call, {type, Format::kNd, {n}});
  if (!s.ok()) return s;
  const size_t width = ElementBytes(type);
  std::byte* y = operands.outputs[0].data;
  for (int64_t place : Shuffled(stream, n)) {
    const uint64_t bits = NumberBits(type, place);
    std::memcpy(y, &bits, width);
    y += width;
  }
  return {};
}

OpStatus InferShuffle(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const TensorSpec& x = call.inputs[0];
  if (!x.shape.empty() && x.shape[0] > kMostPlaces) {
    return OpError(call, "input x shape", ToString(x.shape),
                   "at most " + std::to_string(kMostPlaces) + " places");
  }
  *outputs = {x};
  return {};
}

OpStatus ComputeShuffle(const OpCall& call, const Operands& operands, int,
                        int64_t, int64_t) {
  const TensorSpec& x = call.inputs[0];
  if (x.bytes() == 0) return {};
  PhiloxStream stream;
  if (OpStatus s = SeedAttrs(call, &operands, &stream); !s.ok()) return s;
  const int64_t n = x.shape.empty() ? 1 : x.shape[0];
  const size_t width = x.bytes() / static_cast<size_t>(n);
  const std::byte* from = DataOf(call, operands, 0);
  std::byte* y = operands.outputs[0].data;
  for (int64_t place : Shuffled(stream, n)) {
    std::memcpy(y, from + static_cast<size_t>(place) * width, width);
    y += width;
  }
  return {};
}

OpStatus InferChoice(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const TensorSpec& x = call.inputs[0];
  const auto rank = static_cast<int64_t>(x.shape.size());
  bool fits = rank > 0 && x.count() <= kMostPlaces;
  for (int64_t extent : x.shape) {
    fits = fits && extent <= std::numeric_limits<int32_t>::max();
  }
  if (!fits) {
    return OpError(call, "input x shape", ToString(x.shape),
                   "1 extent or more, of int32, at most " +
                       std::to_string(kMostPlaces) + " elements");
  }
  const int64_t count = IntAttr(call, "count");
  if (count < 1 || ElementCount({count, rank}) < 0) {
    return OpError(call, "attribute count", std::to_string(count),
                   "1 or more, in int64 with the coordinates");
  }
  *outputs = {{DataType::kInt32, Format::kNd, {count, rank}},
              {DataType::kBool, Format::kNd, {count}}};
  return {};
}

OpStatus ComputeChoice(const OpCall& call, const Operands& operands, int,
                       int64_t, int64_t) {
  const TensorSpec& x = call.inputs[0];
  PhiloxStream stream;
  if (OpStatus s = SeedAttrs(call, &operands, &stream); !s.ok()) return s;
  const std::byte* data = DataOf(call, operands, 0);
  std::vector<int64_t> places;
  for (int64_t i = 0; i < x.count(); ++i) {
    if (data[i] != std::byte{0}) places.push_back(i);
  }
  const auto count = static_cast<size_t>(IntAttr(call, "count"));
  Shuffle(stream, count, &places);
  const size_t rank = x.shape.size();
  auto* y = operands.outputs[0].as<int32_t>();
  std::byte* mask = operands.outputs[1].data;
  for (size_t k = 0; k < count; ++k) {
    const bool has = k < places.size();
    mask[k] = std::byte{has};
    int64_t rest = has ? places[k] : 0;
    for (size_t d = rank; d-- > 0;) {
      y[k * rank + d] = has ? static_cast<int32_t>(rest % x.shape[d]) : 0;
      if (has) rest /= x.shape[d];
    }
  }
  return {};
}

OpDef Serial(OpDef op, decltype(OpDef::infer) infer,
             decltype(OpDef::compute) compute) {
  op.engine = Engine::kAiCpu;
  op.infer = infer;
  op.items = [](const OpCall&, int) { return int64_t{1}; };
  op.compute = compute;
  op.cost = CostRandom;
  op.exactness =
      "exact: a shuffle by Philox-4x32-10, whose mapping in docs/random.md is "
      "this emulator's definition";
  if (!op.inputs.empty() && op.inputs[0].name == std::string("n")) {
    op.value_inputs = {0};
  }
  return op;
}

#define SERIAL(type, infer, compute)                          \
  const OpDef& type##Op() {                                   \
    static const OpDef& op =                                  \
        *new OpDef(Serial(Signature(#type), infer, compute)); \
    return op;                                                \
  }

}  // namespace

SERIAL(Randperm, InferPlaces, ComputePlaces)
SERIAL(StatelessRandperm, InferPlaces, ComputePlaces)
SERIAL(RandomShuffle, InferShuffle, ComputeShuffle)
SERIAL(RandomChoiceWithMask, InferChoice, ComputeChoice)

}  // namespace npuemu::kernels
