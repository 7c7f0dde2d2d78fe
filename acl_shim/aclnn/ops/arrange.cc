// Elements in other arrangements: diagonals, rings, slices, repeats, grids.

#include <numeric>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kI32 = DataType::kInt32;
constexpr DataType kI64 = DataType::kInt64;

// (self, diagonal, out): of a row the matrix that has it, of a matrix the row.
void Diag(Builder& b) {
  const Value x = b.In(0);
  b.CheckRank(x, 0, 1, 2);
  b.Result(b.Op("DiagV2", {x}, AxisAttr("diagonal", b.Int(1))));
}

void DiagFlat(Builder& b) {
  const Value x = b.In(0);
  const Value row = b.Reshape(x, {b.Count(x)});
  b.Result(b.Op("DiagV2", {row}, AxisAttr("diagonal", b.Int(1))));
}

// (self, groups, out): channels of the groups in turn.
void ChannelShuffle(Builder& b) {
  const Value x = b.In(0);
  const int64_t groups = b.Int(1);
  b.CheckRank(x, 0, 3, 7);
  b.Check((groups > 0 && b.Extent(x, 1) % groups == 0) || !b.ok(), 1,
          absl::StrCat(groups), absl::StrCat("a divisor of ", b.Extent(x, 1)));
  if (!b.ok() || b.Count(x) == 0) return b.Result(x);
  const int64_t each = b.Extent(x, 1) / groups;
  const int64_t n = b.Extent(x, 0);
  const int64_t order[] = {0, 2, 1, 3};
  const Value y = b.Permute(
      b.Reshape(x, {n, groups, each, b.Count(x) / (n * groups * each)}), order);
  b.Result(b.Reshape(y, b.ShapeOf(x)));
}

// (x, perm, shape, transpose_first, out).
void ConfusionTranspose(Builder& b) {
  Value x = b.In(0);
  const std::vector<int64_t> perm = b.Ints(1);
  const Shape shape = b.Ints(2);
  const bool first = b.Bool(3);
  const auto axes = static_cast<int64_t>(first ? b.Rank(x) : std::ssize(shape));
  const std::vector<int64_t> each = b.Axes(perm, axes, 1);
  b.Check(std::ssize(each) == axes || !b.ok(), 1, ToString(perm),
          absl::StrCat("each of ", axes, " axes"));
  b.Check(kernels::ElementCount(shape) == b.Count(x) || !b.ok(), 2,
          ToString(shape), absl::StrCat(b.Count(x), " elements"));
  if (!b.ok()) return;
  if (first) x = b.Permute(x, perm);
  x = b.Reshape(x, shape);
  b.Result(first ? x : b.Permute(x, perm));
}

// (self, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask,
//  shrinkAxisMask, out), as TensorFlow's.
void StridedSlice(Builder& b) {
  Attrs attrs;
  constexpr const char* kMasks[] = {"begin_mask", "end_mask", "ellipsis_mask",
                                    "new_axis_mask", "shrink_axis_mask"};
  for (size_t i = 0; i < std::size(kMasks); ++i) {
    attrs[kMasks[i]] = b.Int(4 + i);
  }
  b.Result(b.Op("StridedSlice",
                {b.In(0), b.Constant(b.Ints(1)), b.Constant(b.Ints(2)),
                 b.Constant(b.Ints(3))},
                std::move(attrs)));
}

// Where places of the padded ring come from along each axis; pairs of padding
// begin with the last axis.
struct Ring {
  int64_t axis;
  std::vector<int64_t> places;
};

std::vector<Ring> RingsOf(Builder& b, Value x, size_t arg, size_t axes) {
  const std::vector<int64_t> pad = b.Ints(arg);
  b.Check(pad.size() == 2 * axes || !b.ok(), arg, ToString(pad),
          absl::StrCat(2 * axes, " numbers"));
  std::vector<Ring> rings;
  for (size_t i = 0; i < axes && b.ok(); ++i) {
    const int64_t axis = b.Rank(x) - 1 - static_cast<int64_t>(i);
    const int64_t extent = b.Extent(x, axis);
    const int64_t before = pad[2 * i];
    const int64_t after = pad[2 * i + 1];
    const auto fits = [&](int64_t n) { return n >= -extent && n <= extent; };
    b.Check(extent > 0 && fits(before) && fits(after) &&
                extent + before + after > 0,
            arg, ToString(pad),
            absl::StrCat("at most ", extent, " on axis ", axis,
                         ", and some place left"));
    if (!CanList(b, {extent + before + after}, arg)) break;
    Ring ring{axis, {}};
    for (int64_t o = -before; o < extent + after && b.ok(); ++o) {
      ring.places.push_back((o + extent) % extent);
    }
    rings.push_back(std::move(ring));
  }
  return rings;
}

// (self, padding, out).
template <size_t kAxes>
void CircularPad(Builder& b) {
  Value x = b.In(0);
  b.CheckRank(x, 0, kAxes + 1, kAxes + 2);
  for (const Ring& ring : RingsOf(b, x, 1, kAxes)) {
    x = b.Op("GatherV2", {x, b.Constant(ring.places), IntegerOf(b, ring.axis)});
  }
  b.Result(x);
}

