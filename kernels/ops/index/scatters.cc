// Operators that combine updates into a tensor by indices in the data:
// ScatterUpdate, ScatterAdd, -Sub, -Mul, -Div, -Max, -Min, InplaceUpdate (row
// indices); ScatterNd, ScatterNdAdd, -Sub, -Update, TensorScatterUpdate, -Add,
// -Sub, -Max, -Min (index tuples). An index out of range is a device exception.
// ScatterElements: elements.cc.

#include "kernels/op/axes.h"
#include "kernels/ops/index/scatter.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

using PlanScatterFn = OpStatus (*)(const OpCall&, const Operands*, Combine,
                                   Scatter*);

OpStatus CheckUpdates(const OpCall& call, const Scatter& scatter,
                      const Shape& expected) {
  const Shape& given = call.inputs[scatter.updates].shape;
  if (given == expected) return {};
  return OpError(call, InputName(call, scatter.updates) + " shape",
                 ToString(given), ToString(expected));
}

// Indices of any shape, each a row of y.
OpStatus PlanRows(const OpCall& call, const Operands*, Combine way,
                  Scatter* scatter) {
  scatter->y = call.inputs[0];
  scatter->base = 0;
  scatter->way = way;
  const Shape& y = scatter->y.shape;
  const TensorSpec indices = call.inputs[1];
  if (y.empty()) {
    return OpError(call, InputName(call, 0) + " shape", "[]",
                   "one extent or more");
  }
  Shape expected = indices.shape;
  expected.insert(expected.end(), y.begin() + 1, y.end());
  scatter->one_for_all = call.inputs[2].shape.empty() && !expected.empty();
  if (!scatter->one_for_all) {
    OpStatus s = CheckUpdates(call, *scatter, expected);
    if (!s.ok()) return s;
  }
  scatter->rows = indices.count();
  scatter->length = Product(y, 1, y.size());
  scatter->place = [&call, indices, extent = y[0], length = scatter->length](
                       int64_t row, const std::byte* data, int64_t* at) {
    const int64_t index = IntAt(indices.dtype, data, row);
    if (index < 0 || index >= extent) return BadIndex(call, 1, index, extent);
    *at = index * length;
    return OpStatus();
  };
  return {};
}

// Indices [..., k], each the first k places of y.
OpStatus PlanTuples(const OpCall& call, const Shape& y, Scatter* scatter) {
  const TensorSpec indices = call.inputs[scatter->indices];
  if (indices.shape.empty() ||
      indices.shape.back() > static_cast<int64_t>(y.size())) {
    return OpError(call, "input indices shape", ToString(indices.shape),
                   "a last extent of at most the rank of " + ToString(y));
  }
  const int64_t k = indices.shape.back();
  const auto tuple = static_cast<size_t>(k);
  Shape expected(indices.shape.begin(), indices.shape.end() - 1);
  scatter->rows = Product(expected, 0, expected.size());
  expected.insert(expected.end(), y.begin() + k, y.end());
  OpStatus s = CheckUpdates(call, *scatter, expected);
  if (!s.ok()) return s;
  scatter->length = Product(y, tuple, y.size());
  scatter->place = [&call, indices, y, k, input = scatter->indices,
                    length = scatter->length](
                       int64_t row, const std::byte* data, int64_t* at) {
    int64_t place = 0;
    for (int64_t d = 0; d < k; ++d) {
      const int64_t extent = y[static_cast<size_t>(d)];
      const int64_t index = IntAt(indices.dtype, data, row * k + d);
      if (index < 0 || index >= extent) {
        return BadIndex(call, input, index, extent);
      }
      place = place * extent + index;
    }
    *at = place * length;
    return OpStatus();
  };
  return {};
}

OpStatus PlanNd(const OpCall& call, const Operands*, Combine way,
                Scatter* scatter) {
  scatter->y = call.inputs[0];
  scatter->base = 0;
  scatter->way = way;
  return PlanTuples(call, scatter->y.shape, scatter);
}

