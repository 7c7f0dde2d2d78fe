// Operators that take rows or elements of x by indices in the data: Gather,
// GatherV2, GatherV2D, GatherNd. Items are output elements, moved in rows: the
// elements behind the indexed axes. A negative index counts from the end with
// attribute negative_index_support; one out of range is a device exception.
// Bits are copied. GatherElements: elements.cc.

#include <algorithm>
#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

void CopyRow(const std::byte* from, size_t bytes, std::byte* to) {
  switch (bytes) {
    case 1:
      std::memcpy(to, from, 1);
      break;
    case 2:
      std::memcpy(to, from, 2);
      break;
    case 4:
      std::memcpy(to, from, 4);
      break;
    case 8:
      std::memcpy(to, from, 8);
      break;
    default:
      std::memcpy(to, from, bytes);
  }
}

// Gather along one axis: x is [batch, outer, extent, inner], indices are
// [batch, count], y is [batch, outer, count, inner].
struct Plan {
  TensorSpec y;
  int64_t outer = 1;
  int64_t extent = 1;
  int64_t count = 1;
  int64_t inner = 1;
};

OpStatus PlanAxis(const OpCall& call, const std::string& argument, int64_t axis,
                  Plan* plan) {
  const Shape& x = call.inputs[0].shape;
  const Shape& indices = call.inputs[1].shape;
  size_t at = 0;
  OpStatus s = AxisOf(call, argument, axis, x.size(), &at);
  if (!s.ok()) return s;
  int64_t batch_dims = IntAttr(call, "batch_dims");
  const auto rank = static_cast<int64_t>(indices.size());
  const int64_t given = batch_dims;
  if (batch_dims < 0) batch_dims += rank;
  if (batch_dims < 0 || batch_dims > rank ||
      batch_dims > static_cast<int64_t>(at)) {
    return OpError(call, "attribute batch_dims", std::to_string(given),
                   "leading axes of indices, up to axis");
  }
  const auto batch = static_cast<size_t>(batch_dims);
  for (size_t d = 0; d < batch; ++d) {
    if (x[d] == indices[d]) continue;
    return OpError(call, "input indices shape", ToString(indices),
                   "the batch extents of " + ToString(x));
  }
  plan->outer = Product(x, batch, at);
  plan->extent = x[at];
  plan->inner = Product(x, at + 1, x.size());
  plan->count = Product(indices, batch, indices.size());
  plan->y = call.inputs[0];
  Shape& y = plan->y.shape;
  y.assign(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(at));
  y.insert(y.end(), indices.begin() + batch_dims, indices.end());
  y.insert(y.end(), x.begin() + static_cast<std::ptrdiff_t>(at) + 1, x.end());
  return {};
}

// The axis is attribute axis, input 2, or the first behind the batch.
OpStatus PlanOf(const OpCall& call, const Operands* operands, Plan* plan) {
  if (call.op->inputs.size() > 2) {
    int64_t axis = 0;
    if (OpStatus s = ReadInt(call, 2, operands, &axis); !s.ok()) return s;
    return PlanAxis(call, "input axis", axis, plan);
  }
  if (call.attrs.count("axis") != 0) {
    return PlanAxis(call, "attribute axis", IntAttr(call, "axis"), plan);
  }
  int64_t axis = IntAttr(call, "batch_dims");
  if (axis < 0) axis += static_cast<int64_t>(call.inputs[1].shape.size());
  return PlanAxis(call, "attribute batch_dims as axis", axis, plan);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  Plan plan;
  OpStatus s = PlanOf(call, nullptr, &plan);
  if (s.ok()) *outputs = {plan.y};
  return s;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Plan plan;
  OpStatus s = PlanOf(call, &operands, &plan);
  if (s.ok()) s = CheckOutput(call, plan.y);
  if (!s.ok()) return s;
  const DataType type = call.inputs[1].dtype;
  const std::byte* indices = DataOf(call, operands, 1);
  const std::byte* x = DataOf(call, operands, 0);
  const bool negative = BoolAttr(call, "negative_index_support");
  const size_t width = ElementBytes(plan.y.dtype);
  std::byte* y = operands.outputs[0].data;
  // Items are elements of y; a row may be cut anywhere.
  for (int64_t at = begin; at < end;) {
    const int64_t row = at / plan.inner;
    const int64_t column = at % plan.inner;
    const int64_t group = row / plan.count;
    const int64_t batch = group / plan.outer;
    const int64_t given =
        IntAt(type, indices, batch * plan.count + row % plan.count);
    const int64_t index = negative && given < 0 ? given + plan.extent : given;
    if (index < 0 || index >= plan.extent) {
      return BadIndex(call, 1, given, plan.extent);
    }
    const int64_t count = std::min(plan.inner - column, end - at);
    const int64_t from = (group * plan.extent + index) * plan.inner + column;
    CopyRow(x + static_cast<size_t>(from) * width,
            static_cast<size_t>(count) * width,
            y + static_cast<size_t>(at) * width);
    at += count;
  }
  return {};
}

