// DropoutV2: y = x / (1 - p) where a number of the stream of `seed` is p or
// more, else +0; the mask of it, and the next seed. Any shapes, ND. In f32, one
// cast back (docs/random.md). Two phases: elements, then the seed.

#include <algorithm>
#include <cstring>

#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/move.h"
#include "kernels/op/rows.h"
#include "kernels/ops/random/draw.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kBlock = 512;

PhiloxStream StreamOf(const OpCall& call, const Operands& operands) {
  uint32_t bits[2] = {0, 0};
  const int64_t given = std::min<int64_t>(call.inputs[1].count(), 2);
  std::memcpy(bits, DataOf(call, operands, 1), static_cast<size_t>(given) * 4);
  return {bits[0] | uint64_t{bits[1]} << 32, 0, 0};
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const TensorSpec& x = call.inputs[0];
  const TensorSpec& seed = call.inputs[1];
  if (seed.count() < 1) {
    return OpError(call, "input seed shape", ToString(seed.shape),
                   "1 element or more");
  }
  *outputs = {x, {DataType::kFloat, x.format, x.shape}, seed};
  return {};
}

void NextSeed(const OpCall& call, const Operands& operands) {
  PhiloxStream stream = StreamOf(call, operands);
  stream.high = 1;
  UniformFloats(stream, DataType::kFloat, 0, call.inputs[1].count(),
                operands.outputs[2].as<float>());
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  if (phase == 1) {
    NextSeed(call, operands);
    return {};
  }
  const PhiloxStream stream = StreamOf(call, operands);
  const DataType type = call.inputs[0].dtype;
  const auto p = AttrOf<float>(call, "p", 0.0f);
  const float scale = 1.0f / (1.0f - p);
  float lanes[kBlock];
  float fractions[kBlock];
  for (int64_t at = begin; at < end; at += kBlock) {
    const int64_t count = std::min(kBlock, end - at);
    float* mask = operands.outputs[1].as<float>() + at;
    LoadLanes(type, Lane::kFloat, DataOf(call, operands, 0), at, count, 1,
              lanes);
    UniformFloats(stream, DataType::kFloat, at, count, fractions);
    for (int64_t i = 0; i < count; ++i) {
      const bool dropped = fractions[i] < p;
      mask[i] = dropped ? 0.0f : 1.0f;
      lanes[i] = dropped ? 0.0f : lanes[i] * scale;
    }
    StoreLanes(Lane::kFloat, type, lanes, count, operands.saturate,
               operands.outputs[0].data, at);
  }
  return {};
}

OpDef Make() {
  OpDef op = Signature("DropoutV2");
  op.infer = Infer;
  op.phases = [](const OpCall&) { return 2; };
  op.items = [](const OpCall& call, int phase) {
    return phase == 0 ? call.outputs[0].count() : int64_t{1};
  };
  op.compute = Compute;
  op.cost = [](const OpCall& call) {
    Work work = MoveWork(call);
    const int64_t bytes = call.outputs[0].count() * 4;
    work.vector_cycles = 30 * VectorCycles(kVmul, bytes);
    return work;
  };
  op.exactness =
      "x * (1 / (1 - p)) in f32, one cast back; the mask by Philox-4x32-10, "
      "whose mapping in docs/random.md is this emulator's definition";
  return op;
}

}  // namespace

const OpDef& DropoutV2Op() {
  static const OpDef& op = *new OpDef(Make());
  return op;
}

}  // namespace npuemu::kernels
