// Operators that count elements, look for them in an order, or take one by its
// rank.

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;
constexpr DataType kI32 = DataType::kInt32;
constexpr DataType kI64 = DataType::kInt64;

Value Flat(Builder& b, Value x) { return b.Reshape(x, {b.Count(x)}); }

// Where values belong in a sequence that is sorted, or that a sorter sorts.
void Search(Builder& b, size_t sequence, size_t values, Value sorter,
            bool narrow, bool right, size_t out) {
  const DataType type = b.Promoted({sequence, values});
  const DataType place = narrow ? kI32 : kI64;
  Attrs attrs;
  attrs["dtype"] = place;
  attrs["right"] = right;
  const DataType carrier = CarrierOf(b, "SearchSorted", type);
  b.StoreFlat(b.Op("SearchSorted",
                   {b.Cast(b.In(sequence), carrier), b.Operand(values, carrier),
                    sorter},
                   std::move(attrs), place),
              out);
}

// (sortedSequence, self, outInt32, right, sorter?, out).
void SearchSorted(Builder& b) {
  Search(b, 0, 1, b.OptionalIn(4), b.Bool(2), b.Bool(3), 5);
}

// (self, boundaries, outInt32, right, out).
void Bucketize(Builder& b) {
  Search(b, 1, 0, Value(), b.Bool(2), b.Bool(3), 4);
}

// (self, weights?, minlength, out): how often each number occurs, or the sum
// of its weights. The caller knows the largest number, and so the extent.
void Bincount(Builder& b) {
  const Value x = b.Cast(b.In(0), kI64);
  const Value out = b.In(3);
  b.CheckRank(x, 0, 1, 1);
  b.CheckRank(out, 3, 1, 1);
  b.Check(b.Int(2) >= 0, 2, absl::StrCat(b.Int(2)), "0 or more");
  b.Check(b.Extent(out, 0) >= b.Int(2) || !b.ok(), 3, ToString(b.ShapeOf(out)),
          absl::StrCat("at least minlength, ", b.Int(2), ", elements"));
  if (!b.ok()) return;
  Value weights = FillOf(b, b.Constant(1, kI32), b.ShapeOf(x));
  if (b.Given(1)) {
    weights = b.Cast(b.In(1), CarrierOf(b, "ScatterAdd", b.TypeOf(b.In(1))));
    b.CheckShape(weights, 1, b.ShapeOf(x));
  }
  if (!b.ok()) return;
  const Value zeros =
      FillOf(b, b.Constant(0, b.TypeOf(weights)), b.ShapeOf(out));
  b.Store(b.Op("ScatterAdd", {zeros, x, weights}), 3);
}

// The least or greatest of all elements, rank 0.
Value Extreme(Builder& b, const char* kernel, Value x) {
  if (!b.ok()) return {};
  const int64_t axes[] = {0};
  return b.Op(kernel, {Flat(b, x), b.Constant(axes)});
}

struct Bounds {
  Value low;
  Value high;
};

// Those given, or the data's where they are equal; one more on both sides where
// these are, too.
Bounds BoundsOf(Builder& b, Value x, const Number& low, const Number& high) {
  if (low.real != high.real) {
    return {b.Constant(low.real, kF32), b.Constant(high.real, kF32)};
  }
  const Value least = Extreme(b, "ReduceMin", x);
  const Value most = Extreme(b, "ReduceMax", x);
  const Value same = b.Op("Equal", {least, most});
  const Value one = b.Constant(1, kF32);
  return {b.Op("Select", {same, b.Op("Sub", {least, one}), least}),
          b.Op("Select", {same, b.Op("Add", {most, one}), most})};
}