// Indices [..., k] name k leading places of x each.
OpStatus PlanNd(const OpCall& call, TensorSpec* y, size_t* k) {
  const Shape& x = call.inputs[0].shape;
  const Shape& indices = call.inputs[1].shape;
  if (indices.empty() || indices.back() > static_cast<int64_t>(x.size())) {
    return OpError(call, "input indices shape", ToString(indices),
                   "a last extent of at most the rank of " + ToString(x));
  }
  *k = static_cast<size_t>(indices.back());
  *y = call.inputs[0];
  y->shape.assign(indices.begin(), indices.end() - 1);
  y->shape.insert(y->shape.end(), x.begin() + static_cast<std::ptrdiff_t>(*k),
                  x.end());
  return {};
}

OpStatus InferNd(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  TensorSpec y;
  size_t k = 0;
  OpStatus s = PlanNd(call, &y, &k);
  if (s.ok()) *outputs = {y};
  return s;
}

OpStatus ComputeNd(const OpCall& call, const Operands& operands, int,
                   int64_t begin, int64_t end) {
  TensorSpec spec;
  size_t k = 0;
  if (OpStatus s = PlanNd(call, &spec, &k); !s.ok()) return s;
  const Shape& shape = call.inputs[0].shape;
  const DataType type = call.inputs[1].dtype;
  const std::byte* indices = DataOf(call, operands, 1);
  const std::byte* x = DataOf(call, operands, 0);
  const bool negative = BoolAttr(call, "negative_index_support");
  const int64_t inner = Product(shape, k, shape.size());
  const size_t width = ElementBytes(spec.dtype);
  std::byte* y = operands.outputs[0].data;
  for (int64_t at = begin; at < end;) {
    const int64_t row = at / inner;
    const int64_t column = at % inner;
    int64_t place = 0;
    for (size_t d = 0; d < k; ++d) {
      const int64_t given =
          IntAt(type, indices,
                row * static_cast<int64_t>(k) + static_cast<int64_t>(d));
      const int64_t index = negative && given < 0 ? given + shape[d] : given;
      if (index < 0 || index >= shape[d])
        return BadIndex(call, 1, given, shape[d]);
      place = place * shape[d] + index;
    }
    const int64_t count = std::min(inner - column, end - at);
    CopyRow(x + static_cast<size_t>(place * inner + column) * width,
            static_cast<size_t>(count) * width,
            y + static_cast<size_t>(at) * width);
    at += count;
  }
  return {};
}

OpDef GatherOp(OpDef op, bool nd, std::vector<int> value_inputs) {
  op.infer = nd ? InferNd : Infer;
  op.items = ItemsOfOutput;
  op.compute = nd ? ComputeNd : Compute;
  op.cost = CostMove;
  op.exactness = "exact: bits are moved (docs/moves.md)";
  op.value_inputs = std::move(value_inputs);
  return op;
}

}  // namespace

#define GATHER(type, nd, ...)                                      \
  const OpDef& type##Op() {                                        \
    static const OpDef& op =                                       \
        *new OpDef(GatherOp(Signature(#type), nd, {__VA_ARGS__})); \
    return op;                                                     \
  }

GATHER(Gather, false)
GATHER(GatherV2, false, 2)
GATHER(GatherV2D, false)
GATHER(GatherNd, true)

}  // namespace npuemu::kernels
