// Operators OneHot (depth as input) and OneHotD (as attribute): y has on_value
// where the place along the new axis is the index, else off_value; an index out
// of range has only off_value. Items are output elements; bits are copied.

#include <algorithm>
#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct Plan {
  TensorSpec y;
  int64_t depth = 0;
  int64_t inner = 1;
};

// Inputs `on` and on + 1 are the values.
OpStatus PlanOf(const OpCall& call, const std::string& argument, int64_t depth,
                size_t on, Plan* plan) {
  const Shape& x = call.inputs[0].shape;
  size_t axis = 0;
  OpStatus s =
      AxisOf(call, "attribute axis", AttrOr<int64_t>(call.attrs, "axis", -1),
             x.size() + 1, &axis);
  if (!s.ok()) return s;
  if (depth < 0) {
    return OpError(call, argument, std::to_string(depth), "0 or more");
  }
  for (size_t i : {on, on + 1}) {
    if (call.inputs[i].count() == 1) continue;
    return OpError(call, InputName(call, i) + " shape",
                   ToString(call.inputs[i].shape), "one element");
  }
  plan->y = call.inputs[on];
  plan->y.shape = x;
  plan->y.shape.insert(
      plan->y.shape.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  plan->depth = depth;
  plan->inner = Product(x, axis, x.size());
  return {};
}

OpStatus PlanCall(const OpCall& call, const Operands* operands, Plan* plan) {
  if (call.op->inputs.size() == 3) {
    return PlanOf(call, "attribute depth", IntAttr(call, "depth"), 1, plan);
  }
  int64_t depth = 0;
  if (OpStatus s = ReadInt(call, 1, operands, &depth); !s.ok()) return s;
  return PlanOf(call, "input depth", depth, 2, plan);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  Plan plan;
  OpStatus s = PlanCall(call, nullptr, &plan);
  if (s.ok()) *outputs = {plan.y};
  return s;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Plan plan;
  OpStatus s = PlanCall(call, &operands, &plan);
  if (s.ok()) s = CheckOutput(call, plan.y);
  if (!s.ok()) return s;
  const size_t on = call.inputs.size() - 2;
  const std::byte* values[] = {DataOf(call, operands, on + 1),
                               DataOf(call, operands, on)};
  const std::byte* x = DataOf(call, operands, 0);
  const size_t width = ElementBytes(plan.y.dtype);
  std::byte* y = operands.outputs[0].data;
  for (int64_t i = begin; i < end; ++i) {
    const int64_t place = i / plan.inner % plan.depth;
    const int64_t outer = i / plan.inner / plan.depth;
    const int64_t index =
        IntAt(call.inputs[0].dtype, x, outer * plan.inner + i % plan.inner);
    std::memcpy(y + static_cast<size_t>(i) * width, values[index == place],
                width);
  }
  return {};
}

OpDef Make(OpDef op, std::vector<int> value_inputs) {
  op.infer = Infer;
  op.items = ItemsOfOutput;
  op.compute = Compute;
  op.cost = CostMove;
  op.exactness = "exact: bits are moved (docs/moves.md)";
  op.value_inputs = std::move(value_inputs);
  return op;
}

}  // namespace

const OpDef& OneHotOp() {
  static const OpDef& op = *new OpDef(Make(Signature("OneHot"), {1}));
  return op;
}

const OpDef& OneHotDOp() {
  static const OpDef& op = *new OpDef(Make(Signature("OneHotD"), {}));
  return op;
}

}  // namespace npuemu::kernels
