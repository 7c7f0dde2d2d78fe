// Operators that compute with help tensors, and Trace. RangeD: y = x * delta +
// start; IndexFillD: y = x * assist1 + assist2 (docs/sequences.md), where the
// help tensors know the places: attribute dim is not read. Trace: the row
// sum (arithmetic.md 7.8) of the diagonal.

#include "kernels/op/elementwise.h"
#include "kernels/op/move.h"
#include "kernels/op/primitives.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus InferTrace(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const TensorSpec& x = call.inputs[0];
  if (x.shape.size() != 2) {
    return OpError(call, "input x shape", ToString(x.shape), "two extents");
  }
  *outputs = {x};
  outputs->front().shape.clear();
  return {};
}

OpStatus ComputeTrace(const OpCall& call, const Operands& operands, int,
                      int64_t, int64_t) {
  const Shape& x = call.inputs[0].shape;
  const int64_t length = std::min(x[0], x[1]);
  const DataType type = call.inputs[0].dtype;
  const std::byte* data = DataOf(call, operands, 0);
  float lanes[kLanes];
  SumLanes<float>(
      length, 0, LanesOf(length),
      [&](int64_t j) {
        float value = 0;
        LoadLanes(type, Lane::kFloat, data, j * (x[1] + 1), 1, 1, &value);
        return value;
      },
      lanes);
  const float sum = SumTree(lanes, LanesOf(length));
  StoreLanes(Lane::kFloat, type, &sum, 1, operands.saturate,
             operands.outputs[0].data, 0);
  return {};
}

OpDef MakeTrace() {
  OpDef op = Signature("Trace");
  op.infer = InferTrace;
  op.items = ItemsOfOutput;
  op.compute = ComputeTrace;
  op.cost = [](const OpCall& call) {
    Work work = MoveWork(call);
    const Shape& x = call.inputs[0].shape;
    work.vector_cycles = VectorCycles(kVcadd, std::min(x[0], x[1]) * 4);
    return work;
  };
  op.exactness = "f32: 64 lanes ascending, then a tree (7.8); one cast back";
  return op;
}

}  // namespace

UNARY(RangeD, Numbers, Steps(kVmuls, kVadds).Sequence(),
      FromFloat<decltype(x)>(static_cast<float>(x) * a[2] + a[0], a))
TERNARY(IndexFillD, NumbersAndBool, Steps(kVmul, kVadd).Sequence(),
        Plus(Times(x, y), z))

const OpDef& TraceOp() {
  static const OpDef& op = *new OpDef(MakeTrace());
  return op;
}

}  // namespace npuemu::kernels