// Sums into zeros of a given shape.
OpStatus IntoZeros(const OpCall& call, const Shape& shape, Combine way,
                   Scatter* scatter) {
  scatter->indices = 0;
  scatter->updates = 1;
  scatter->way = way;
  scatter->y = call.inputs[1];
  scatter->y.shape = shape;
  if (scatter->y.count() < 0) {
    return OpError(call, "shape", ToString(scatter->y.shape),
                   "extents >= 0 whose product fits in int64");
  }
  return PlanTuples(call, scatter->y.shape, scatter);
}

OpStatus PlanNew(const OpCall& call, const Operands* operands, Combine way,
                 Scatter* scatter) {
  Shape shape;
  OpStatus s = ReadInts(call, 2, operands, &shape);
  return s.ok() ? IntoZeros(call, shape, way, scatter) : s;
}

OpStatus PlanNewD(const OpCall& call, const Operands*, Combine way,
                  Scatter* scatter) {
  return IntoZeros(call, IntsAttr(call, "shape"), way, scatter);
}

template <PlanScatterFn plan, Combine way>
OpDef ScatterOp(OpDef op) {
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    if (OpStatus s = CheckInputs(call); !s.ok()) return s;
    Scatter scatter;
    OpStatus s = plan(call, nullptr, way, &scatter);
    if (s.ok()) *outputs = {scatter.y};
    return s;
  };
  op.items = ItemsOfOutput;
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    Scatter scatter;
    OpStatus s = plan(call, &operands, way, &scatter);
    if (s.ok()) s = CheckOutput(call, scatter.y);
    return s.ok() ? RunScatter(call, operands, scatter, begin, end) : s;
  };
  op.cost = CostScatter;
  op.exactness = way == Combine::kUpdate
                     ? "exact: bits are moved, the last update stays"
                     : "ascending updates, each result rounded (7.7)";
  return op;
}

}  // namespace

#define SCATTER(type, plan, way)                                     \
  const OpDef& type##Op() {                                          \
    static const OpDef& op =                                         \
        *new OpDef(ScatterOp<plan, Combine::way>(Signature(#type))); \
    return op;                                                       \
  }

SCATTER(ScatterUpdate, PlanRows, kUpdate)
SCATTER(ScatterAdd, PlanRows, kAdd)
SCATTER(ScatterSub, PlanRows, kSub)
SCATTER(ScatterMul, PlanRows, kMul)
SCATTER(ScatterDiv, PlanRows, kDiv)
SCATTER(ScatterMax, PlanRows, kMax)
SCATTER(ScatterMin, PlanRows, kMin)
SCATTER(InplaceUpdate, PlanRows, kUpdate)
SCATTER(InplaceAdd, PlanRows, kAdd)
SCATTER(InplaceSub, PlanRows, kSub)
SCATTER(ScatterNdMax, PlanNd, kMax)
SCATTER(ScatterNdMin, PlanNd, kMin)
SCATTER(ScatterNonAliasingAdd, PlanNd, kAdd)
SCATTER(ScatterNdD, PlanNewD, kAdd)
SCATTER(ScatterNdUpdate, PlanNd, kUpdate)
SCATTER(ScatterNdAdd, PlanNd, kAdd)
SCATTER(ScatterNdSub, PlanNd, kSub)
SCATTER(TensorScatterUpdate, PlanNd, kUpdate)
SCATTER(TensorScatterAdd, PlanNd, kAdd)
SCATTER(TensorScatterSub, PlanNd, kSub)
SCATTER(TensorScatterMax, PlanNd, kMax)
SCATTER(TensorScatterMin, PlanNd, kMin)

const OpDef& ScatterNdOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = ScatterOp<PlanNew, Combine::kAdd>(Signature("ScatterNd"));
    made.value_inputs = {2};
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
