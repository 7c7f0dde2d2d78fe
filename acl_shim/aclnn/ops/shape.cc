// Operators that move elements: views and copies between them, so that every
// dtype works; kernels only where elements change places in other ways.

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

void Permute(Builder& b) {
  const Value x = b.In(0);
  const std::vector<int64_t> dims = b.Ints(1);
  const std::vector<int64_t> each = b.Axes(dims, b.Rank(x), 1);
  b.Check(each.size() == static_cast<size_t>(b.Rank(x)) || !b.ok(), 1,
          ToString(dims), absl::StrCat("each of ", b.Rank(x), " axes"));
  if (!b.ok()) return;
  std::vector<int64_t> order;
  for (int64_t dim : dims) {
    order.push_back(static_cast<int64_t>(b.Axis(dim, b.Rank(x), 1)));
  }
  b.Result(b.Permute(x, order));
}

void Expand(Builder& b) {
  const Value x = b.In(0);
  Shape shape = b.Ints(1);
  const Shape from = b.ShapeOf(x);
  const size_t added = shape.size() - std::min(shape.size(), from.size());
  for (size_t i = added; i < shape.size() && i - added < from.size(); ++i) {
    if (shape[i] == -1) shape[i] = from[i - added];
  }
  b.Result(ExpandTo(b, x, shape, 1));
}

void Flatten(Builder& b) {
  const Value x = b.In(0);
  const size_t axis = b.Axis(b.Int(1), b.Rank(x) + 1, 1);
  if (!b.ok()) return;
  const Shape shape = b.ShapeOf(x);
  Shape flat{1, 1};
  for (size_t i = 0; i < shape.size(); ++i) flat[i < axis ? 0 : 1] *= shape[i];
  b.Result(b.Reshape(x, flat));
}

// Copies `part` into the output from `start` on along the axis.
void StorePart(Builder& b, Value part, size_t arg, int64_t axis,
               int64_t start) {
  const Value out = b.In(arg);
  b.StoreInto(part, b.Narrow(out, axis, start, b.Extent(part, axis)), arg);
}

// Tensors one behind the other along an axis; rank 1 without elements counts
// as nothing, whatever the others are.
void Cat(Builder& b) {
  std::vector<Value> parts = b.InList(0);
  const Value out = b.In(2);
  const Shape shape = b.ShapeOf(out);
  const size_t axis = b.Axis(b.Int(1), b.Rank(out), 1);
  b.Check(!parts.empty() || !b.ok(), 0, "an empty list", "tensors");
  int64_t start = 0;
  for (Value part : parts) {
    if (b.Count(part) == 0 && b.Rank(part) == 1) continue;
    Shape expected = shape;
    if (b.ok()) expected[axis] = b.Extent(part, static_cast<int64_t>(axis));
    b.CheckShape(part, 0, expected);
    if (!b.ok()) return;
    b.Check(start + expected[axis] <= shape[axis], 2, ToString(shape),
            "as many elements as the tensors have");
    StorePart(b, part, 2, static_cast<int64_t>(axis), start);
    start += expected[axis];
  }
  b.Check(!b.ok() || start == shape[axis], 2, ToString(shape),
          absl::StrCat(start, " on axis ", axis));
}

void Stack(Builder& b) {
  std::vector<Value> parts = b.InList(0);
  const Value out = b.In(2);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(out), 1));
  if (!b.ok()) return;
  Shape one = b.ShapeOf(out);
  b.Check(one[static_cast<size_t>(axis)] == static_cast<int64_t>(parts.size()),
          2, ToString(one), absl::StrCat(parts.size(), " on axis ", axis));
  one[static_cast<size_t>(axis)] = 1;
  for (size_t i = 0; i < parts.size() && b.ok(); ++i) {
    Shape bare = b.ShapeOf(out);
    bare.erase(bare.begin() + axis);
    b.CheckShape(parts[i], 0, bare);
    StorePart(b, b.Reshape(parts[i], one), 2, axis, static_cast<int64_t>(i));
  }
}

