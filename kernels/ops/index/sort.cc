// Operators TopK, TopKV2, TopKV2D, TopKD, Sort, SortV2: along one axis,
// elements in order and where they were. Of equal elements the first comes
// first, whatever attributes sorted and stable say; NaN is above infinity,
// zeros are alike (arithmetic.md 7.3). An item is a row; values are copied
// bits. assist_seq is not read.

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/op/cost.h"
#include "kernels/op/move.h"
#include "kernels/ops/index/order.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct Plan {
  size_t axis = 0;
  int64_t count = 0;  // that are taken
  bool descending = true;
};

// k is attribute k, input 1, or all.
OpStatus ReadCount(const OpCall& call, const Operands* operands, int64_t extent,
                   int64_t* count) {
  *count = extent;
  std::string argument = "attribute k";
  if (call.op->attrs[0].kind == AttrKind::kInt &&
      std::strcmp(call.op->attrs[0].name, "k") == 0) {
    *count = IntAttr(call, "k");
  } else if (call.op->inputs.size() > 1) {
    argument = "input k";
    if (OpStatus s = ReadInt(call, 1, operands, count); !s.ok()) return s;
  }
  if (extent > INT32_MAX) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "places along the axis that fit in int32");
  }
  if (*count >= 0 && *count <= extent) return {};
  return OpError(call, argument, std::to_string(*count),
                 "0 to " + std::to_string(extent));
}

OpStatus PlanOf(const OpCall& call, const Operands* operands, Plan* plan) {
  const bool sort = call.op->inputs.size() == 1;
  const char* axis = sort ? "axis" : "dim";
  const Shape& x = call.inputs[0].shape;
  OpStatus s =
      AxisOf(call, AttrName(axis), AttrOr<int64_t>(call.attrs, axis, -1),
             x.size(), &plan->axis);
  if (!s.ok()) return s;
  plan->descending = sort ? BoolAttr(call, "descending")
                          : AttrOr<bool>(call.attrs, "largest", true);
  return ReadCount(call, operands, x[plan->axis], &plan->count);
}

std::vector<TensorSpec> Outputs(const OpCall& call, const Plan& plan) {
  TensorSpec values = call.inputs[0];
  values.shape[plan.axis] = plan.count;
  TensorSpec indices = values;
  indices.dtype = DataType::kInt32;
  if (call.op->outputs.size() == 1) return {values};
  return {values, indices};
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  Plan plan;
  OpStatus s = PlanOf(call, nullptr, &plan);
  if (s.ok()) *outputs = Outputs(call, plan);
  return s;
}

// Rows, by the declared output: only the axis needs no value.
int64_t Items(const OpCall& call, int) {
  const bool sort = call.op->inputs.size() == 1;
  const auto axis =
      AttrOr<int64_t>(call.attrs, sort ? "axis" : "dim", int64_t{-1});
  const Shape& x = call.inputs[0].shape;
  const int64_t extent = x[static_cast<size_t>(
      axis < 0 ? axis + static_cast<int64_t>(x.size()) : axis)];
  return extent == 0 ? 0 : call.inputs[0].count() / extent;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Plan plan;
  OpStatus s = PlanOf(call, &operands, &plan);
  if (!s.ok()) return s;
  const auto outputs = Outputs(call, plan);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (s = CheckOutput(call, outputs[i], i); !s.ok()) return s;
  }
  const TensorSpec& spec = call.inputs[0];
  const int64_t extent = spec.shape[plan.axis];
  const int64_t inner = Product(spec.shape, plan.axis + 1, spec.shape.size());
  const size_t width = ElementBytes(spec.dtype);
  const std::byte* x = DataOf(call, operands, 0);
  std::byte* values = operands.outputs[0].data;
  int32_t* places =
      outputs.size() > 1 ? operands.outputs[1].as<int32_t>() : nullptr;
  IntList keys(static_cast<size_t>(extent));
  std::vector<int32_t> order(static_cast<size_t>(extent));
  const auto before = [&](int32_t a, int32_t b) {
    const int64_t ka = keys[static_cast<size_t>(a)];
    const int64_t kb = keys[static_cast<size_t>(b)];
    if (ka != kb) return plan.descending ? ka > kb : ka < kb;
    return a < b;
  };
  for (int64_t row = begin; row < end; ++row) {
    const int64_t first = row / inner * extent * inner + row % inner;
    OrderKeys(spec.dtype, x, first, inner, extent, keys.data());
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + plan.count, order.end(),
                      before);
    for (int64_t i = 0; i < plan.count; ++i) {
      const int64_t from = first + order[static_cast<size_t>(i)] * inner;
      const int64_t to =
          row / inner * plan.count * inner + i * inner + row % inner;
      std::memcpy(values + static_cast<size_t>(to) * width,
                  x + static_cast<size_t>(from) * width, width);
      if (places != nullptr) places[to] = order[static_cast<size_t>(i)];
    }
  }
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  work.vector_cycles =
      8 * VectorCycles({78, 20}, call.inputs[0].count() * 8);  // mrgsort
  return work;
}

OpDef Make(OpDef op, std::vector<int> value_inputs) {
  op.infer = Infer;
  op.items = Items;
  op.compute = Compute;
  op.cost = Cost;
  op.exactness = "exact: stable, NaN above infinity (7.3); bits are moved";
  op.value_inputs = std::move(value_inputs);
  return op;
}

}  // namespace

#define SORT(type, ...)                                    \
  const OpDef& type##Op() {                                \
    static const OpDef& op =                               \
        *new OpDef(Make(Signature(#type), {__VA_ARGS__})); \
    return op;                                             \
  }

SORT(TopK, 1)
SORT(TopKV2, 1)
SORT(TopKV2D, 1)
SORT(TopKD)
SORT(Sort)
SORT(SortV2)

}  // namespace npuemu::kernels
