#include "kernels/ops/reduce/reduce_call.h"

#include "kernels/op/cost.h"

namespace npuemu::kernels {
namespace {

// Which axes are reduced, and the shape of the output.
OpStatus Resolve(const OpCall& call, const Operands* operands,
                 std::vector<bool>* along, Shape* shape) {
  const Shape& x = call.inputs[0].shape;
  std::vector<int64_t> axes;
  if (OpStatus s = ReadInts(call, 1, operands, &axes); !s.ok()) return s;
  if (OpStatus s = MarkAxes(call, "input axes", axes, x.size(), along);
      !s.ok()) {
    return s;
  }
  const bool keep = AttrOr<bool>(call.attrs, "keep_dims", false);
  for (size_t d = 0; d < x.size(); ++d) {
    if (!(*along)[d]) shape->push_back(x[d]);
    if ((*along)[d] && keep) shape->push_back(1);
  }
  return {};
}

}  // namespace

OpStatus InferReduce(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (call.inputs[1].shape.size() > 1) {
    return OpError(call, "input axes shape", ToString(call.inputs[1].shape),
                   "one extent or none");
  }
  std::vector<bool> along;
  TensorSpec y = call.inputs[0];
  y.shape.clear();
  if (OpStatus s = Resolve(call, nullptr, &along, &y.shape); !s.ok()) {
    return s;
  }
  *outputs = {y};
  return {};
}

OpStatus ReducePlan(const OpCall& call, const Operands& operands,
                    RowPlan* plan) {
  std::vector<bool> along;
  Shape shape;
  if (OpStatus s = Resolve(call, &operands, &along, &shape); !s.ok()) {
    return s;
  }
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output y shape", ToString(call.outputs[0].shape),
                   ToString(shape) + " for these axes");
  }
  *plan = PlanRows(call.inputs[0].shape, along);
  return {};
}

int64_t RowLength(const OpCall& call) {
  const int64_t rows = call.outputs[0].count();
  return rows == 0 ? 0 : call.inputs[0].count() / rows;
}

Work CostReduce(const OpCall& call) {
  Work work = MoveWork(call);
  const TensorSpec& x = call.inputs[0];
  const int64_t bytes = std::max<int64_t>(BitsOf(x.dtype) / 8, 4) * x.count();
  work.vector_cycles = VectorCycles(kVcadd, bytes);
  if (x.dtype == DataType::kFloat16 || x.dtype == DataType::kBf16) {
    work.vector_cycles += VectorCycles(kVconv, bytes);
  }
  return work;
}

}  // namespace npuemu::kernels
