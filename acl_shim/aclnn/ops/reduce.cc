// Reductions over axes, running values along one, places of extremes, sorting.

#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// Axes of an argument that is an int array; none named means all.
std::vector<int64_t> AxesAt(Builder& b, size_t arg, int64_t rank) {
  std::vector<int64_t> axes = b.Axes(b.OptionalInts(arg), rank, arg);
  if (axes.empty()) {
    axes.resize(static_cast<size_t>(rank));
    std::iota(axes.begin(), axes.end(), 0);
  }
  return axes;
}

Attrs KeepDims(bool keep) {
  Attrs attrs;
  attrs["keep_dims"] = keep;
  return attrs;
}

// By a kernel with an input of axes. A scalar stays as it is.
Value Reduce(Builder& b, const char* kernel, Value x,
             const std::vector<int64_t>& axes, bool keep) {
  if (!b.ok() || axes.empty()) return x;
  return b.Op(kernel, {x, b.Constant(axes)}, KeepDims(keep));
}

// What is left of all axes is a scalar; programs describe it as [1], too.
void StoreReduced(Builder& b, Value y) {
  if (!b.ok()) return;
  const Shape shape = b.Like(b.OutputArg()).shape;
  const bool one = b.Rank(y) == 0 && shape == Shape{1};
  b.Result(one ? b.Reshape(y, shape) : y);
}

// The kernel's dtype for x: f32 for narrow floats it lacks, a wide integer for
// narrow ones.
Value ForKernel(Builder& b, const char* kernel, Value x) {
  return b.Cast(x, b.ComputeType(kernel, b.TypeOf(x)));
}

// (self, dims, keepDims, dtype, out): summed in dtype.
void ReduceSum(Builder& b) {
  const DataType type = b.Type(3);
  Value x = b.In(0);
  if (type != DataType::kUndefined) x = b.Cast(x, type);
  if (b.TypeOf(x) == DataType::kBool) x = b.Cast(x, DataType::kInt64);
  x = ForKernel(b, "ReduceSum", x);
  StoreReduced(b, Reduce(b, b.kernel(), x, AxesAt(b, 1, b.Rank(x)), b.Bool(2)));
}

void Mean(Builder& b) {
  const DataType type = b.Type(3);
  Value x = b.In(0);
  if (type != DataType::kUndefined) x = b.Cast(x, type);
  b.Check(IsFloating(b.TypeOf(x)) || !b.ok(), 3, kernels::NameOf(b.TypeOf(x)),
          "a floating-point dtype");
  StoreReduced(b,
               Reduce(b, "ReduceMean", x, AxesAt(b, 1, b.Rank(x)), b.Bool(2)));
}

void MeanV2(Builder& b) {
  const Value x = AsReal(b, b.In(0));
  StoreReduced(b,
               Reduce(b, "ReduceMean", x, AxesAt(b, 1, b.Rank(x)), b.Bool(2)));
}

// (self, dim, keepDim, out).
void Extreme(Builder& b) {
  const Value x = ForKernel(b, b.kernel(), b.In(0));
  StoreReduced(b, Reduce(b, b.kernel(), x, AxesAt(b, 1, b.Rank(x)), b.Bool(2)));
}

// (self, out): over all.
void ExtremeOfAll(Builder& b) {
  const Value x = ForKernel(b, b.kernel(), b.In(0));
  std::vector<int64_t> axes(static_cast<size_t>(b.Rank(x)));
  std::iota(axes.begin(), axes.end(), 0);
  StoreReduced(b, Reduce(b, b.kernel(), x, axes, false));
}

// (self, dim, keepdim, out): is all, or any, not 0.
void Truths(Builder& b) {
  Value x = b.In(0);
  if (b.TypeOf(x) != DataType::kBool) {
    x = b.Op("NotEqual", {x, b.Constant(0, b.TypeOf(x))});
  }
  StoreReduced(b, Reduce(b, b.kernel(), x, AxesAt(b, 1, b.Rank(x)), b.Bool(2)));
}

