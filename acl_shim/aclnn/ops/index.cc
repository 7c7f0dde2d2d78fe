// Operators that read or write where indices say.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

Value GatherAlong(Builder& b, Value x, Value index, int64_t axis) {
  Attrs attrs;
  attrs["negative_index_support"] = true;
  return b.Op("GatherV2", {x, index, IntegerOf(b, axis)}, std::move(attrs));
}

// (self, dim, index, out).
void IndexSelect(Builder& b) {
  const Value x = b.In(0);
  const Value index = IndicesAt(b, 2);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  b.Result(GatherAlong(b, x, index, axis));
}

// (weight, indices, out).
void Embedding(Builder& b) {
  const Value x = b.In(0);
  b.Result(GatherAlong(b, x, IndicesAt(b, 1), 0));
}

// (self, dim, index, out): an element of a row for each element of index.
void Gather(Builder& b) {
  const Value x = b.In(0);
  const Value index = IndicesAt(b, 2);
  const size_t axis = b.Axis(b.Int(1), b.Rank(x), 1);
  b.Result(b.Op("GatherElements", {x, index},
                AxisAttr("dim", static_cast<int64_t>(axis))));
}

void GatherNd(Builder& b) {
  Attrs attrs;
  attrs["negative_index_support"] = b.Bool(2);
  b.Result(b.Op("GatherNd", {b.In(0), IndicesAt(b, 1)}, std::move(attrs)));
}

// Rows of x along the axis become those of source, and nothing else changes:
// the kernel has them along the first axis, so that other axes count with it.
// An index out of range is one at the first or at the last of these, too.
Value RowsReplaced(Builder& b, Value x, int64_t axis, Value index,
                   Value source) {
  if (!b.ok()) return {};
  const Shape shape = b.ShapeOf(x);
  const DataType type = CarrierOf(b, "ScatterUpdate", b.TypeOf(x));
  int64_t before = 1;
  for (int64_t i = 0; i < axis; ++i) before *= b.Extent(x, i);
  const int64_t extent = b.Extent(x, axis);
  const int64_t rows = before * extent;
  const int64_t length = rows == 0 ? 0 : b.Count(x) / rows;
  index = b.Reshape(index, {1, b.Count(index)});
  if (before > 1) {
    if (!CanList(b, {before}, 0)) return {};
    std::vector<int64_t> starts(static_cast<size_t>(before));
    for (size_t i = 0; i < starts.size(); ++i) {
      starts[i] = static_cast<int64_t>(i) * extent;
    }
    const Value first = b.Constant(starts, b.TypeOf(index));
    index = b.Op("Add", {b.Reshape(first, {before, 1}), index});
  }
  const int64_t count = b.Count(index);
  const Value y =
      b.Op("ScatterUpdate", {b.Reshape(b.Cast(x, type), {rows, length}),
                             b.Reshape(index, {count}),
                             b.Reshape(b.Cast(source, type), {count, length})});
  return b.Reshape(y, shape);
}

// (selfRef, dim, index, source[, outRef]).
void IndexCopy(Builder& b) {
  const Value x = b.In(0);
  const Value index = IndicesAt(b, 2);
  const Value source = b.Cast(b.In(3), b.TypeOf(x));
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  if (!b.ok()) return;
  Shape expected = b.ShapeOf(x);
  expected[static_cast<size_t>(axis)] = b.Count(index);
  b.CheckShape(source, 3, expected);
  const size_t out = b.arg_count() > 4 ? 4 : 0;
  b.Store(RowsReplaced(b, x, axis, index, source), out);
}

// Rows become one value (self, dim, index, value[, out]).
void IndexFill(Builder& b) {
  const Value x = b.In(0);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  const Value index = b.KindOf(2) == ArgKind::kIntArray ? b.Constant(b.Ints(2))
                                                        : IndicesAt(b, 2);
  const Value value = b.Constant(b.ScalarAt(3), b.TypeOf(x));
  if (!b.ok()) return;
  Shape rows = b.ShapeOf(x);
  rows[static_cast<size_t>(axis)] = b.Count(index);
  b.Result(RowsReplaced(b, x, axis, index, FillOf(b, value, rows)));
}

// (self, dim, index, source, alpha, out).
void IndexAdd(Builder& b) {
  const Value x = b.In(0);
  const Value index = b.Cast(IndicesAt(b, 2), DataType::kInt32);
  Value source = b.Cast(b.In(3), b.TypeOf(x));
  const Number alpha = b.ScalarAt(4);
  const size_t axis = b.Axis(b.Int(1), b.Rank(x), 1);
  if (alpha.real != 1) {
    source = b.Op("Mul", {source, b.Constant(alpha, b.TypeOf(x))});
  }
  const DataType wide = CarrierOf(b, "IndexAdd", b.TypeOf(x));
  b.Result(b.Op("IndexAdd", {b.Cast(x, wide), index, b.Cast(source, wide)},
                AxisAttr("axis", static_cast<int64_t>(axis))));
}

