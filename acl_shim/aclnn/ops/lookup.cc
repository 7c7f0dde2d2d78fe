// Operators that look elements up by several indices at once, as numpy does,
// or by their number in a flat tensor.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kI64 = DataType::kInt64;

// The shape that both broadcast to; empty after an error.
Shape Common(Builder& b, const Shape& x, const Shape& y, size_t arg) {
  Shape shape(std::max(x.size(), y.size()), 1);
  for (const Shape* one : {&x, &y}) {
    const size_t skipped = shape.size() - one->size();
    for (size_t i = 0; i < one->size(); ++i) {
      int64_t& extent = shape[skipped + i];
      if (extent == 1) extent = (*one)[i];
      b.Check((*one)[i] == extent || (*one)[i] == 1, arg, ToString(y),
              "a shape that goes with " + ToString(x));
    }
  }
  return shape;
}

// How a list of indices looks at a tensor. An item without elements, or one
// that the list does not reach, takes all of its axis; the others are
// broadcast to each other, and their common axes lie where the first of them
// is if they follow each other, else in front.
class Lookup {
 public:
  Lookup(Builder& b, Value x, size_t arg) : b_(b), rank_(b.Rank(x)) {
    std::vector<Value> indices = b.InList(arg);
    b.Check(static_cast<int64_t>(indices.size()) <= rank_ || !b.ok(), arg,
            absl::StrCat(indices.size(), " indices"),
            absl::StrCat("at most ", rank_, ", one per axis"));
    for (size_t i = 0; i < indices.size() && b.ok(); ++i) {
      if (b.Count(indices[i]) == 0) continue;
      CheckType(indices[i], arg);
      shape_ = Common(b, shape_, b.ShapeOf(indices[i]), arg);
      order_.push_back(static_cast<int64_t>(i));
      Add(FromEnd(b, indices[i], b.Extent(x, static_cast<int64_t>(i))));
    }
    axes_ = order_.size();
    adjacent_ = axes_ == 0 || order_.back() - order_.front() + 1 ==
                                  static_cast<int64_t>(axes_);
    for (int64_t i = 0; i < rank_; ++i) {
      if (std::find(order_.begin(), order_.end(), i) == order_.end()) {
        order_.push_back(i);
      }
    }
  }

  bool none() const { return axes_ == 0; }

  // x with the axes that have an index in front, and back.
  Value Front(Value x) const { return b_.Permute(x, order_); }
  Value Back(Value x) const { return b_.Permute(x, Inverse(order_)); }

  // For each place of the common shape, a place on the axes in front.
  Value Tuples() const {
    if (!b_.ok()) return {};
    Shape column = shape_;
    column.push_back(1);
    std::vector<Value> columns;
    for (Value index : indices_) {
      const Value wide = b_.Expand(b_.Cast(index, kI64), shape_);
      columns.push_back(b_.Reshape(wide, column));
    }
    if (columns.size() == 1) return columns[0];
    Attrs attrs = AxisAttr("concat_dim", static_cast<int64_t>(shape_.size()));
    attrs["N"] = static_cast<int64_t>(columns.size());
    return b_.Op("ConcatD", columns, std::move(attrs));
  }

  // What a kernel makes of tuples, as the result has it, and back.
  Value ToResult(Value y) const { return b_.Permute(y, ResultOrder()); }
  Value FromResult(Value y) const {
    return b_.Permute(y, Inverse(ResultOrder()));
  }

  // The shape of what is looked up.
  Shape ResultShape(Value x) const {
    Shape looked = shape_;
    for (size_t i = axes_; i < order_.size(); ++i) {
      looked.push_back(b_.Extent(x, order_[i]));
    }
    Shape shape;
    for (int64_t axis : ResultOrder()) {
      shape.push_back(looked[static_cast<size_t>(axis)]);
    }
    return shape;
  }