void Aminmax(Builder& b) {
  const Value x = ForKernel(b, "ReduceMin", b.In(0));
  const std::vector<int64_t> axes = AxesAt(b, 1, b.Rank(x));
  b.Store(Reduce(b, "ReduceMin", x, axes, b.Bool(2)), 3);
  b.Store(Reduce(b, "ReduceMax", x, axes, b.Bool(2)), 4);
}

void AminmaxDim(Builder& b) {
  const Value x = ForKernel(b, "ReduceMin", b.In(0));
  const std::vector<int64_t> axes = {
      static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1))};
  b.Store(Reduce(b, "ReduceMin", x, axes, b.Bool(2)), 3);
  b.Store(Reduce(b, "ReduceMax", x, axes, b.Bool(2)), 4);
}

void AminmaxAll(Builder& b) {
  const Value x = ForKernel(b, "ReduceMin", b.In(0));
  std::vector<int64_t> axes(static_cast<size_t>(b.Rank(x)));
  std::iota(axes.begin(), axes.end(), 0);
  b.Store(Reduce(b, "ReduceMin", x, axes, false), 1);
  b.Store(Reduce(b, "ReduceMax", x, axes, false), 2);
}

void Prod(Builder& b) {
  Value x = b.Cast(b.In(0), b.Type(1));
  std::vector<int64_t> axes(static_cast<size_t>(b.Rank(x)));
  std::iota(axes.begin(), axes.end(), 0);
  StoreReduced(
      b, Reduce(b, "ReduceProd", ForKernel(b, "ReduceProd", x), axes, false));
}

void ProdDim(Builder& b) {
  Value x = b.Cast(b.In(0), b.Type(3));
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  StoreReduced(b, Reduce(b, "ReduceProd", ForKernel(b, "ReduceProd", x), {axis},
                         b.Bool(2)));
}

// p-norm (self, pScalar, dim, keepdim, out).
void Norm(Builder& b) {
  const Value x = b.In(0);
  const DataType out = b.Like(4).dtype;
  Attrs attrs;
  attrs["p"] = static_cast<float>(b.ScalarAt(1).real);
  attrs["axes"] = AxesAt(b, 2, b.Rank(x));
  attrs["keepdim"] = b.Bool(3);
  attrs["epsilon"] = 0.0f;
  StoreReduced(b,
               b.Op("LpNormV2", {b.Cast(AsReal(b, x), out)}, std::move(attrs)));
}

void LogSumExp(Builder& b) {
  const Value x = ForKernel(b, "ReduceLogSumExp", AsReal(b, b.In(0)));
  StoreReduced(
      b, Reduce(b, "ReduceLogSumExp", x, AxesAt(b, 1, b.Rank(x)), b.Bool(2)));
}

// Variance or standard deviation with a correction of the divisor.
Value Deviation(Builder& b, Value x, Value mean,
                const std::vector<int64_t>& axes, int64_t correction,
                bool keep) {
  Attrs attrs;
  attrs["dim"] = axes;
  attrs["unbiased"] = correction != 0;
  attrs["keepdim"] = keep;
  attrs["correction"] = correction;
  return b.Op("ReduceStdWithMean", {x, b.Expand(mean, b.ShapeOf(x))},
              std::move(attrs));
}

struct Spread {
  Value deviation;
  Value mean;
};

Spread SpreadOf(Builder& b, size_t dim_arg, int64_t correction, bool keep) {
  const Value x = b.In(0);
  const std::vector<int64_t> axes = AxesAt(b, dim_arg, b.Rank(x));
  const Value mean = Reduce(b, "ReduceMean", x, axes, true);
  if (!b.ok()) return {};
  const Value deviation = Deviation(b, x, mean, axes, correction, keep);
  return {deviation, keep ? mean : b.Reshape(mean, b.ShapeOf(deviation))};
}

void Std(Builder& b) {
  b.Result(SpreadOf(b, 1, b.Int(2), b.Bool(3)).deviation);
}