void StoreSplits(Builder& b, const std::vector<int64_t>& sizes) {
  const Value x = b.In(0);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(2), b.Rank(x), 2));
  const int64_t sum = std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
  b.Check(sum == b.Extent(x, axis) || !b.ok(), 1, ToString(sizes),
          absl::StrCat("sizes of ", b.Extent(x, axis), " in all"));
  int64_t start = 0;
  for (size_t i = 0; i < sizes.size() && b.ok(); ++i) {
    b.StoreItem(b.Narrow(x, axis, start, sizes[i]), 3, i);
    start += sizes[i];
  }
}

void SplitWithSize(Builder& b) { StoreSplits(b, b.Ints(1)); }

void SplitTensor(Builder& b) {
  const Value x = b.In(0);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(2), b.Rank(x), 2));
  b.Check(b.Int(1) > 0, 1, absl::StrCat(b.Int(1)), "more than 0");
  if (!b.ok()) return;
  const int64_t extent = b.Extent(x, axis);
  const int64_t most = b.Int(1);
  const int64_t parts = extent / most + (extent % most > 0 ? 1 : 0);
  const int64_t given = std::ssize(b.InList(3));
  b.Check(given == parts, 3, absl::StrCat(given, " tensors"),
          absl::StrCat(parts, " of at most ", most, " on axis ", axis));
  if (!b.ok()) return;
  std::vector<int64_t> sizes(static_cast<size_t>(parts), most);
  if (extent % most > 0) sizes.back() = extent % most;
  StoreSplits(b, sizes);
}

// [start, end) with a step, as Python's slices: bounds from behind if
// negative, cut to what is there.
Value SliceOf(Builder& b, Value x, int64_t axis, int64_t start, int64_t end,
              int64_t step, size_t step_arg) {
  b.Check(step > 0, step_arg, absl::StrCat(step), "more than 0");
  if (!b.ok()) return {};
  const int64_t extent = b.Extent(x, axis);
  if (start < 0) start += extent;
  if (end < 0) end += extent;
  start = std::clamp<int64_t>(start, 0, extent);
  end = std::clamp<int64_t>(end, start, extent);
  return b.Narrow(x, axis, start, (end - start + step - 1) / step, step);
}

void Slice(Builder& b) {
  const Value x = b.In(0);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  b.Result(SliceOf(b, x, axis, b.Int(2), b.Int(3), b.Int(4), 4));
}

void SliceV2(Builder& b) {
  Value x = b.In(0);
  const std::vector<int64_t> starts = b.Ints(1);
  const std::vector<int64_t> ends = b.Ints(2);
  const std::vector<int64_t> axes = b.Ints(3);
  const std::vector<int64_t> steps = b.Ints(4);
  b.Check((starts.size() == axes.size() && ends.size() == axes.size() &&
           steps.size() == axes.size()) ||
              !b.ok(),
          3, ToString(axes), "as many as starts, ends and steps");
  for (size_t i = 0; i < axes.size() && b.ok(); ++i) {
    const auto axis = static_cast<int64_t>(b.Axis(axes[i], b.Rank(x), 3));
    x = SliceOf(b, x, axis, starts[i], ends[i], steps[i], 4);
  }
  b.Result(x);
}

// Each element of `outer` becomes a run, each of `x` is seen in every one: the
// output as axes of (repeats, extent), or (extent, repeats) for interleaving.
void RepeatInto(Builder& b, Value x, const std::vector<int64_t>& repeats,
                bool interleave, size_t out_arg) {
  if (!b.ok()) return;
  Shape shape = b.ShapeOf(x);
  shape.insert(shape.begin(), repeats.size() - shape.size(), 1);
  Shape whole;
  Shape pairs;
  Shape single;
  for (size_t i = 0; i < shape.size(); ++i) {
    whole.push_back(shape[i] * repeats[i]);
    pairs.push_back(interleave ? shape[i] : repeats[i]);
    pairs.push_back(interleave ? repeats[i] : shape[i]);
    single.push_back(interleave ? shape[i] : 1);
    single.push_back(interleave ? 1 : shape[i]);
  }
  const Value y = b.Expand(b.Reshape(x, single), pairs);
  b.CheckShape(b.In(out_arg), out_arg, whole);
  b.Store(b.Reshape(y, whole), out_arg);
}