// (self, bins, min, max, out): elements in each of equal intervals, of which
// the last has both its ends; NaN and those outside are in none.
void Histc(Builder& b) {
  const Value x = Flat(b, b.Cast(b.In(0), kF32));
  const int64_t bins = b.Int(1);
  const Number low = b.ScalarAt(2);
  const Number high = b.ScalarAt(3);
  b.Check(bins > 0, 1, absl::StrCat(bins), "more than 0");
  b.Check(low.real <= high.real || !b.ok(), 3, absl::StrCat(high.real),
          absl::StrCat("at least min, ", low.real));
  if (!b.ok()) return;
  if (b.Count(x) == 0) {
    return b.Result(FillOf(b, b.Constant(0, kI32), {bins}));
  }
  const Bounds bounds = BoundsOf(b, x, low, high);
  const Value width = b.Op("Sub", {bounds.high, bounds.low});
  const Value behind = b.Op("Sub", {x, bounds.low});
  const Value scaled =
      b.Op("RealDiv",
           {b.Op("Mul", {behind, b.Constant(static_cast<double>(bins), kF32)}),
            width});
  const Value inside =
      b.Op("LogicalAnd", {b.Op("GreaterEqual", {x, bounds.low}),
                          b.Op("LessEqual", {x, bounds.high})});
  const Value last = b.Constant(static_cast<double>(bins - 1), kI32);
  const auto all = [&](Value one) { return FillOf(b, one, b.ShapeOf(x)); };
  // Beyond the last bin is one for what is in none.
  const Value none = b.Constant(static_cast<double>(bins), kI32);
  const Value safe = b.Op("Select", {inside, scaled, all(b.Constant(0, kF32))});
  const Value bin =
      b.Op("Minimum", {b.Cast(b.Op("Floor", {safe}), kI32), all(last)});
  const Value place = b.Op("Select", {inside, bin, all(none)});
  const Value zeros = FillOf(b, b.Constant(0, kI32), {bins + 1});
  const Value ones = FillOf(b, b.Constant(1, kI32), b.ShapeOf(x));
  const Value counts = b.Op("ScatterAdd", {zeros, place, ones});
  b.Result(b.Narrow(counts, 0, 0, bins));
}

// Whether elements of x are y; not, if inverted.
Value IsIn(Builder& b, size_t x, size_t y, bool invert) {
  const char* kernel = invert ? "NotEqual" : "Equal";
  const DataType type = CarrierOf(b, kernel, b.Promoted({x, y}));
  return b.Op(kernel, {b.Operand(x, type), b.Operand(y, type)});
}

// (element, testElement, assumeUnique, invert, out).
void IsInTensorScalar(Builder& b) { b.Result(IsIn(b, 0, 1, b.Bool(3))); }

// (element, testElements, assumeUnique, invert, out): of one number.
void IsInScalarTensor(Builder& b) {
  const Value same = IsIn(b, 1, 0, b.Bool(3));
  if (!b.ok()) return;
  const int64_t axes[] = {0};
  const char* kernel = b.Bool(3) ? "ReduceAll" : "ReduceAny";
  b.StoreFlat(b.Op(kernel, {Flat(b, same), b.Constant(axes)}), 4);
}

// Rows along the last axis in ascending order, NaN last, and their places.
struct Ascending {
  Value values;
  Value places;  // int32
};

Ascending Sorted(Builder& b, Value x) {
  Attrs attrs;
  attrs["axis"] = int64_t{-1};
  attrs["stable"] = true;
  const std::vector<Value> y = b.Ops("Sort", {x}, std::move(attrs));
  return b.ok() ? Ascending{y[0], y[1]} : Ascending{};
}

// x with the axis last, which stays.
Value AxisLast(Builder& b, Value x, int64_t axis) {
  if (!b.ok() || b.Rank(x) == 0) return b.Reshape(x, {1});
  std::vector<int64_t> order;
  for (int64_t i = 0; i < b.Rank(x); ++i) {
    if (i != axis) order.push_back(i);
  }
  order.push_back(axis);
  return b.Permute(x, order);
}

// Stores one value for each row, and where it is.
void StoreRanked(Builder& b, Value value, Value place, size_t out) {
  b.StoreFlat(value, out);
  b.StoreFlat(place, out + 1);
}

// (self, k, dim, keepdim, valuesOut, indicesOut): the k-th smallest.
void Kthvalue(Builder& b) {
  const Value x = b.In(0);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(2), b.Rank(x), 2));
  const Value rows = AxisLast(b, x, axis);
  const int64_t k = b.Int(1);
  b.Check((k >= 1 && k <= b.Extent(rows, -1)) || !b.ok(), 1, absl::StrCat(k),
          absl::StrCat("1 to ", b.Extent(rows, -1)));
  const Ascending sorted = Sorted(b, rows);
  if (!b.ok()) return;
  const int64_t last = b.Rank(rows) - 1;
  StoreRanked(b, b.Narrow(sorted.values, last, k - 1, 1),
              b.Narrow(sorted.places, last, k - 1, 1), 4);
}