void StdMean(Builder& b) {
  const Spread spread = SpreadOf(b, 1, b.Int(2), b.Bool(3));
  b.Store(spread.deviation, 4);
  b.Store(spread.mean, 5);
}

void Var(Builder& b) {
  const int64_t correction = b.kernel() == nullptr ? b.Int(2) : b.Bool(2);
  const Value std = SpreadOf(b, 1, correction, b.Bool(3)).deviation;
  b.Result(b.Op("Square", {std}));
}

void VarMean(Builder& b) {
  const Spread spread = SpreadOf(b, 1, b.Int(2), b.Bool(3));
  b.Store(b.Op("Square", {spread.deviation}), 4);
  b.Store(spread.mean, 5);
}

// (self, dim, keepdim, out): the first place of the extreme.
void ArgExtreme(Builder& b) {
  const Value x = ForKernel(b, b.kernel(), b.In(0));
  const int64_t axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  if (!b.ok()) return;
  Attrs attrs;
  attrs["dtype"] = DataType::kInt32;
  const Value place =
      b.Op(b.kernel(), {x, IntegerOf(b, axis, DataType::kInt32)},
           std::move(attrs), DataType::kInt32);
  if (!b.ok()) return;
  Shape shape = b.ShapeOf(place);
  if (b.Bool(2) && b.Rank(x) > 0) shape.insert(shape.begin() + axis, 1);
  b.Result(b.Reshape(place, shape));
}

// (self, dim, keepDim, valuesOut, indicesOut).
void ExtremeWithPlace(Builder& b) {
  const Value x = ForKernel(b, b.kernel(), b.In(0));
  const size_t axis = b.Axis(b.Int(1), b.Rank(x), 1);
  Attrs attrs = KeepDims(b.Bool(2));
  attrs["dimension"] = static_cast<int64_t>(axis);
  const std::vector<Value> y =
      b.Ops(b.kernel(), {x}, std::move(attrs), {DataType::kInt32});
  if (!b.ok()) return;
  b.Store(y[1], 3);
  b.Store(y[0], 4);
}

void Cumsum(Builder& b) {
  Value x = b.Cast(b.In(0), b.Type(2));
  if (b.TypeOf(x) != DataType::kInt32 && IsIntegral(b.TypeOf(x))) {
    x = b.Cast(x, DataType::kInt32);
  }
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1));
  b.Result(b.Op("Cumsum", {x, IntegerOf(b, axis)}));
}

void CumsumV2(Builder& b) {
  const Value x = b.In(0);
  const int64_t axes[] = {static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1))};
  Attrs attrs;
  attrs["exclusive"] = b.Bool(2);
  attrs["reverse"] = b.Bool(3);
  b.Result(
      b.Op("Cumsum", {x, b.Reshape(b.Constant(axes), {})}, std::move(attrs)));
}

void Cumprod(Builder& b) {
  Value x = b.In(0);
  if (b.OutputArg() != 0) x = b.Cast(x, b.Type(2));
  const int64_t axes[] = {
      static_cast<int64_t>(b.Axis(b.ScalarAt(1).integer, b.Rank(x), 1))};
  b.Result(b.Op("Cumprod", {x, b.Reshape(b.Constant(axes), {})}));
}

void RunningExtreme(Builder& b) {
  const Value x = ForKernel(b, b.kernel(), b.In(0));
  const size_t axis = b.Axis(b.Int(1), b.Rank(x), 1);
  const char* name = std::string_view(b.kernel()) == "Cummax" ? "dim" : "axis";
  const std::vector<Value> y =
      b.Ops(b.kernel(), {x}, AxisAttr(name, static_cast<int64_t>(axis)));
  if (!b.ok()) return;
  b.Store(y[0], 2);
  b.Store(y[1], 3);
}

std::vector<Value> Sorted(Builder& b, Value x, int64_t dim, bool descending,
                          bool stable, size_t arg) {
  Attrs attrs;
  attrs["axis"] = static_cast<int64_t>(b.Axis(dim, b.Rank(x), arg));
  attrs["descending"] = descending;
  attrs["stable"] = stable;
  return b.Ops("Sort", {ForKernel(b, "Sort", x)}, std::move(attrs));
}