 private:
  static std::vector<int64_t> Inverse(const std::vector<int64_t>& order) {
    std::vector<int64_t> back(order.size());
    for (size_t i = 0; i < order.size(); ++i) {
      back[static_cast<size_t>(order[i])] = static_cast<int64_t>(i);
    }
    return back;
  }

  void CheckType(Value index, size_t arg) const {
    const DataType type = b_.TypeOf(index);
    if (type == DataType::kBool) {
      b_.Refuse(arg, "a mask (bool)", "int32 or int64 indices");
    }
    b_.Check(type == DataType::kInt32 || type == kI64, arg,
             kernels::NameOf(type), "int32 or int64");
  }

  void Add(Value index) { indices_.push_back(index); }

  // The axes before the first index come before those of the indices.
  std::vector<int64_t> ResultOrder() const {
    const auto looked = static_cast<int64_t>(shape_.size());
    const int64_t before = adjacent_ && axes_ > 0 ? order_.front() : 0;
    std::vector<int64_t> order;
    for (int64_t i = 0; i < before; ++i) order.push_back(looked + i);
    for (int64_t i = 0; i < looked; ++i) order.push_back(i);
    const int64_t rest = rank_ - static_cast<int64_t>(axes_);
    for (int64_t i = before; i < rest; ++i) order.push_back(looked + i);
    return order;
  }

  Builder& b_;
  const int64_t rank_;
  std::vector<Value> indices_;
  Shape shape_;
  std::vector<int64_t> order_;
  size_t axes_ = 0;
  bool adjacent_ = true;
};

// (self, indices, out).
void Index(Builder& b) {
  const Value x = b.In(0);
  const Lookup lookup(b, x, 1);
  if (!b.ok() || lookup.none()) return b.Result(x);
  const DataType type = CarrierOf(b, "GatherNd", b.TypeOf(x));
  const Value y =
      b.Op("GatherNd", {lookup.Front(b.Cast(x, type)), lookup.Tuples()});
  if (b.ok()) b.Result(b.Cast(lookup.ToResult(y), b.TypeOf(x)));
}

// One mask that goes with the first axes of x.
Value MaskOver(Builder& b, Value x, Value mask, size_t arg) {
  Shape shape = b.ShapeOf(mask);
  b.Check(shape.size() <= b.ShapeOf(x).size(), arg, ToString(shape),
          "at most the axes of " + ToString(b.ShapeOf(x)));
  for (size_t i = 0; b.ok() && i < b.ShapeOf(x).size(); ++i) {
    if (i >= shape.size())
      shape.push_back(1);
    else
      b.Check(shape[i] == b.ShapeOf(x)[i], arg, ToString(b.ShapeOf(mask)),
              "the first extents of " + ToString(b.ShapeOf(x)));
  }
  return b.ok() ? b.Expand(b.Reshape(mask, shape), b.ShapeOf(x)) : Value();
}

// self where the mask is true: one value, or that much more.
void PutByMask(Builder& b, Value mask) {
  const Value x = b.In(0);
  const Value values = b.In(2);
  if (b.ok() && b.Count(values) != 1) {
    b.Refuse(2, ToString(b.ShapeOf(values)),
             "one element, as indices is a mask");
  }
  mask = MaskOver(b, x, mask, 1);
  if (!b.ok()) return;
  const DataType type = b.TypeOf(x);
  Value y = FillOf(b, b.Reshape(b.Cast(values, type), {}), b.ShapeOf(x));
  if (b.Bool(3)) y = b.Op("Add", {x, y});
  b.Result(b.Op("Select", {mask, y, x}));
}

