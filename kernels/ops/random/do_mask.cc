// DropOutDoMask, DropOutDoMaskV3, DropOutDoMaskV3D: y = x * (1 / keep_prob)
// where the mask keeps, else +0. Any shape, ND; the mask has a bit for each
// element, padded to 128, or a byte. In f32, one cast back (docs/random.md).

#include <algorithm>
#include <string>

#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/move.h"
#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kBlock = 512;

float KeepProb(const OpCall& call, const Operands& operands) {
  if (call.op->inputs.size() < 3) {
    return AttrOf<float>(call, "keep_prob", 1.0f);
  }
  float value = 0;
  LoadLanes(call.inputs[2].dtype, Lane::kFloat, DataOf(call, operands, 2), 0, 1,
            0, &value);
  return value;
}

template <bool bits>
OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const TensorSpec& x = call.inputs[0];
  const TensorSpec& mask = call.inputs[1];
  const int64_t padded = (x.count() + 127) / 128 * 16;
  if (mask.count() != (bits ? padded : x.count())) {
    return OpError(call, "input mask shape", ToString(mask.shape),
                   bits ? std::to_string(padded) + " bytes"
                        : "as many elements as " + ToString(x.shape));
  }
  if (call.op->inputs.size() > 2 && call.inputs[2].count() != 1) {
    return OpError(call, "input keep_prob shape",
                   ToString(call.inputs[2].shape), "one element");
  }
  *outputs = {x};
  return {};
}

template <bool bits>
OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  const DataType type = call.inputs[0].dtype;
  const std::byte* x = DataOf(call, operands, 0);
  const auto* mask =
      reinterpret_cast<const uint8_t*>(DataOf(call, operands, 1));
  const float scale = 1.0f / KeepProb(call, operands);
  float lanes[kBlock];
  for (int64_t at = begin; at < end; at += kBlock) {
    const int64_t count = std::min(kBlock, end - at);
    LoadLanes(type, Lane::kFloat, x, at, count, 1, lanes);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t e = at + i;
      const int byte = bits ? mask[e / 8] >> (e % 8) & 1 : mask[e];
      lanes[i] = byte != 0 ? lanes[i] * scale : 0.0f;
    }
    StoreLanes(Lane::kFloat, type, lanes, count, operands.saturate,
               operands.outputs[0].data, at);
  }
  return {};
}

template <bool bits>
OpDef DoMask(OpDef op) {
  op.infer = Infer<bits>;
  op.items = ItemsOfOutput;
  op.compute = Compute<bits>;
  op.cost = [](const OpCall& call) {
    Work work = MoveWork(call);
    const int64_t bytes = call.outputs[0].count() * 4;
    work.vector_cycles =
        VectorCycles(kVmuls, bytes) + VectorCycles(kVsel, bytes);
    return work;
  };
  op.exactness =
      "x * (1 / keep_prob) in f32, both steps rounded, one cast back; +0 where "
      "the mask is 0";
  return op;
}

#define DO_MASK(type, bits)                                              \
  const OpDef& type##Op() {                                              \
    static const OpDef& op = *new OpDef(DoMask<bits>(Signature(#type))); \
    return op;                                                           \
  }

}  // namespace

DO_MASK(DropOutDoMask, true)
DO_MASK(DropOutDoMaskV3, false)
DO_MASK(DropOutDoMaskV3D, false)

}  // namespace npuemu::kernels
