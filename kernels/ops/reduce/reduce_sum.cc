// Operator ReduceSum: the row sum of arithmetic.md 7.8 along the given axes.
// Phase 0 writes the lane sums of each row to the workspace (an item is one
// lane of one row), phase 1 adds the lanes as a tree (an item is a row).

#include "kernels/op/elementwise.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/reduce/reduce_call.h"

namespace npuemu::kernels {
namespace {

using SumTypes = Types<Float16, float, BFloat16, int32_t, int64_t>;

size_t Workspace(const OpCall& call) {
  const auto lanes = static_cast<size_t>(LanesOf(RowLength(call)));
  const size_t bytes = call.inputs[0].dtype == DataType::kInt64 ? 8 : 4;
  return static_cast<size_t>(call.outputs[0].count()) * lanes * bytes;
}

int Phases(const OpCall&) { return 2; }

int64_t Items(const OpCall& call, int phase) {
  const int64_t rows = call.outputs[0].count();
  return phase == 0 ? rows * LanesOf(RowLength(call)) : rows;
}

// Lanes [begin, end) of all rows' lanes.
template <typename T>
void SumIntoWorkspace(const RowPlan& plan, const Operands& operands,
                      int64_t begin, int64_t end) {
  using C = typename Element<T>::Compute;
  C* sums = reinterpret_cast<C*>(operands.workspace.data());
  const int64_t lanes = LanesOf(plan.length);
  for (int64_t at = begin; at < end;) {
    const int64_t row = at / lanes;
    const int64_t first = at % lanes;
    const int64_t last = std::min(lanes, first + end - at);
    WithRow(plan, operands.inputs[0].as<const T>(), row, [&](auto value) {
      SumLanes<C>(plan.length, first, last, value, sums + at);
    });
    at += last - first;
  }
}

template <typename T>
void AddLanesOfRows(const RowPlan& plan, const Operands& operands,
                    int64_t begin, int64_t end) {
  using C = typename Element<T>::Compute;
  const C* sums = reinterpret_cast<const C*>(operands.workspace.data());
  const int64_t lanes = LanesOf(plan.length);
  T* y = operands.outputs[0].as<T>();
  for (int64_t row = begin; row < end; ++row) {
    y[row] = Out<T>(SumTree(sums + row * lanes, lanes), operands.saturate);
  }
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  RowPlan plan;
  if (OpStatus s = ReducePlan(call, operands, &plan); !s.ok()) return s;
  Dispatch(SumTypes{}, call.inputs[0].dtype, [&]<typename T>() {
    if (phase == 0) {
      SumIntoWorkspace<T>(plan, operands, begin, end);
    } else {
      AddLanesOfRows<T>(plan, operands, begin, end);
    }
  });
  return {};
}

// The published columns: each type with int32 axes, then with int64 axes.
OpDef MakeReduceSum() {
  constexpr auto kF16 = DataType::kFloat16;
  constexpr auto kF32 = DataType::kFloat;
  constexpr auto kBf16 = DataType::kBf16;
  constexpr auto kS32 = DataType::kInt32;
  constexpr auto kS64 = DataType::kInt64;
  const std::vector<DataType> x = {kF16, kF32, kS32, kS64,  kF16,
                                   kF32, kS32, kS64, kBf16, kBf16};
  const std::vector<DataType> axes = {kS32, kS32, kS32, kS32, kS64,
                                      kS64, kS64, kS64, kS32, kS64};
  return OpDef{.type = "ReduceSum",
               .engine = Engine::kVector,
               .basis = DtypeBasis::kTable,
               .inputs = {{"x", ParamKind::kRequired, x},
                          {"axes", ParamKind::kRequired, axes}},
               .outputs = {{"y", ParamKind::kRequired, x}},
               .attrs = {{"keep_dims", AttrKind::kBool, false, false}},
               .infer = InferReduce,
               .workspace = Workspace,
               .phases = Phases,
               .items = Items,
               .compute = Compute,
               .cost = CostReduce,
               .exactness =
                   "f32: 64 lanes ascending, then a tree (7.8); f16, bf16 "
                   "cast to f32 and back once; integers wrap",
               .value_inputs = {1}};
}

}  // namespace

const OpDef& ReduceSumOp() {
  static const OpDef& op = *new OpDef(MakeReduceSum());
  return op;
}

}  // namespace npuemu::kernels
