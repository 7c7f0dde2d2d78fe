// Operator ReduceMax: the maximum along the given axes by the rule of
// arithmetic.md 7.3: a NaN wins, of equal values the first (so of zeros, too).
// A row without elements has no maximum and is refused. An item is a row: phase
// 0 writes its maximum to the workspace, phase 1 casts it to the output.

#include "kernels/op/elementwise.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/reduce/reduce_call.h"

namespace npuemu::kernels {
namespace {

using MaxTypes =
    Types<Float16, float, BFloat16, uint8_t, int8_t, int32_t, int64_t>;

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = InferReduce(call, outputs); !s.ok()) return s;
  if (call.inputs[0].count() == 0 && (*outputs)[0].count() != 0) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "elements along the reduced axes");
  }
  return {};
}

// One slot a row, of the widest type.
size_t Workspace(const OpCall& call) {
  return static_cast<size_t>(call.outputs[0].count()) * sizeof(int64_t);
}

int Phases(const OpCall&) { return 2; }

int64_t Items(const OpCall& call, int) { return call.outputs[0].count(); }

template <typename T>
void MaxOfRows(const RowPlan& plan, const Operands& operands, int64_t begin,
               int64_t end) {
  using C = typename Element<T>::Compute;
  C* maxima = reinterpret_cast<C*>(operands.workspace.data());
  for (int64_t row = begin; row < end; ++row) {
    WithRow(plan, operands.inputs[0].as<const T>(), row, [&](auto value) {
      C best = value(0);
      for (int64_t j = 1; j < plan.length; ++j) {
        const C candidate = value(j);
        if (Replaces(candidate, best)) best = candidate;
      }
      maxima[row] = best;
    });
  }
}

template <typename T>
void StoreRows(const Operands& operands, int64_t begin, int64_t end) {
  using C = typename Element<T>::Compute;
  const C* maxima = reinterpret_cast<const C*>(operands.workspace.data());
  T* y = operands.outputs[0].as<T>();
  for (int64_t row = begin; row < end; ++row) {
    y[row] = Out<T>(maxima[row], operands.saturate);
  }
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  RowPlan plan;
  if (OpStatus s = ReducePlan(call, operands, &plan); !s.ok()) return s;
  if (plan.length == 0) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "elements along the reduced axes");
  }
  Dispatch(MaxTypes{}, call.inputs[0].dtype, [&]<typename T>() {
    if (phase == 0) {
      MaxOfRows<T>(plan, operands, begin, end);
    } else {
      StoreRows<T>(operands, begin, end);
    }
  });
  return {};
}

// The published columns: each type with int32 axes, then with int64 axes.
OpDef MakeReduceMax() {
  constexpr auto kF16 = DataType::kFloat16;
  constexpr auto kF32 = DataType::kFloat;
  constexpr auto kBf16 = DataType::kBf16;
  constexpr auto kU8 = DataType::kUint8;
  constexpr auto kS8 = DataType::kInt8;
  constexpr auto kS32 = DataType::kInt32;
  constexpr auto kS64 = DataType::kInt64;
  const std::vector<DataType> x = {kF16, kF32, kU8,  kS32,  kS64,  kF16, kF32,
                                   kU8,  kS32, kS64, kBf16, kBf16, kS8,  kS8};
  const std::vector<DataType> axes = {kS32, kS32, kS32, kS32, kS32, kS64, kS64,
                                      kS64, kS64, kS64, kS32, kS64, kS32, kS64};
  return OpDef{
      .type = "ReduceMax",
      .engine = Engine::kVector,
      .basis = DtypeBasis::kTable,
      .inputs = {{"x", ParamKind::kRequired, x},
                 {"axes", ParamKind::kRequired, axes}},
      .outputs = {{"y", ParamKind::kRequired, x}},
      .attrs = {{"keep_dims", AttrKind::kBool, false, false}},
      .infer = Infer,
      .workspace = Workspace,
      .phases = Phases,
      .items = Items,
      .compute = Compute,
      .cost = CostReduce,
      .exactness = "exact: a NaN wins, of equal values the first (7.3)",
      .value_inputs = {1}};
}

}  // namespace

const OpDef& ReduceMaxOp() {
  static const OpDef& op = *new OpDef(MakeReduceMax());
  return op;
}

}  // namespace npuemu::kernels