// (selfRef, indices, values, accumulate, unsafe): places that are named twice
// have the last value, or the sum of all in their order.
void IndexPutImpl(Builder& b) {
  const Value x = b.In(0);
  const std::vector<Value> given = b.InList(1);
  if (given.size() == 1 && b.TypeOf(given[0]) == DataType::kBool) {
    return PutByMask(b, given[0]);
  }
  const Lookup lookup(b, x, 1);
  if (!b.ok()) return;
  const bool sums = b.Bool(3);
  const char* kernel = sums ? "ScatterNdAdd" : "ScatterNdUpdate";
  const DataType type = CarrierOf(b, kernel, b.TypeOf(x));
  const Value values =
      ExpandTo(b, b.Cast(b.In(2), type), lookup.ResultShape(x), 2);
  if (lookup.none()) {
    return b.Result(sums ? b.Op("Add", {b.Cast(x, type), values}) : values);
  }
  const Value y = b.Op(kernel, {lookup.Front(b.Cast(x, type)), lookup.Tuples(),
                                lookup.FromResult(values)});
  if (b.ok()) b.Result(b.Cast(lookup.Back(y), b.TypeOf(x)));
}

// The number of each element in flat x.
Value Places(Builder& b, Value x, size_t arg) {
  const Value index = IndicesAt(b, arg);
  if (!b.ok()) return {};
  return b.Reshape(FromEnd(b, index, b.Count(x)), {b.Count(index)});
}

Value Flat(Builder& b, Value x) { return b.Reshape(x, {b.Count(x)}); }

// (self, index, out).
void Take(Builder& b) {
  const Value x = b.In(0);
  const Value places = Places(b, x, 1);
  if (!b.ok()) return;
  const Value y = b.Op("GatherV2", {Flat(b, x), places, IntegerOf(b, 0)});
  b.Result(b.Reshape(y, b.ShapeOf(b.In(1))));
}

// (selfRef, index, source, accumulate).
void Put(Builder& b) {
  const Value x = b.In(0);
  const Value places = Places(b, x, 1);
  const char* kernel = b.Bool(3) ? "ScatterNdAdd" : "ScatterNdUpdate";
  const DataType type = CarrierOf(b, kernel, b.TypeOf(x));
  const Value source = b.Cast(b.In(2), type);
  b.Check(b.Count(source) == b.Count(places) || !b.ok(), 2,
          ToString(b.ShapeOf(source)),
          absl::StrCat(b.Count(places), " elements, as index"));
  if (!b.ok()) return;
  const Value y =
      b.Op(kernel, {Flat(b, b.Cast(x, type)),
                    b.Reshape(places, {b.Count(places), 1}), Flat(b, source)});
  b.Result(b.Cast(b.Reshape(y, b.ShapeOf(x)), b.TypeOf(x)));
}

// (selfRef, mask, source): elements of source in their order where the mask is
// true.
void MaskedScatter(Builder& b) {
  const Value x = b.In(0);
  const Value source = b.Cast(b.In(2), b.TypeOf(x));
  const Value mask =
      Flat(b, ExpandTo(b, b.Cast(b.In(1), DataType::kBool), b.ShapeOf(x), 1));
  b.Check(b.Count(source) > 0 || b.Count(x) == 0 || !b.ok(), 2,
          ToString(b.ShapeOf(source)), "elements for where the mask is true");
  if (!b.ok() || b.Count(x) == 0) return b.Result(x);
  const DataType i32 = DataType::kInt32;
  const Value zero = IntegerOf(b, 0);
  Attrs attrs;
  attrs["exclusive"] = true;
  const Value place =
      b.Op("Cumsum", {b.Cast(mask, i32), zero}, std::move(attrs));
  // Those beyond source are an error only where the mask is true.
  const Value safe = b.Op("Select", {mask, place, b.Op("Sub", {place, place})});
  const Value taken = b.Op("GatherV2", {Flat(b, source), safe, zero});
  b.Result(b.Reshape(b.Op("Select", {mask, taken, Flat(b, x)}), b.ShapeOf(x)));
}

// (data, indices, updates, out) and (varRef, indices, updates).
void ScatterNd(Builder& b) {
  const Value x = b.In(0);
  const DataType type = CarrierOf(b, "ScatterNdUpdate", b.TypeOf(x));
  b.Result(b.Op("ScatterNdUpdate",
                {b.Cast(x, type), IndicesAt(b, 1), b.Cast(b.In(2), type)}));
}

