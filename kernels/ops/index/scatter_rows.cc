// Operators that combine updates into rows of a tensor: ScatterUpdate,
// ScatterAdd, -Sub, -Mul, -Div, -Max, -Min, InplaceUpdate, -Add, -Sub (whose D
// versions have the indices in an attribute); IndexAdd, along any axis. An
// index of the data that is out of range is a device exception.

#include "kernels/op/axes.h"
#include "kernels/ops/index/scatter.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

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

// Attribute indices, each a row of y; updates are input 1.
OpStatus PlanRowsD(const OpCall& call, const Operands*, Combine way,
                   Scatter* scatter) {
  scatter->y = call.inputs[0];
  scatter->base = 0;
  scatter->updates = 1;
  scatter->way = way;
  const Shape& y = scatter->y.shape;
  const IntList rows = IntsAttr(call, "indices");
  if (y.empty()) {
    return OpError(call, "input x shape", "[]", "one extent or more");
  }
  for (int64_t row : rows) {
    if (row >= 0 && row < y[0]) continue;
    return OpError(call, "attribute indices", ToString(rows),
                   "rows of " + ToString(y));
  }
  Shape expected = y;
  expected[0] = static_cast<int64_t>(rows.size());
  if (OpStatus s = CheckUpdates(call, *scatter, expected); !s.ok()) return s;
  scatter->rows = expected[0];
  scatter->length = Product(y, 1, y.size());
  scatter->place = [rows, length = scatter->length](
                       int64_t row, const std::byte*, int64_t* at) {
    *at = rows[static_cast<size_t>(row)] * length;
    return OpStatus();
  };
  return {};
}

// One row of indices along attribute axis; updates have its extent there.
OpStatus PlanAlong(const OpCall& call, const Operands*, Combine way,
                   Scatter* scatter) {
  scatter->y = call.inputs[0];
  scatter->base = 0;
  scatter->way = way;
  const Shape& y = scatter->y.shape;
  const TensorSpec indices = call.inputs[1];
  size_t axis = 0;
  OpStatus s =
      AxisOf(call, "attribute axis", IntAttr(call, "axis"), y.size(), &axis);
  if (!s.ok()) return s;
  if (indices.shape.size() != 1) {
    return OpError(call, "input indices shape", ToString(indices.shape),
                   "one extent");
  }
  Shape expected = y;
  expected[axis] = indices.shape[0];
  if (s = CheckUpdates(call, *scatter, expected); !s.ok()) return s;
  scatter->rows = Product(expected, 0, axis + 1);
  scatter->length = Product(y, axis + 1, y.size());
  scatter->place = [&call, indices, extent = y[axis], length = scatter->length](
                       int64_t row, const std::byte* data, int64_t* at) {
    const int64_t count = indices.shape[0];
    const int64_t index = IntAt(indices.dtype, data, row % count);
    if (index < 0 || index >= extent) return BadIndex(call, 1, index, extent);
    *at = (row / count * extent + index) * length;
    return OpStatus();
  };
  return {};
}

}  // namespace

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
SCATTER(InplaceUpdateD, PlanRowsD, kUpdate)
SCATTER(InplaceAddD, PlanRowsD, kAdd)
SCATTER(InplaceSubD, PlanRowsD, kSub)
SCATTER(IndexAdd, PlanAlong, kAdd)

}  // namespace npuemu::kernels