void Repeat(Builder& b) {
  const Value x = b.In(0);
  const std::vector<int64_t> repeats = b.Ints(1);
  b.Check(static_cast<int64_t>(repeats.size()) >= b.Rank(x) || !b.ok(), 1,
          ToString(repeats), absl::StrCat("at least ", b.Rank(x), " numbers"));
  b.Check(std::all_of(repeats.begin(), repeats.end(),
                      [](int64_t n) { return n >= 0; }),
          1, ToString(repeats), "numbers >= 0");
  RepeatInto(b, x, repeats, /*interleave=*/false, 2);
}

void RepeatInterleaveIntWithDim(Builder& b) {
  const Value x = b.In(0);
  const size_t axis = b.Axis(b.Int(2), b.Rank(x), 2);
  b.Check(b.Int(1) >= 0, 1, absl::StrCat(b.Int(1)), "0 or more");
  std::vector<int64_t> repeats(static_cast<size_t>(b.Rank(x)), 1);
  if (b.ok() && !repeats.empty()) repeats[axis] = b.Int(1);
  RepeatInto(b, x, repeats, /*interleave=*/true, 4);
}

void RepeatInterleaveInt(Builder& b) {
  const Value x = b.In(0);
  b.Check(b.Int(1) >= 0, 1, absl::StrCat(b.Int(1)), "0 or more");
  RepeatInto(b, b.Reshape(x, {b.Count(x)}), {b.Int(1)}, /*interleave=*/true, 3);
}

// Each axis in two pieces that change places.
void Roll(Builder& b) {
  Value x = b.In(0);
  std::vector<int64_t> shifts = b.Ints(1);
  std::vector<int64_t> dims = b.Ints(2);
  const Shape shape = b.ShapeOf(x);
  if (b.ok() && dims.empty() && shifts.size() == 1) {  // as if flat
    x = b.Reshape(x, {b.Count(x)});
    dims = {0};
  }
  b.Check(shifts.size() == dims.size() || !b.ok(), 1, ToString(shifts),
          absl::StrCat(dims.size(), " numbers, one per axis of dims"));
  if (!b.ok()) return;
  Attrs attrs;
  attrs["shifts"] = shifts;
  attrs["dims"] = dims;
  for (int64_t dim : dims) b.Axis(dim, b.Rank(x), 2);
  b.Result(b.Reshape(b.Op("Roll", {x}, std::move(attrs)), shape));
}

void Flip(Builder& b) {
  const Value x = b.In(0);
  const std::vector<int64_t> axes = b.Axes(b.Ints(1), b.Rank(x), 1);
  if (!b.ok()) return;
  const DataType type = b.TypeOf(x);
  const DataType moved = b.Takes("ReverseV2", type) ? type : DataType::kInt32;
  b.Result(
      b.Cast(b.Op("ReverseV2", {b.Cast(x, moved), b.Constant(axes)}), type));
}

void Triangle(Builder& b) {
  b.Result(b.Op(b.kernel(), {b.In(0)}, AxisAttr("diagonal", b.Int(1))));
}

// pad: pairs from the last axis to the first; negative ones cut.
void ConstantPadNd(Builder& b) {
  Value x = b.In(0);
  const std::vector<int64_t> pad = b.Ints(1);
  b.Check((pad.size() % 2 == 0 &&
           static_cast<int64_t>(pad.size()) <= 2 * b.Rank(x)) ||
              !b.ok(),
          1, ToString(pad), "pairs of numbers, at most one per axis");
  if (!b.ok()) return;
  const auto axis_of = [&](size_t pair) {
    return b.Rank(x) - 1 - static_cast<int64_t>(pair);
  };
  Shape shape = b.ShapeOf(x);
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    const int64_t kept = b.Extent(x, axis_of(i)) +
                         std::min<int64_t>(pad[2 * i], 0) +
                         std::min<int64_t>(pad[2 * i + 1], 0);
    b.Check(kept >= 0, 1, ToString(pad),
            "padding that leaves no negative extent");
    shape[static_cast<size_t>(axis_of(i))] += pad[2 * i] + pad[2 * i + 1];
  }
  const Value out = b.In(3);
  b.CheckShape(out, 3, shape);
  const Value value = b.Constant(b.ScalarAt(2), b.TypeOf(out));
  if (!b.ok()) return;
  b.Store(FillOf(b, value, shape), 3);
  Value target = out;
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    const int64_t cut = std::max<int64_t>(-pad[2 * i], 0);
    const int64_t kept =
        b.Extent(x, axis_of(i)) - cut - std::max<int64_t>(-pad[2 * i + 1], 0);
    x = b.Narrow(x, axis_of(i), cut, kept);
    target =
        b.Narrow(target, axis_of(i), std::max<int64_t>(pad[2 * i], 0), kept);
  }
  b.StoreInto(x, target, 3);
}

