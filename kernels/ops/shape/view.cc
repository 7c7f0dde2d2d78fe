// Operators AsStrided, EnsureShape and Copy. Bits are copied.

#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Element (i0, i1, ...) is x's element offset + i0 * stride0 + ..., all of
// which must exist.
OpStatus PlanAsStrided(const OpCall& call, const Operands* operands,
                       Move* move) {
  IntList size;
  IntList stride;
  int64_t offset = 0;
  OpStatus s = ReadInts(call, 1, operands, &size);
  if (s.ok()) s = ReadInts(call, 2, operands, &stride);
  if (s.ok()) s = ReadInt(call, 3, operands, &offset);
  if (s.ok()) s = CheckLength(call, "input stride", stride.size(), size.size());
  if (!s.ok()) return s;
  const int64_t count = call.inputs[0].count();
  bool fits = ElementCount(size) >= 0 && offset >= 0;
  __int128 last = offset;
  for (size_t d = 0; d < size.size() && fits; ++d) {
    fits = stride[d] >= 0;
    last += static_cast<__int128>(size[d] - 1) * stride[d];
    fits = fits && (size[d] == 0 || last <= count);
  }
  if (!fits || (ElementCount(size) > 0 && last >= count)) {
    return OpError(
        call, "inputs size, stride, storage_offset",
        ToString(size) + ", " + ToString(stride) + ", " +
            std::to_string(offset),
        "places within the " + std::to_string(count) + " elements of x");
  }
  move->y = call.inputs[0];
  move->y.shape = size;
  move->map.base = offset;
  for (size_t d = 0; d < size.size(); ++d) move->map.Step(size[d], stride[d]);
  return {};
}

// x, if it has the extents of attribute shape; -1 is any.
OpStatus PlanEnsureShape(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const IntList shape = IntsAttr(call, "shape");
  bool fits = shape.size() == x.size();
  for (size_t d = 0; d < x.size() && fits; ++d) {
    fits = shape[d] == -1 || shape[d] == x[d];
  }
  if (!fits) {
    return OpError(call, "input shape", ToString(x),
                   ToString(shape) + " by attribute shape");
  }
  move->y = call.inputs[0];
  move->map.Step(move->y.count(), 1);
  return {};
}

OpStatus InferCopy(const OpCall& call, std::vector<TensorSpec>* outputs) {
  constexpr int64_t kMost = 65536;
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const int64_t n = IntAttr(call, "N");
  if (n < 1 || n > kMost) {
    return OpError(call, "attribute N", std::to_string(n), "1 to 65536");
  }
  outputs->assign(static_cast<size_t>(n), call.inputs[0]);
  return {};
}

// Items are elements of x.
OpStatus ComputeCopy(const OpCall& call, const Operands& operands, int,
                     int64_t begin, int64_t end) {
  const size_t width = ElementBytes(call.inputs[0].dtype);
  const size_t first = static_cast<size_t>(begin) * width;
  const std::byte* x = DataOf(call, operands, 0);
  for (const TensorView& y : operands.outputs) {
    if (y.data == nullptr) continue;
    std::memcpy(y.data + first, x + first,
                static_cast<size_t>(end - begin) * width);
  }
  return {};
}

OpDef MakeCopy() {
  OpDef op = Signature("Copy");
  op.infer = InferCopy;
  op.items = ItemsOfOutput;
  op.compute = ComputeCopy;
  op.cost = CostMove;
  op.exactness = "exact: bits are moved (docs/moves.md)";
  return op;
}

}  // namespace

MOVE(AsStrided, PlanAsStrided, 1, 2, 3)
MOVE(EnsureShape, PlanEnsureShape)

const OpDef& CopyOp() {
  static const OpDef& op = *new OpDef(MakeCopy());
  return op;
}

}  // namespace npuemu::kernels