// (gradOutput, self, padding, gradInput).
template <size_t kAxes>
void CircularPadBackward(Builder& b) {
  Value dy = b.Cast(b.In(0), DataType::kFloat);
  const Value x = b.In(1);
  b.CheckRank(x, 1, kAxes + 1, kAxes + 2);
  for (const Ring& ring : RingsOf(b, x, 2, kAxes)) {
    Shape shape = b.ShapeOf(dy);
    b.Check(shape[static_cast<size_t>(ring.axis)] == std::ssize(ring.places), 0,
            ToString(shape),
            absl::StrCat(ring.places.size(), " places on axis ", ring.axis));
    if (!b.ok()) return;
    shape[static_cast<size_t>(ring.axis)] = b.Extent(x, ring.axis);
    const Value zeros = FillOf(b, b.Constant(0, DataType::kFloat), shape);
    dy = b.Op("IndexAdd", {zeros, b.Constant(ring.places, kI32), dy},
              AxisAttr("axis", ring.axis));
  }
  b.Result(dy);
}

// For each of `count` places, which of the repeats it belongs to.
Value Repeated(Builder& b, Value repeats, int64_t count) {
  if (!b.ok()) return {};
  const Value ends = b.Op("Cumsum", {b.Cast(repeats, kI32), IntegerOf(b, 0)});
  Attrs attrs;
  attrs["right"] = true;
  attrs["dtype"] = kI64;
  return b.Op("SearchSorted", {ends, Upto(b, count, kI32), Value()},
              std::move(attrs), kI64);
}

// x along the axis, each element as often as repeats says.
void RepeatAlong(Builder& b, Value x, int64_t axis, size_t repeats_arg,
                 int64_t count, size_t out) {
  Value repeats = b.In(repeats_arg);
  const int64_t extent = b.Extent(x, axis);
  b.Check(b.Count(repeats) == 1 || b.Count(repeats) == extent || !b.ok(),
          repeats_arg, ToString(b.ShapeOf(repeats)),
          absl::StrCat("1 or ", extent, " elements"));
  b.Check(count >= 0, repeats_arg + 1, absl::StrCat(count), "0 or more");
  if (!b.ok()) return;
  repeats = b.Expand(b.Reshape(repeats, {b.Count(repeats)}), {extent});
  b.Store(
      b.Op("GatherV2", {x, Repeated(b, repeats, count), IntegerOf(b, axis)}),
      out);
}

// (self, repeats, outputSize, out): of flat self.
void RepeatInterleave(Builder& b) {
  const Value x = b.In(0);
  RepeatAlong(b, b.Reshape(x, {b.Count(x)}), 0, 1, b.Int(2), 3);
}

// (self, repeats, dim, outputSize, out).
void RepeatInterleaveWithDim(Builder& b) {
  const Value x = b.In(0);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(2), b.Rank(x), 2));
  RepeatAlong(b, x, axis, 1, b.Int(3), 4);
}

// (repeats, outputSize, out): the places themselves.
void RepeatInterleaveTensor(Builder& b) {
  const Value repeats = b.In(0);
  b.CheckRank(repeats, 0, 1, 1);
  b.Check(b.Int(1) >= 0, 1, absl::StrCat(b.Int(1)), "0 or more");
  b.Result(Repeated(b, repeats, b.Int(1)));
}

// (start, end, steps, base, result): base to evenly spaced powers.
void LogSpace(Builder& b) {
  const DataType f32 = DataType::kFloat;
  const int64_t steps[] = {b.Int(2)};
  b.Check(steps[0] >= 0, 2, absl::StrCat(steps[0]), "0 or more");
  const Value powers = b.Op("LinSpace", {b.Constant(b.ScalarAt(0), f32),
                                         b.Constant(b.ScalarAt(1), f32),
                                         b.Reshape(b.Constant(steps), {})});
  b.Result(b.Op("Pow", {b.Constant(b.Double(3), f32), powers}));
}

// (selfRef, fillValue, wrap).
void FillDiagonal(Builder& b) {
  Attrs attrs;
  attrs["fill_value"] = static_cast<float>(b.ScalarAt(1).real);
  attrs["wrap"] = b.Bool(2);
  b.Result(b.Op("FillDiagonal", {b.In(0)}, std::move(attrs)));
}

// (theta, size, alignCorners, out).
void AffineGrid(Builder& b) {
  const Value theta = b.In(0);
  const Shape size = b.Ints(1);
  Attrs attrs;
  attrs["align_corners"] = b.Bool(2);
  const Value y =
      b.Op("AffineGrid", {theta, b.Constant(size, kI32)}, std::move(attrs));
  b.StoreFlat(y, 3);
}

constexpr NnOp kOps[] = {
    {"Diag", Diag},
    {"DiagFlat", DiagFlat},
    {"ChannelShuffle", ChannelShuffle},
    {"ConfusionTranspose", ConfusionTranspose},
    {"StridedSlice", StridedSlice},
    {"CircularPad2d", CircularPad<2>},
    {"CircularPad3d", CircularPad<3>},
    {"CircularPad2dBackward", CircularPadBackward<2>},
    {"CircularPad3dBackward", CircularPadBackward<3>},
    {"RepeatInterleave", RepeatInterleave},
    {"RepeatInterleaveWithDim", RepeatInterleaveWithDim},
    {"RepeatInterleaveTensor", RepeatInterleaveTensor},
    {"LogSpace", LogSpace},
    {"InplaceFillDiagonal", FillDiagonal},
    {"AffineGrid", AffineGrid},
};

}  // namespace

std::span<const NnOp> ArrangeOps() { return kOps; }

}  // namespace npuemu::shim::nn
