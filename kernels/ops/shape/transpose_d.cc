// Operator TransposeD: reorders the axes by attribute perm; bits are copied.

#include "kernels/op/elementwise.h"
#include "kernels/ops/shape/transpose_call.h"

namespace npuemu::kernels {
namespace {

std::vector<int64_t> Perm(const OpCall& call) {
  return AttrOr<std::vector<int64_t>>(call.attrs, "perm", {});
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  TensorSpec y = call.inputs[0];
  OpStatus status =
      TransposedShape(call, "attribute perm", Perm(call), &y.shape);
  if (status.ok()) *outputs = {y};
  return status;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  TransposeElements(call, operands, Perm(call), begin, end);
  return {};
}

OpDef MakeTransposeD() {
  using Elements = Types<Float16, float, int8_t, int16_t, int32_t, int64_t,
                         uint8_t, uint16_t, uint32_t, uint64_t, Bool, BFloat16>;
  const auto dtypes = DataTypesOf(Elements{});
  return OpDef{
      .type = "TransposeD",
      .engine = Engine::kVector,
      .basis = DtypeBasis::kTable,
      .inputs = {{"x", ParamKind::kRequired, dtypes}},
      .outputs = {{"y", ParamKind::kRequired, dtypes}},
      .attrs = {{"perm", AttrKind::kListInt, true, std::vector<int64_t>{}}},
      .infer = Infer,
      .items = OutputElements,
      .compute = Compute,
      .cost = CostMove,
      .exactness = "bits are copied"};
}

}  // namespace

const OpDef& TransposeDOp() {
  static const OpDef& op = *new OpDef(MakeTransposeD());
  return op;
}

}  // namespace npuemu::kernels
