#include "kernels/ops/gated/halves.h"

namespace npuemu::kernels {
namespace {

// No operand of a half may have other extents, even as many elements.
OpStatus CheckShapes(const OpCall& call, const RowLayout& layout) {
  const RowRule& rule = *call.op->rows;
  for (size_t i = 0; rule.inputs[i] != 0; ++i) {
    if (!HasInput(call, i)) continue;
    const Shape& given = call.inputs[i].shape;
    const bool half = rule.inputs[i] == 'g';
    if (!half && rule.inputs[i] != 'h') continue;
    const Shape& expected = half ? layout.own_shape : layout.other_shape;
    if (given == expected) continue;
    return OpError(call,
                   std::string("input ") + call.op->inputs[i].name + " shape",
                   ToString(given), ToString(expected));
  }
  return {};
}

}  // namespace

OpStatus LayHalves(const OpCall& call, size_t whole, RowLayout* layout) {
  const Shape& x = call.inputs[whole].shape;
  const auto rank = static_cast<int64_t>(x.size());
  const auto dim = AttrOf<int64_t>(call, "dim", -1);
  const std::string name =
      std::string("input ") + call.op->inputs[whole].name + " shape";
  if (rank == 0) {
    return OpError(call, name, "[]", "one extent or more");
  }
  if (dim < -rank || dim >= rank) {
    return OpError(
        call, "attribute dim", std::to_string(dim),
        "[" + std::to_string(-rank) + "," + std::to_string(rank - 1) + "]");
  }
  const auto axis = static_cast<size_t>(dim < 0 ? dim + rank : dim);
  if (x[axis] < 0 || x[axis] % 2 != 0) {
    return OpError(call, name, ToString(x),
                   "an even extent on axis " + std::to_string(axis));
  }
  const auto at = x.begin() + static_cast<std::ptrdiff_t>(axis);
  const int64_t outer = ElementCount(Shape(x.begin(), at));
  const int64_t inner = ElementCount(Shape(at + 1, x.end()));
  Shape half = x;
  half[axis] /= 2;
  const int64_t length = ElementCount({half[axis], inner});
  if (outer < 0 || inner < 0 || length < 0) {
    return OpError(call, name, ToString(x),
                   "rows and columns whose numbers fit in int64");
  }
  layout->view = {outer, 2, length};
  layout->along = {false, true, true};
  layout->own = {true, false, true};
  layout->own_shape = half;
  layout->other = {true, true, true};
  layout->other_shape = x;
  layout->row_shape.assign(x.begin(), at);
  layout->column_shape = {half[axis]};
  return CheckShapes(call, *layout);
}

}  // namespace npuemu::kernels