// (varRef, indices, updates[, useLocking]): rows along the first axis.
void ScatterRows(Builder& b) {
  const Value x = b.In(0);
  const DataType type = CarrierOf(b, b.kernel(), b.TypeOf(x));
  b.Result(b.Op(b.kernel(),
                {b.Cast(x, type), IndicesAt(b, 1), b.Cast(b.In(2), type)}));
}

// (self, numClasses, onValue, offValue, axis, out).
void OneHot(Builder& b) {
  const Value x = IndicesAt(b, 0);
  const DataType out = b.Like(5).dtype;
  const DataType type =
      b.Takes("OneHot", {b.TypeOf(x), kI64, out}, out) ? out : DataType::kInt32;
  const int64_t depth[] = {b.Int(1)};
  b.Check(depth[0] >= 0, 1, absl::StrCat(depth[0]), "0 or more");
  const auto one = [&](size_t arg) {
    const Value value = b.Cast(b.In(arg), type);
    b.Check(b.Count(value) == 1 || !b.ok(), arg, ToString(b.ShapeOf(value)),
            "one element");
    return b.Reshape(value, {});
  };
  const Value on = one(2);
  const Value off = one(3);
  b.Result(b.Op("OneHot",
                {x, b.Reshape(b.Constant(depth, b.TypeOf(x)), {}), on, off},
                AxisAttr("axis", b.Int(4)), type));
}

// (grad, indices, numWeights, paddingIdx, scaleGradByFreq, out): sums of the
// rows that have an index, in their order; none of paddingIdx.
void EmbeddingDenseBackward(Builder& b) {
  const Value grad = b.Cast(b.In(0), DataType::kFloat);
  const Value index = IndicesAt(b, 1);
  const int64_t weights = b.Int(2);
  b.Check(weights > 0, 2, absl::StrCat(weights), "more than 0");
  if (b.Bool(4)) b.Refuse(4, "true", "false");
  b.Check(b.Rank(grad) > 0 || !b.ok(), 0, "rank 0", "rows");
  if (!b.ok()) return;
  const int64_t width = b.Extent(grad, -1);
  const int64_t rows = b.Count(index);
  b.Check(b.Count(grad) == rows * width, 0, ToString(b.ShapeOf(grad)),
          absl::StrCat("a row for each of ", rows, " indices"));
  const int64_t padding = b.Int(3);
  const Value zeros =
      FillOf(b, b.Constant(0, DataType::kFloat), {weights, width});
  Value sum = b.Op("ScatterAdd",
                   {zeros, Flat(b, index), b.Reshape(grad, {rows, width})});
  if (padding >= 0 && padding < weights) {
    const int64_t none[] = {padding};
    const Value row = FillOf(b, b.Constant(0, DataType::kFloat), {1, width});
    sum = b.Op("ScatterUpdate", {sum, b.Constant(none), row});
  }
  b.Result(sum);
}

constexpr const char* kNoMasks = "masks (bool) only with one value";

constexpr NnOp kOps[] = {
    {"Index", Index, nullptr, "indices are not masks (bool)"},
    {"IndexPutImpl", IndexPutImpl, nullptr, kNoMasks},
    {"Take", Take},
    {"InplacePut", Put},
    {"InplaceMaskedScatter", MaskedScatter},
    {"ScatterNd", ScatterNd},
    {"ScatterNdUpdate", ScatterNd},
    {"TfScatterAdd", ScatterRows, "ScatterAdd"},
    {"ScatterDiv", ScatterRows, "ScatterDiv"},
    {"ScatterMax", ScatterRows, "ScatterMax"},
    {"ScatterMin", ScatterRows, "ScatterMin"},
    {"ScatterMul", ScatterRows, "ScatterMul"},
    {"OneHot", OneHot},
    {"EmbeddingDenseBackward", EmbeddingDenseBackward, nullptr,
     "scaleGradByFreq is false"},
};

}  // namespace

std::span<const NnOp> LookupOps() { return kOps; }

}  // namespace npuemu::shim::nn
