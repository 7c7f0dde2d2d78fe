// Operator SoftmaxV2: the sequence of docs/arithmetic.md along the given axes,
// in f32 with one cast back. half_to_float leaves f16 results in f32. An item
// is a row; phase 0 writes maximum and sum of each to the workspace.

#include "kernels/numeric/elementary.h"
#include "kernels/op/elementwise.h"
#include "kernels/op/row_reduce.h"

namespace npuemu::kernels {
namespace {

struct RowState {
  float maximum;
  float sum;
};

OpStatus Plan(const OpCall& call, RowPlan* plan) {
  const Shape& x = call.inputs[0].shape;
  std::vector<bool> along;
  const auto axes = AttrOr<std::vector<int64_t>>(call.attrs, "axes", {-1});
  if (axes.empty()) {
    return OpError(call, "attribute axes", "[]", "one axis or more");
  }
  OpStatus status = MarkAxes(call, "attribute axes", axes, x.size(), &along);
  if (status.ok()) *plan = PlanRows(x, along);
  return status;
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  RowPlan plan;
  if (OpStatus s = Plan(call, &plan); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  if (AttrOr<bool>(call.attrs, "half_to_float", false)) {
    if (y.dtype != DataType::kFloat16) {
      return OpError(call, "input x with half_to_float", NameOf(y.dtype),
                     NameOf(DataType::kFloat16));
    }
    y.dtype = DataType::kFloat;
  }
  *outputs = {y};
  return {};
}

int64_t Rows(const OpCall& call) {
  RowPlan plan;
  return Plan(call, &plan).ok() && plan.length > 0 ? plan.rows : 0;
}

size_t Workspace(const OpCall& call) {
  return static_cast<size_t>(Rows(call)) * sizeof(RowState);
}

int Phases(const OpCall&) { return 2; }

int64_t Items(const OpCall& call, int) { return Rows(call); }

template <typename Value>
RowState StateOf(int64_t length, Value&& value) {
  float maximum = value(0);
  for (int64_t j = 1; j < length; ++j) {
    const float candidate = value(j);
    if (Replaces(candidate, maximum)) maximum = candidate;
  }
  float lanes[kLanes];
  SumLanes<float>(
      length, 0, LanesOf(length),
      [&](int64_t j) { return ExpFloat(value(j) - maximum); }, lanes);
  return {maximum, SumTree(lanes, LanesOf(length))};
}

template <typename T, typename D>
void Rescale(const RowPlan& plan, const Operands& operands, int64_t row,
             const RowState& state) {
  const T* x = operands.inputs[0].as<const T>();
  D* y = operands.outputs[0].as<D>() + plan.kept.Offset(row);
  WithRow(plan, x, row, [&](auto value) {
    for (int64_t j = 0; j < plan.length; ++j) {
      const float e = ExpFloat(value(j) - state.maximum);
      y[plan.along.Offset(j)] = Out<D>(e / state.sum, operands.saturate);
    }
  });
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  RowPlan plan;
  if (OpStatus s = Plan(call, &plan); !s.ok()) return s;
  auto* states = reinterpret_cast<RowState*>(operands.workspace.data());
  const bool widens = call.outputs[0].dtype != call.inputs[0].dtype;
  Dispatch(FloatTypes{}, call.inputs[0].dtype, [&]<typename T>() {
    for (int64_t row = begin; row < end; ++row) {
      if (phase == 0) {
        WithRow(plan, operands.inputs[0].as<const T>(), row,
                [&](auto value) { states[row] = StateOf(plan.length, value); });
      } else if (widens) {
        Rescale<T, float>(plan, operands, row, states[row]);
      } else {
        Rescale<T, T>(plan, operands, row, states[row]);
      }
    }
  });
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.inputs[0].count() * 4;
  for (Instruction step : {kVcadd, kVadd, kVexp, kVcadd, kVdiv}) {
    work.vector_cycles += VectorCycles(step, bytes);
  }
  if (call.inputs[0].dtype != DataType::kFloat) {
    work.vector_cycles += 2 * VectorCycles(kVconv, bytes);
  }
  return work;
}

OpDef MakeSoftmax() {
  constexpr auto kF16 = DataType::kFloat16;
  constexpr auto kF32 = DataType::kFloat;
  constexpr auto kBf16 = DataType::kBf16;
  return OpDef{
      .type = "SoftmaxV2",
      .engine = Engine::kVector,
      .basis = DtypeBasis::kPrototype,
      .inputs = {{"x", ParamKind::kRequired, {kF16, kBf16, kF32, kF16}}},
      .outputs = {{"y", ParamKind::kRequired, {kF16, kBf16, kF32, kF32}}},
      .attrs = {{"axes", AttrKind::kListInt, false, std::vector<int64_t>{-1}},
                {"half_to_float", AttrKind::kBool, false, false}},
      .infer = Infer,
      .workspace = Workspace,
      .phases = Phases,
      .items = Items,
      .compute = Compute,
      .cost = Cost,
      .exactness = "the sequence of docs/arithmetic.md in f32, one cast back"};
}

}  // namespace

const OpDef& SoftmaxV2Op() {
  static const OpDef& op = *new OpDef(MakeSoftmax());
  return op;
}

}  // namespace npuemu::kernels