void Sort(Builder& b) {
  const std::vector<Value> y =
      Sorted(b, b.In(0), b.Int(2), b.Bool(3), b.Bool(1), 2);
  if (!b.ok()) return;
  b.Store(y[0], 4);
  b.Store(y[1], 5);
}

void Argsort(Builder& b) {
  const std::vector<Value> y =
      Sorted(b, b.In(0), b.Int(1), b.Bool(2), false, 1);
  if (b.ok()) b.Store(y[1], 3);
}

// (self, k, dim, largest, sorted, valuesOut, indicesOut).
void Topk(Builder& b) {
  const Value x = b.In(0);
  const size_t axis = b.Axis(b.Int(2), b.Rank(x), 2);
  const int64_t most = b.Extent(x, static_cast<int64_t>(axis));
  b.Check((b.Int(1) >= 0 && b.Int(1) <= most) || !b.ok(), 1,
          absl::StrCat(b.Int(1)), absl::StrCat("0 to ", most));
  if (!b.ok()) return;
  const bool real = b.Takes("TopKV2", b.TypeOf(x));
  if (!real) {  // integers: sorted as a whole
    const std::vector<Value> y = Sorted(b, x, b.Int(2), b.Bool(3), true, 2);
    const auto at = static_cast<int64_t>(axis);
    b.Store(b.Narrow(y[0], at, 0, b.Int(1)), 5);
    b.Store(b.Narrow(y[1], at, 0, b.Int(1)), 6);
    return;
  }
  Attrs attrs;
  attrs["sorted"] = b.Bool(4);
  attrs["dim"] = static_cast<int64_t>(axis);
  attrs["largest"] = b.Bool(3);
  const int64_t k[] = {b.Int(1)};
  const std::vector<Value> y =
      b.Ops("TopKV2", {x, b.Reshape(b.Constant(k, DataType::kInt32), {})},
            std::move(attrs));
  if (!b.ok()) return;
  b.Store(y[0], 5);
  b.Store(y[1], 6);
}

constexpr NnOp kOps[] = {
    {"ReduceSum", ReduceSum, "ReduceSum"},
    {"ReduceNansum", ReduceSum, "ReduceNansum"},
    {"Mean", Mean},
    {"MeanV2", MeanV2},
    {"Amax", Extreme, "ReduceMax"},
    {"Amin", Extreme, "ReduceMin"},
    {"Max", ExtremeOfAll, "ReduceMax"},
    {"Min", ExtremeOfAll, "ReduceMin"},
    {"All", Truths, "ReduceAll"},
    {"Any", Truths, "ReduceAny"},
    {"Aminmax", Aminmax},
    {"AminmaxDim", AminmaxDim},
    {"AminmaxAll", AminmaxAll},
    {"Prod", Prod},
    {"ProdDim", ProdDim},
    {"Norm", Norm},
    {"LogSumExp", LogSumExp},
    {"Std", Std},
    {"StdMeanCorrection", StdMean},
    {"Var", Var, "unbiased"},
    {"VarCorrection", Var},
    {"VarMean", VarMean},
    {"ArgMax", ArgExtreme, "ArgMaxV2"},
    {"ArgMin", ArgExtreme, "ArgMin"},
    {"MaxDim", ExtremeWithPlace, "ArgMaxWithValue"},
    {"MinDim", ExtremeWithPlace, "ArgMinWithValue"},
    {"Cumsum", Cumsum},
    {"CumsumV2", CumsumV2},
    {"Cumprod", Cumprod},
    {"InplaceCumprod", Cumprod},
    {"Cummax", RunningExtreme, "Cummax"},
    {"Cummin", RunningExtreme, "Cummin"},
    {"Sort", Sort},
    {"Argsort", Argsort},
    {"Topk", Topk},
};

}  // namespace

std::span<const NnOp> ReduceOps() { return kOps; }

}  // namespace npuemu::shim::nn
