// Operators whose indices are tuples that name leading places of a tensor:
// ScatterNd, ScatterNdAdd, -Sub, -Max, -Min, -Update, ScatterNonAliasingAdd,
// TensorScatterUpdate, -Add, -Sub, -Max, -Min. An index out of range is a
// device exception. ScatterElements: elements.cc.

#include "kernels/op/axes.h"
#include "kernels/ops/index/scatter.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

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

}  // namespace

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
