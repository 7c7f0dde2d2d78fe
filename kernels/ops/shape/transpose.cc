// Operators Transpose (perm as input), TransposeD (as attribute) and Permute:
// extent i of the output is x's perm[i]; ConfusionTranspose with a reshape
// before or after it; ShuffleChannel. Bits are copied.

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus Reorder(const OpCall& call, const std::string& argument,
                 const IntList& perm, Move* move) {
  const Shape& x = call.inputs[0].shape;
  std::vector<bool> seen;
  if (OpStatus s = MarkAxes(call, argument, perm, x.size(), &seen); !s.ok()) {
    return s;
  }
  if (perm.size() != x.size()) {
    return OpError(call, argument, std::to_string(perm.size()) + " axes",
                   std::to_string(x.size()));
  }
  const IntList strides = SafeStrides(x);
  move->y = call.inputs[0];
  move->y.shape.clear();
  for (int64_t axis : perm) {
    const auto d = static_cast<size_t>(
        axis < 0 ? axis + static_cast<int64_t>(x.size()) : axis);
    move->y.shape.push_back(x[d]);
    move->map.Step(x[d], strides[d]);
  }
  return {};
}

OpStatus PlanTranspose(const OpCall& call, const Operands* operands,
                       Move* move) {
  IntList perm;
  if (OpStatus s = ReadInts(call, 1, operands, &perm); !s.ok()) return s;
  return Reorder(call, "input perm", perm, move);
}

OpStatus PlanTransposeD(const OpCall& call, const Operands*, Move* move) {
  return Reorder(call, "attribute perm", IntsAttr(call, "perm"), move);
}

OpStatus PlanPermute(const OpCall& call, const Operands*, Move* move) {
  return Reorder(call, "attribute order", IntsAttr(call, "order"), move);
}

// Extents that x, reordered or not yet, is seen with: as many elements.
OpStatus SameCount(const OpCall& call, const Shape& shape) {
  if (ElementCount(shape) == call.inputs[0].count()) return {};
  return OpError(call, "shape", ToString(shape),
                 "as many elements as " + ToString(call.inputs[0].shape));
}

// Reordered, then given `shape`; or first given `shape`, then reordered.
OpStatus Confuse(const OpCall& call, const Shape& shape, Move* move) {
  if (OpStatus s = SameCount(call, shape); !s.ok()) return s;
  const IntList perm = IntsAttr(call, "perm");
  if (BoolAttr(call, "transpose_first")) {
    OpStatus s = Reorder(call, "attribute perm", perm, move);
    move->y.shape = shape;
    return s;
  }
  OpCall reshaped = call;
  reshaped.inputs[0].shape = shape;
  return Reorder(reshaped, "attribute perm", perm, move);
}

OpStatus PlanConfusionD(const OpCall& call, const Operands*, Move* move) {
  return Confuse(call, IntsAttr(call, "shape"), move);
}

OpStatus PlanConfusion(const OpCall& call, const Operands* operands,
                       Move* move) {
  Shape shape;
  if (OpStatus s = ReadInts(call, 1, operands, &shape); !s.ok()) return s;
  return Confuse(call, shape, move);
}

// Channels, axis 1, are seen as [group, channels / group] and change places.
OpStatus PlanShuffleChannel(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const int64_t group = AttrOr<int64_t>(call.attrs, "group", 1);
  if (x.size() < 2 || group < 1 || x[1] % group != 0) {
    return OpError(call, "attribute group", std::to_string(group),
                   "a divisor of the second extent of " + ToString(x));
  }
  move->y = call.inputs[0];
  const IntList strides = SafeStrides(x);
  move->map.Step(x[0], strides[0]);
  move->map.Step(x[1] / group, strides[1]);
  move->map.Step(group, x[1] / group * strides[1]);
  move->map.Step(Product(x, 2, x.size()), 1);
  return {};
}

}  // namespace

MOVE(Permute, PlanPermute)
MOVE(ConfusionTranspose, PlanConfusion, 1)
MOVE(ConfusionTransposeD, PlanConfusionD)
MOVE(ShuffleChannel, PlanShuffleChannel)
MOVE(Transpose, PlanTranspose, 1)
MOVE(TransposeD, PlanTransposeD)

}  // namespace npuemu::kernels
