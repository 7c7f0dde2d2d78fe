// Operator Fill: a tensor of shape dims whose elements all are value; bits are
// copied.

#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/op/elementwise.h"
#include "kernels/op/move.h"

namespace npuemu::kernels {
namespace {

OpStatus ShapeOf(const OpCall& call, const Operands* operands, Shape* shape) {
  if (OpStatus s = ReadInts(call, 0, operands, shape); !s.ok()) return s;
  if (ElementCount(*shape) < 0) {
    return OpError(call, "input dims", ToString(*shape),
                   "extents >= 0 whose product fits in int64");
  }
  return {};
}

OpStatus CheckValue(const OpCall& call) {
  if (call.inputs[1].count() == 1) return {};
  return OpError(call, "input value shape", ToString(call.inputs[1].shape),
                 "one element");
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (call.inputs[0].shape.size() > 1) {
    return OpError(call, "input dims shape", ToString(call.inputs[0].shape),
                   "one extent or none");
  }
  if (OpStatus s = CheckValue(call); !s.ok()) return s;
  TensorSpec y = call.inputs[1];
  y.shape.clear();
  OpStatus status = ShapeOf(call, nullptr, &y.shape);
  if (status.ok()) *outputs = {y};
  return status;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  if (OpStatus s = CheckValue(call); !s.ok()) return s;
  Shape shape;
  if (OpStatus s = ShapeOf(call, &operands, &shape); !s.ok()) return s;
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output y shape", ToString(call.outputs[0].shape),
                   ToString(shape) + " by dims");
  }
  const std::byte* value =
      IsConst(call, 1) ? call.const_inputs[1].data() : operands.inputs[1].data;
  const auto width = static_cast<size_t>(BitsOf(call.inputs[1].dtype)) / 8;
  std::byte* y = operands.outputs[0].data;
  for (int64_t i = begin; i < end; ++i) {
    std::memcpy(y + static_cast<size_t>(i) * width, value, width);
  }
  return {};
}

// The published columns: dims int32, then int64, then bf16 with both.
OpDef MakeFill() {
  constexpr auto kF16 = DataType::kFloat16;
  constexpr auto kF32 = DataType::kFloat;
  constexpr auto kBf16 = DataType::kBf16;
  constexpr auto kS8 = DataType::kInt8;
  constexpr auto kS32 = DataType::kInt32;
  constexpr auto kS64 = DataType::kInt64;
  constexpr auto kBool = DataType::kBool;
  const std::vector<DataType> dims = {kS32, kS32, kS32, kS32, kS32, kS32, kS64,
                                      kS64, kS64, kS64, kS64, kS64, kS32, kS64};
  const std::vector<DataType> value = {kS32,  kS64,  kF32,  kF16, kS8,
                                       kBool, kS64,  kS32,  kF32, kF16,
                                       kS8,   kBool, kBf16, kBf16};
  return OpDef{.type = "Fill",
               .engine = Engine::kVector,
               .basis = DtypeBasis::kTable,
               .inputs = {{"dims", ParamKind::kRequired, dims},
                          {"value", ParamKind::kRequired, value}},
               .outputs = {{"y", ParamKind::kRequired, value}},
               .attrs = {},
               .infer = Infer,
               .items = ItemsOfOutput,
               .compute = Compute,
               .cost = CostMove,
               .exactness = "bits are copied",
               .value_inputs = {0}};
}

}  // namespace

const OpDef& FillOp() {
  static const OpDef& op = *new OpDef(MakeFill());
  return op;
}

}  // namespace npuemu::kernels