// reduce: 0 replaces, 1 adds, 2 multiplies.
const char* ReductionOf(Builder& b, size_t arg) {
  const int64_t reduce = b.Int(arg);
  b.Check(reduce >= 0 && reduce <= 2, arg, absl::StrCat(reduce),
          "0 (replace), 1 (add) or 2 (multiply)");
  return reduce == 1 ? "add" : reduce == 2 ? "mul" : "none";
}

// The part of source that belongs to the indices.
Value Corner(Builder& b, Value source, Value index, size_t source_arg) {
  b.CheckRank(source, source_arg, b.Rank(index), b.Rank(index));
  for (int64_t i = 0; b.ok() && i < b.Rank(index); ++i) {
    b.Check(b.Extent(source, i) >= b.Extent(index, i), source_arg,
            ToString(b.ShapeOf(source)),
            "at least " + ToString(b.ShapeOf(index)));
    if (b.Extent(source, i) == b.Extent(index, i)) continue;
    source = b.Narrow(source, i, 0, b.Extent(index, i));
  }
  return source;
}

Value Scattered(Builder& b, Value x, Value index, Value source,
                const char* reduction) {
  const size_t axis = b.Axis(b.Int(1), b.Rank(x), 1);
  Attrs attrs = AxisAttr("axis", static_cast<int64_t>(axis));
  attrs["reduction"] = std::string(reduction);
  const DataType moved = CarrierOf(b, "ScatterElements", b.TypeOf(x));
  return b.Op(
      "ScatterElements",
      {b.Cast(x, moved), index, b.Cast(Corner(b, source, index, 3), moved)},
      std::move(attrs));
}

// (self, dim, index, src, reduce[, out]).
void Scatter(Builder& b) {
  const char* reduction = ReductionOf(b, 4);
  b.Result(Scattered(b, b.In(0), IndicesAt(b, 2), b.In(3), reduction));
}

void ScatterAdd(Builder& b) {
  b.Result(Scattered(b, b.In(0), IndicesAt(b, 2), b.In(3), "add"));
}

void ScatterValue(Builder& b) {
  const char* reduction = ReductionOf(b, 4);
  const Value x = b.In(0);
  const Value index = IndicesAt(b, 2);
  const Value value = b.Constant(b.ScalarAt(3), b.TypeOf(x));
  if (!b.ok()) return;
  b.Result(
      Scattered(b, x, index, FillOf(b, value, b.ShapeOf(index)), reduction));
}

Value MaskOf(Builder& b, size_t arg, const Shape& shape) {
  Value mask = b.In(arg);
  if (b.TypeOf(mask) != DataType::kBool) {
    mask = b.Op("NotEqual", {mask, b.Constant(0, b.TypeOf(mask))});
  }
  return ExpandTo(b, mask, shape, arg);
}

// (selfRef, mask, value).
void MaskedFill(Builder& b) {
  const Value x = b.In(0);
  const Value mask = MaskOf(b, 1, b.ShapeOf(x));
  const Value value = b.Operand(2, b.TypeOf(x));
  if (!b.ok()) return;
  b.Result(
      b.Op("Select", {mask, FillOf(b, b.Reshape(value, {}), b.ShapeOf(x)), x}));
}

// (condition, self, other, out).
void Where(Builder& b) {
  const DataType type = b.Promoted({1, 2});
  const Shape shape = b.Like(3).shape;
  const Value mask = MaskOf(b, 0, shape);
  b.Result(b.Op("Select", {mask, ExpandTo(b, b.Operand(1, type), shape, 1),
                           ExpandTo(b, b.Operand(2, type), shape, 2)}));
}

constexpr NnOp kOps[] = {
    {"IndexSelect", IndexSelect},
    {"GatherV2", IndexSelect},
    {"Embedding", Embedding},
    {"Gather", Gather},
    {"GatherNd", GatherNd},
    {"IndexCopy", IndexCopy},
    {"InplaceIndexCopy", IndexCopy},
    {"IndexFill", IndexFill},
    {"InplaceIndexFill", IndexFill},
    {"IndexFillTensor", IndexFill},
    {"InplaceIndexFillTensor", IndexFill},
    {"IndexAdd", IndexAdd},
    {"Scatter", Scatter},
    {"InplaceScatter", Scatter},
    {"ScatterAdd", ScatterAdd},
    {"ScatterValue", ScatterValue},
    {"InplaceScatterValue", ScatterValue},
    {"InplaceMaskedFillScalar", MaskedFill},
    {"InplaceMaskedFillTensor", MaskedFill},
    {"SWhere", Where},
};

}  // namespace

std::span<const NnOp> IndexOps() { return kOps; }

}  // namespace npuemu::shim::nn