// Padding with what is there: pairs from the last axis to the first.
void Pad(Builder& b) {
  const Value x = b.In(0);
  const std::vector<int64_t> pad = b.Ints(1);
  const auto axes = static_cast<int64_t>(pad.size()) / 2;
  b.Check((pad.size() % 2 == 0 && axes <= b.Rank(x)) || !b.ok(), 1,
          ToString(pad), "pairs of numbers, at most one per axis");
  if (!b.ok()) return;
  std::vector<int64_t> pairs(2 * static_cast<size_t>(b.Rank(x)), 0);
  for (int64_t i = 0; i < axes; ++i) {
    const auto to = static_cast<size_t>(2 * (b.Rank(x) - 1 - i));
    pairs[to] = pad[static_cast<size_t>(2 * i)];
    pairs[to + 1] = pad[static_cast<size_t>(2 * i + 1)];
  }
  Attrs attrs;
  attrs["mode"] = std::string(b.kernel());
  b.Result(b.Op("PadV3", {x, b.Constant(pairs), Value()}, std::move(attrs)));
}

void Arange(Builder& b) {
  DataType type = b.Like(3).dtype;
  if (IsIntegral(type) && type != DataType::kInt64) type = DataType::kInt32;
  const Value y = b.Op("Range", {b.Constant(b.ScalarAt(0), type),
                                 b.Constant(b.ScalarAt(1), type),
                                 b.Constant(b.ScalarAt(2), type)});
  b.StoreFlat(y, 3);
}

void Eye(Builder& b) {
  const kernels::TensorSpec out = b.Like(2);
  Attrs attrs;
  attrs["num_rows"] = b.Int(0);
  attrs["num_columns"] = b.Int(1);
  attrs["dtype"] = static_cast<int64_t>(out.dtype);
  b.Result(b.Op("Eye", std::span<const Value>(), std::move(attrs), out.dtype));
}

void Linspace(Builder& b) {
  const DataType type = b.Like(3).dtype;
  const int64_t steps[] = {b.Int(2)};
  b.Result(b.Op("LinSpace", {b.Constant(b.ScalarAt(0), type),
                             b.Constant(b.ScalarAt(1), type),
                             b.Reshape(b.Constant(steps), {})}));
}

constexpr NnOp kOps[] = {
    {"Permute", Permute},
    {"Expand", Expand},
    {"Flatten", Flatten},
    {"Cat", Cat},
    {"Stack", Stack},
    {"SplitWithSize", SplitWithSize},
    {"SplitTensor", SplitTensor},
    {"Slice", Slice},
    {"SliceV2", SliceV2},
    {"Repeat", Repeat},
    {"RepeatInterleaveIntWithDim", RepeatInterleaveIntWithDim},
    {"RepeatInterleaveInt", RepeatInterleaveInt},
    {"Roll", Roll},
    {"Flip", Flip},
    {"Tril", Triangle, "Tril"},
    {"InplaceTril", Triangle, "Tril"},
    {"Triu", Triangle, "Triu"},
    {"InplaceTriu", Triangle, "Triu"},
    {"ConstantPadNd", ConstantPadNd},
    {"ReflectionPad1d", Pad, "reflect"},
    {"ReflectionPad2d", Pad, "reflect"},
    {"ReflectionPad3d", Pad, "reflect"},
    {"ReplicationPad1d", Pad, "edge"},
    {"ReplicationPad2d", Pad, "edge"},
    {"ReplicationPad3d", Pad, "edge"},
    {"Arange", Arange},
    {"Range", Arange},
    {"Eye", Eye},
    {"Linspace", Linspace},
};

}  // namespace

std::span<const NnOp> ShapeOps() { return kOps; }

}  // namespace npuemu::shim::nn