// The middle of each row, the lower one of two.
struct Middle {
  Value value;
  Value place;
};

// NaN if the row has one, the first of them.
Middle MedianOf(Builder& b, Value rows) {
  const Ascending sorted = Sorted(b, rows);
  if (!b.ok()) return {};
  const int64_t last = b.Rank(rows) - 1;
  const int64_t extent = b.Extent(rows, last);
  Middle middle{b.Narrow(sorted.values, last, (extent - 1) / 2, 1),
                b.Narrow(sorted.places, last, (extent - 1) / 2, 1)};
  if (!IsFloating(b.TypeOf(rows))) return middle;
  const Value largest = b.Narrow(sorted.values, last, extent - 1, 1);
  const Value is_nan = b.Op("NotEqual", {largest, largest});
  Attrs attrs = AxisAttr("dimension", last);
  attrs["keep_dims"] = true;
  const std::vector<Value> first =
      b.Ops("ArgMaxWithValue", {rows}, std::move(attrs), {kI32});
  return {b.Op("Select", {is_nan, largest, middle.value}),
          b.Op("Select", {is_nan, first[0], middle.place})};
}

// The middle of those that are not NaN; NaN if all are.
Middle NanMedianOf(Builder& b, Value rows) {
  const Ascending sorted = Sorted(b, rows);
  if (!b.ok() || !IsFloating(b.TypeOf(rows))) return MedianOf(b, rows);
  const int64_t last = b.Rank(rows) - 1;
  const int64_t axes[] = {last};
  Attrs keep;
  keep["keep_dims"] = true;
  const Value number = b.Cast(b.Op("Equal", {rows, rows}), kI32);
  const Value count =
      b.Op("ReduceSum", {number, b.Constant(axes)}, std::move(keep));
  const Value half =
      b.Op("FloorDiv",
           {b.Op("Sub", {count, b.Constant(1, kI32)}), b.Constant(2, kI32)});
  const Value place = b.Op("Maximum", {half, b.Constant(0, kI32)});
  return {
      b.Op("GatherElements", {sorted.values, place}, AxisAttr("dim", last)),
      b.Op("GatherElements", {sorted.places, place}, AxisAttr("dim", last))};
}

void CheckNotEmpty(Builder& b, Value rows) {
  b.Check(b.Extent(rows, -1) > 0 || !b.ok(), 0, ToString(b.ShapeOf(rows)),
          "elements to choose from");
}

// (self, valuesOut): of all.
template <Middle (*kOf)(Builder&, Value)>
void MedianAll(Builder& b) {
  const Value row = Flat(b, b.In(0));
  CheckNotEmpty(b, row);
  b.StoreFlat(kOf(b, row).value, 1);
}

// (self, dim, keepDim, valuesOut, indicesOut).
template <Middle (*kOf)(Builder&, Value)>
void MedianDim(Builder& b) {
  const Value x = b.In(0);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  const Value rows = b.Contiguous(AxisLast(b, x, axis));
  CheckNotEmpty(b, rows);
  const Middle middle = kOf(b, rows);
  StoreRanked(b, middle.value, middle.place, 3);
}

constexpr NnOp kOps[] = {
    {"SearchSorted", SearchSorted},
    {"SearchSorteds", SearchSorted},
    {"Bucketize", Bucketize},
    {"Bincount", Bincount},
    {"Histc", Histc},
    {"IsInTensorScalar", IsInTensorScalar},
    {"IsInScalarTensor", IsInScalarTensor},
    {"Kthvalue", Kthvalue},
    {"Median", MedianAll<MedianOf>},
    {"MedianDim", MedianDim<MedianOf>},
    {"NanMedian", MedianAll<NanMedianOf>},
    {"NanMedianDim", MedianDim<NanMedianOf>},
};

}  // namespace

std::span<const NnOp> CountOps() { return kOps; }

}  // namespace npuemu::shim::nn
