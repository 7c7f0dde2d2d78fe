// Operators Transpose (perm as input) and TransposeD (as attribute): extent i
// of the output is x's perm[i]. Bits are copied.

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

}  // namespace

MOVE(Transpose, PlanTranspose, 1)
MOVE(TransposeD, PlanTransposeD)

}  // namespace npuemu::kernels
