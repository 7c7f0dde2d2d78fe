// The matrix products with a bias as the initial accumulator (arithmetic 4.2,
// 7.4) and Fixpipe as the last step (7.5): y(m,n) = op(x1) * op(x2) + bias, the
// leading extents broadcast as in numpy. FullyConnection is Caffe's inner
// product: x from `axis` on is one row, w is (num_output, K), or (K,
// num_output) if it is transposed. In order: docs/matmuls.md.

#include <string>

#include "kernels/ops/matmul/matmul.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kMostRank = 8;

int64_t CountOf(const Shape& shape, size_t from, size_t to) {
  const auto begin = shape.begin();
  return ElementCount(Shape(begin + static_cast<std::ptrdiff_t>(from),
                            begin + static_cast<std::ptrdiff_t>(to)));
}

OpStatus MakeFullyConnection(const OpCall& call, Matmul* matmul) {
  const Shape& x = call.inputs[0].shape;
  const Shape& w = call.inputs[1].shape;
  const auto rank = static_cast<int64_t>(x.size());
  const auto given = AttrOr<int64_t>(call.attrs, "axis", 1);
  if (given < 1 - rank || given == 0 || given >= rank) {
    return OpError(
        call, "attribute axis", std::to_string(given),
        "1 to " + std::to_string(rank - 1) + " for x " + ToString(x));
  }
  const auto axis = static_cast<size_t>(given < 0 ? given + rank : given);
  const bool transposed = AttrOr<bool>(call.attrs, "transpose", false);
  *matmul = {};
  matmul->kind = MmadKindOf(call.inputs[0].dtype);
  matmul->m = CountOf(x, 0, axis);
  matmul->k = CountOf(x, axis, x.size());
  matmul->rows.assign(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(axis));
  matmul->n = AttrOr<int64_t>(call.attrs, "num_output", 0);
  matmul->x2.transposed = !transposed;
  if (matmul->m < 0 || matmul->k < 0) {
    return OpError(call, "input x shape", ToString(x),
                   "a product of extents that fits in int64");
  }
  const bool fits =
      w.size() >= 2 &&
      (transposed
           ? w.back() == matmul->n && CountOf(w, 0, w.size() - 1) == matmul->k
           : w[0] == matmul->n && CountOf(w, 1, w.size()) == matmul->k);
  if (!fits) {
    const Shape expected =
        transposed ? Shape{matmul->k, matmul->n} : Shape{matmul->n, matmul->k};
    return OpError(call, "input w shape", ToString(w),
                   ToString(expected) + " for num_output " +
                       std::to_string(matmul->n) + " and x " + ToString(x));
  }
  return {};
}

// As V3 of both has it: float operands are rounded to HF32 first.
OpDef WithHf32(OpDef op) {
  op.attrs.push_back({"enable_hf32", AttrKind::kBool, false, false});
  return op;
}

}  // namespace

const OpDef& MatMulOp() {
  static const OpDef& op =
      *new OpDef(BiasedOp<MakeRanked<2, 2>>(Signature("MatMul")));
  return op;
}

const OpDef& MatMulV2Op() {
  static const OpDef& op =
      *new OpDef(BiasedOp<MakeRanked<2, 2>>(WithHf32(Signature("MatMulV2"))));
  return op;
}

const OpDef& BatchMatMulOp() {
  static const OpDef& op =
      *new OpDef(BiasedOp<MakeRanked<2, kMostRank>>(Signature("BatchMatMul")));
  return op;
}

const OpDef& BatchMatMulV2Op() {
  static const OpDef& op = *new OpDef(
      BiasedOp<MakeRanked<2, kMostRank>>(WithHf32(Signature("BatchMatMulV2"))));
  return op;
}

const OpDef& FullyConnectionOp() {
  static const OpDef& op =
      *new OpDef(BiasedOp<MakeFullyConnection>(Signature("FullyConnection")));
  return op;
}

}  // namespace npuemu::kernels
