// Operator InvertPermutation: y[x[i]] = i. x must have each of 0, 1, ... once,
// otherwise there is a device exception. One item.

#include <cstring>

#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const TensorSpec& x = call.inputs[0];
  if (x.shape.size() != 1) {
    return OpError(call, "input x shape", ToString(x.shape), "one extent");
  }
  *outputs = {x};
  return {};
}

OpStatus Compute(const OpCall& call, const Operands& operands, int, int64_t,
                 int64_t) {
  const TensorSpec& spec = call.inputs[0];
  const int64_t count = spec.count();
  const std::byte* x = DataOf(call, operands, 0);
  std::vector<bool> seen(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    const int64_t place = IntAt(spec.dtype, x, i);
    if (place < 0 || place >= count) return BadIndex(call, 0, place, count);
    if (seen[static_cast<size_t>(place)]) {
      return OpError(call, "input x", std::to_string(place) + " twice",
                     "each place once");
    }
    seen[static_cast<size_t>(place)] = true;
    std::memcpy(operands.outputs[0].data +
                    static_cast<size_t>(place) * ElementBytes(spec.dtype),
                &i, ElementBytes(spec.dtype));
  }
  return {};
}

OpDef Make() {
  OpDef op = Signature("InvertPermutation");
  op.infer = Infer;
  op.items = [](const OpCall&, int) -> int64_t { return 1; };
  op.compute = Compute;
  op.cost = CostMove;
  op.exactness = "exact";
  return op;
}

}  // namespace

const OpDef& InvertPermutationOp() {
  static const OpDef& op = *new OpDef(Make());
  return op;
}

}  // namespace npuemu::kernels
