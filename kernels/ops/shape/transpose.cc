// Operator Transpose: reorders the axes by input perm; bits are copied.

#include "kernels/op/axes.h"
#include "kernels/op/elementwise.h"
#include "kernels/ops/shape/transpose_call.h"

namespace npuemu::kernels {
namespace {

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  std::vector<int64_t> perm;
  if (OpStatus s = ReadInts(call, 1, nullptr, &perm); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  OpStatus status = TransposedShape(call, "input perm", perm, &y.shape);
  if (status.ok()) *outputs = {y};
  return status;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  std::vector<int64_t> perm;
  if (OpStatus s = ReadInts(call, 1, &operands, &perm); !s.ok()) return s;
  Shape shape;
  OpStatus status = TransposedShape(call, "input perm", perm, &shape);
  if (!status.ok()) return status;
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output y shape", ToString(call.outputs[0].shape),
                   ToString(shape) + " for this perm");
  }
  TransposeElements(call, operands, perm, begin, end);
  return {};
}

// The published columns: all types but bf16 with int32, then with int64 perm,
// then bf16 with both.
OpDef MakeTranspose() {
  using Plain = Types<Float16, float, int8_t, int16_t, int32_t, int64_t,
                      uint8_t, uint16_t, uint32_t, uint64_t, Bool>;
  const auto plain = DataTypesOf(Plain{});
  std::vector<DataType> x = plain;
  std::vector<DataType> perm(plain.size(), DataType::kInt32);
  x.insert(x.end(), plain.begin(), plain.end());
  perm.insert(perm.end(), plain.size(), DataType::kInt64);
  x.insert(x.end(), 2, DataType::kBf16);
  perm.insert(perm.end(), {DataType::kInt32, DataType::kInt64});
  return OpDef{.type = "Transpose",
               .engine = Engine::kVector,
               .basis = DtypeBasis::kTable,
               .inputs = {{"x", ParamKind::kRequired, x},
                          {"perm", ParamKind::kRequired, perm}},
               .outputs = {{"y", ParamKind::kRequired, x}},
               .attrs = {},
               .infer = Infer,
               .items = OutputElements,
               .compute = Compute,
               .cost = CostMove,
               .exactness = "bits are copied",
               .value_inputs = {1}};
}

}  // namespace

const OpDef& TransposeOp() {
  static const OpDef& op = *new OpDef(MakeTranspose());
  return op;
}

}  // namespace npuemu::kernels
