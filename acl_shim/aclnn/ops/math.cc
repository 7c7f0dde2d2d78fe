// Functions that come from several kernels: of numbers, of lists, of vectors.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;

Value Float32(Builder& b, double value) { return b.Constant(value, kF32); }

// Numbers 0 to rank - 1.
std::vector<int64_t> AllAxes(int64_t rank) {
  std::vector<int64_t> axes(static_cast<size_t>(rank));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

void Square(Builder& b) {
  const Value x = b.In(0);
  b.Result(b.Op("Square", {b.Cast(x, CarrierOf(b, "Square", b.TypeOf(x)))}));
}

// (self, out): sin(pi x) / (pi x), 1 at 0, in f32.
void Sinc(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  if (!b.ok()) return;
  const Value angle = b.Op("Mul", {x, Float32(b, std::numbers::pi)});
  const Value ratio = b.Op("RealDiv", {b.Op("Sin", {angle}), angle});
  const Value zero = b.Op("Equal", {x, Float32(b, 0)});
  b.Result(
      b.Op("Select", {zero, FillOf(b, Float32(b, 1), b.ShapeOf(x)), ratio}));
}

// (self, decimals[, out]).
void RoundDecimals(Builder& b) {
  const Value x = b.In(0);
  const DataType type = CarrierOf(b, "Round", b.TypeOf(x));
  b.Result(b.Op("Round", {b.Cast(x, type)}, AxisAttr("decimals", b.Int(1))));
}

// (input, values, out): values where input is 0.
void Heaviside(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value x = b.Cast(b.In(0), type);
  if (!b.ok()) return;
  const Shape shape = b.Like(2).shape;
  const Value wide = ExpandTo(b, x, shape, 0);
  const Value values = ExpandTo(b, b.Cast(b.In(1), type), shape, 1);
  const Value zero = b.Constant(0, type);
  const Value step =
      b.Cast(b.Cast(b.Op("Greater", {wide, zero}), DataType::kInt8), type);
  b.Result(b.Op("Select", {b.Op("Equal", {wide, zero}), values, step}));
}

// (input, shiftBits, out).
void Shift(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  b.Check(IsIntegral(type) || !b.ok(), 0, kernels::NameOf(type), "an integer");
  b.Result(b.Op(b.kernel(), {b.Operand(0, type), b.Operand(1, type)}));
}

// (tensors, out): all of them in their common dtype, as large as the output.
std::vector<Value> Broadcast(Builder& b) {
  std::vector<Value> values = b.InList(0);
  b.Check(!values.empty() || !b.ok(), 0, "an empty list", "tensors");
  if (!b.ok()) return {};
  const Shape shape = b.Like(1).shape;
  DataType type = b.TypeOf(values[0]);
  for (Value value : values) {
    const DataType both = Promote(type, b.TypeOf(value));
    b.Check(both != DataType::kUndefined, 0, kernels::NameOf(b.TypeOf(value)),
            absl::StrCat("a dtype that goes with ", kernels::NameOf(type)));
    type = both;
  }
  for (Value& value : values) {
    value = ExpandTo(b, b.Cast(value, type), shape, 0);
  }
  return values;
}

void Sum(Builder& b) {
  const std::vector<Value> values = Broadcast(b);
  if (!b.ok()) return;
  b.Result(
      b.Op("AddN", values, AxisAttr("N", static_cast<int64_t>(values.size()))));
}

// The first of the list through the kernel with the second, and so on.
void Folded(Builder& b) {
  const std::vector<Value> values = Broadcast(b);
  if (!b.ok()) return;
  Value y = values[0];
  for (size_t i = 1; i < values.size(); ++i) {
    y = b.Op(b.kernel(), {y, values[i]});
  }
  b.Result(y);
}

// (self, other, out): log2(2^self + 2^other), the larger one taken out, in f32.
void LogAddExp2(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  const Value y = b.Cast(b.In(1), kF32);
  const Value most = b.Op("Maximum", {x, y});
  const Value gap = b.Op("Sub", {b.Op("Minimum", {x, y}), most});
  Attrs base;
  base["base"] = 2.0f;
  const Value log = b.Op("Log1p", {b.Op("Exp", {gap}, std::move(base))});
  const Value tail = b.Op("Mul", {log, Float32(b, std::numbers::log2e)});
  // Of two equal infinities there is no gap.
  const Value same = b.Op("Equal", {x, y});
  const Value one = b.Op("Add", {most, Float32(b, 1)});
  b.Result(b.Op("Select", {same, one, b.Op("Add", {most, tail})}));
}

// (self, other, alpha, out) with a number as self.
void AddToNumber(Builder& b) {
  const DataType type = PromoteWith(b, b.TypeOf(b.In(1)), 0);
  const Value y =
      b.Op("Mul", {b.Cast(b.In(1), type), b.Constant(b.ScalarAt(2), type)});
  b.Result(b.Op("Add", {b.Operand(0, type), y}));
}

// (self, vec1, vec2, beta?, alpha?[, out]): beta * self + alpha * vec1 vec2^T.
void Addr(Builder& b) {
  const DataType type = b.Promoted({0, 1, 2});
  b.CheckRank(b.In(1), 1, 1, 1);
  b.CheckRank(b.In(2), 2, 1, 1);
  if (!b.ok()) return;
  Value x = b.Cast(b.In(1), type);
  const Value y = b.Cast(b.In(2), type);
  const Shape shape{b.Count(x), b.Count(y)};
  Value outer = b.Op("Mul", {b.Reshape(x, {shape[0], 1}), y});
  if (b.Given(4)) {
    outer = b.Op("Mul", {outer, b.Constant(b.ScalarAt(4), type)});
  }
  Value self = ExpandTo(b, b.Cast(b.In(0), type), shape, 0);
  if (b.Given(3)) {
    const Number beta = b.ScalarAt(3);
    if (beta.real == 0) return b.Result(outer);  // also where self is NaN
    self = b.Op("Mul", {self, b.Constant(beta, type)});
  }
  b.Result(b.Op("Add", {self, outer}));
}

// (self, other, out): one truth value.
void Equal(Builder& b) {
  const DataType type = CarrierOf(b, "Equal", b.Promoted({0, 1}));
  const Value x = b.Cast(b.In(0), type);
  const Value y = b.Cast(b.In(1), type);
  if (!b.ok()) return;
  if (b.ShapeOf(x) != b.ShapeOf(y)) {
    return b.StoreFlat(b.Constant(0, DataType::kBool), 2);
  }
  const int64_t axes[] = {0};
  const Value same = b.Op("Equal", {x, y});
  b.StoreFlat(
      b.Op("ReduceAll", {b.Reshape(same, {b.Count(same)}), b.Constant(axes)}),
      2);
}

// (self, dims, keepDims, noopWithEmptyDims, out).
void ReduceOver(Builder& b) {
  const Value x = b.In(0);
  std::vector<int64_t> axes = b.Axes(b.OptionalInts(1), b.Rank(x), 1);
  if (!b.ok()) return;
  if (axes.empty() && b.Bool(3)) return b.Result(x);
  if (axes.empty()) axes = AllAxes(b.Rank(x));
  Attrs attrs;
  attrs["keep_dims"] = b.Bool(2);
  const DataType type = CarrierOf(b, b.kernel(), b.TypeOf(x));
  b.StoreFlat(
      b.Op(b.kernel(), {b.Cast(x, type), b.Constant(axes)}, std::move(attrs)),
      4);
}

// (self, mask, scale, out): self * mask * scale.
void MaskedScale(Builder& b) {
  const Value x = b.In(0);
  const Value wide = b.Cast(x, kF32);
  const Value kept = b.Op("Mul", {wide, b.Cast(b.In(1), kF32)});
  b.Result(b.Op("Mul", {kept, Float32(b, b.Double(2))}));
}

// (input, approximate?, out): gelu of the first half times the second.
void GeluMul(Builder& b) {
  Attrs attrs;
  attrs["approximate"] = b.String(1);
  b.Result(b.Op("GeluMul", {b.In(0)}, std::move(attrs)));
}

// (input, threshold, out).
void FatreluMul(Builder& b) {
  const Value x = b.In(0);
  const Value threshold = b.Cast(b.In(1), b.TypeOf(x));
  b.Result(b.Op("FatreluMul", {x, threshold}));
}

Attrs NormAttrs(double p, std::vector<int64_t> axes, bool keep) {
  Attrs attrs;
  attrs["p"] = static_cast<float>(p);
  attrs["axes"] = std::move(axes);
  attrs["keepdim"] = keep;
  attrs["epsilon"] = 0.0f;
  return attrs;
}

// (self, ord, dims?, keepDims, dtype, out).
void VectorNorm(Builder& b) {
  Value x = b.In(0);
  if (b.Type(4) != DataType::kUndefined) x = b.Cast(x, b.Type(4));
  const double p = b.ScalarAt(1).real;
  std::vector<int64_t> axes = b.Axes(b.OptionalInts(2), b.Rank(x), 2);
  if (axes.empty()) axes = AllAxes(b.Rank(x));
  const Value wide = b.Cast(x, b.ComputeType("LpNormV2", b.TypeOf(x)));
  b.StoreFlat(b.Op("LpNormV2", {wide}, NormAttrs(p, axes, b.Bool(3))), 5);
}

// (self, p, dim, maxNorm[, out]): slices along dim with at most this norm.
void Renorm(Builder& b) {
  const Value x = b.In(0);
  Attrs attrs;
  attrs["p"] = static_cast<float>(b.ScalarAt(1).real);
  attrs["dim"] = static_cast<int64_t>(b.Axis(b.Int(2), b.Rank(x), 2));
  attrs["maxnorm"] = static_cast<float>(b.ScalarAt(3).real);
  const Value wide = b.Cast(x, kF32);
  Value y = b.Op("Renorm", {wide}, std::move(attrs));
  if (b.ok() && b.ShapeOf(y) != b.ShapeOf(x)) y = b.Op("Mul", {wide, y});
  b.Result(y);
}

// (self, out).
void Trace(Builder& b) {
  Value x = b.In(0);
  b.CheckRank(x, 0, 2, 2);
  if (!b.ok()) return;
  if (!IsIntegral(b.TypeOf(x))) return b.StoreFlat(b.Op("Trace", {x}), 1);
  x = b.Contiguous(b.Cast(x, DataType::kInt64));
  const int64_t width = b.Extent(x, 1);
  const Value diagonal =
      b.View(x, {std::min(b.Extent(x, 0), width)}, {width + 1}, 0);
  const int64_t axes[] = {0};
  b.StoreFlat(b.Op("ReduceSum", {diagonal, b.Constant(axes)}), 1);
}

// (self, other, dim, out): three components along dim.
void Cross(Builder& b) {
  const DataType type = CarrierOf(b, "Mul", b.Promoted({0, 1}));
  const Value out = b.In(3);
  const Shape shape = b.ShapeOf(out);
  const auto axis = static_cast<int64_t>(b.Axis(b.Int(2), b.Rank(out), 2));
  const Value x = ExpandTo(b, b.Cast(b.In(0), type), shape, 0);
  const Value y = ExpandTo(b, b.Cast(b.In(1), type), shape, 1);
  b.Check(b.Extent(out, axis) == 3 || !b.ok(), 2, ToString(shape),
          "an axis of 3 components");
  for (int64_t i = 0; i < 3 && b.ok(); ++i) {
    const auto at = [&](Value v, int64_t k) {
      return b.Narrow(v, axis, (i + k) % 3, 1);
    };
    const Value part = b.Op("Sub", {b.Op("Mul", {at(x, 1), at(y, 2)}),
                                    b.Op("Mul", {at(x, 2), at(y, 1)})});
    b.StoreInto(part, b.Narrow(out, axis, i, 1), 3);
  }
}

// p-norms of rows, in f32.
Value Distances(Builder& b, Value difference, double p) {
  const int64_t last = b.Rank(difference) - 1;
  return b.Op("LpNormV2", {difference}, NormAttrs(p, {last}, false));
}

// (x1, x2, p, compute_mode, out): of each row of one to each of the other.
void Cdist(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  const Value y = b.Cast(b.In(1), kF32);
  b.CheckRank(x, 0, 2, 8);
  b.CheckRank(y, 1, 2, 8);
  if (!b.ok()) return;
  Shape rows = b.ShapeOf(x);
  Shape columns = b.ShapeOf(y);
  rows.insert(rows.end() - 1, 1);
  columns.insert(columns.end() - 2, 1);
  b.Result(Distances(b,
                     b.Op("Sub", {b.Reshape(x, rows), b.Reshape(y, columns)}),
                     b.Double(2)));
}

// (self, p, out): of each row to each later one.
void Pdist(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  b.CheckRank(x, 0, 2, 2);
  if (!CanList(b, {b.Extent(x, 0), b.Extent(x, 0)}, 0)) return;
  std::vector<int64_t> first;
  std::vector<int64_t> second;
  for (int64_t i = 0; i < b.Extent(x, 0); ++i) {
    for (int64_t j = i + 1; j < b.Extent(x, 0); ++j) {
      first.push_back(i);
      second.push_back(j);
    }
  }
  const auto rows = [&](const std::vector<int64_t>& numbers) {
    return b.Op("GatherV2", {x, b.Constant(numbers), IntegerOf(b, 0)});
  };
  const double p = b.IsScalar(1) ? b.ScalarAt(1).real : b.Double(1);
  b.Result(Distances(b, b.Op("Sub", {rows(first), rows(second)}), p));
}

constexpr NnOp kOps[] = {
    {"Square", Square},
    {"Sinc", Sinc},
    {"RoundDecimals", RoundDecimals},
    {"InplaceRoundDecimals", RoundDecimals},
    {"Heaviside", Heaviside},
    {"LeftShift", Shift, "LeftShift"},
    {"LeftShifts", Shift, "LeftShift"},
    {"RightShift", Shift, "RightShift"},
    {"Sum", Sum},
    {"AddN", Sum},
    {"MaxN", Folded, "Maximum"},
    {"MinN", Folded, "Minimum"},
    {"LogAddExp2", LogAddExp2},
    {"AddV3", AddToNumber},
    {"Addr", Addr},
    {"InplaceAddr", Addr},
    {"Equal", Equal},
    {"MaxV2", ReduceOver, "ReduceMax"},
    {"ReduceLogSum", ReduceOver, "ReduceLogSum"},
    {"MaskedScale", MaskedScale},
    {"GeluMul", GeluMul},
    {"FatreluMul", FatreluMul},
    {"LinalgVectorNorm", VectorNorm},
    {"Renorm", Renorm},
    {"InplaceRenorm", Renorm},
    {"Trace", Trace},
    {"LinalgCross", Cross},
    {"Cdist", Cdist},
    {"Pdist", Pdist},
    {"PdistForward", Pdist},
};

}  // namespace

std::span<const NnOp> MathOps() { return kOps; }

}  // namespace npuemu::shim::nn
