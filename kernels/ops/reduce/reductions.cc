// Reductions along axes, one value for each row; axes come from an attribute or
// an input. Any shape; ND. Floats are computed in f32 and cast back once,
// integers wrap; sums by 64 lanes and a tree (arithmetic.md 7.8), the maximum
// by 7.3. What each computes, in its order: docs/rows.md.

#include "kernels/numeric/cast.h"
#include "kernels/op/functions.h"
#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// y[0] = finish(row sum of map(x)).
template <typename Map, typename Finish>
void SumOf(Row& r, Map map, Finish finish) {
  const float* x = r.x(0);
  const float sum = r.Sum([&](int64_t j) { return map(x[j]); });
  if (r.last) r.y(0)[0] = finish(sum);
}

// Lambdas, so that each loop has its own function inside.
constexpr auto Itself = [](float x) { return x; };
constexpr auto SquareOf = [](float x) { return x * x; };
constexpr auto RootOf = [](float x) { return Sqrt(x); };
constexpr auto LogOf = [](float x) { return Ln(x); };

void Sum(Row& r) { SumOf(r, Itself, Itself); }
void SquareSum(Row& r) { SumOf(r, SquareOf, Itself); }
void Norm(Row& r) { SumOf(r, SquareOf, RootOf); }
void LogSum(Row& r) { SumOf(r, Itself, LogOf); }
void Mean(Row& r) {
  const auto n = static_cast<float>(r.length);
  SumOf(r, Itself, [n](float s) { return s / n; });
}
void NanSum(Row& r) {
  SumOf(
      r, [](float x) { return x != x ? 0.0f : x; }, Itself);
}
void HalfSquares(Row& r) {
  SumOf(r, SquareOf, [](float s) { return s * 0.5f; });
}

void SumInts(Row& r) {
  if (r.first == 0) r.kept_int = 0;
  for (int64_t j = 0; j < r.n; ++j)
    r.kept_int = WrapAdd(r.kept_int, r.ix(0)[j]);
  if (r.last) r.iy(0)[0] = r.kept_int;
}

// Integers are cast to f32 and the result back by TRUNC.
void NormInts(Row& r) {
  const int64_t* x = r.ix(0);
  const float sum =
      r.Sum([&](int64_t j) { return SquareOf(static_cast<float>(x[j])); });
  if (r.last) r.iy(0)[0] = Cast<int32_t>(Sqrt(sum), {.mode = Rounding::kTrunc});
}

void Product(Row& r) {
  const float* x = r.x(0);
  const float product = r.Fold(
      1.0f, [&](int64_t j) { return x[j]; },
      [](float a, float b) { return a * b; });
  if (r.last) r.y(0)[0] = product;
}

void ProductInts(Row& r) {
  if (r.first == 0) r.kept_int = 1;
  for (int64_t j = 0; j < r.n; ++j)
    r.kept_int = WrapMul(r.kept_int, r.ix(0)[j]);
  if (r.last) r.iy(0)[0] = r.kept_int;
}

template <bool kSmallest>
void Extreme(Row& r) {
  const float* x = r.x(0);
  float best = Largest<kSmallest>(x, r.n);
  if (r.first > 0) {
    const float before = r.kept_float;
    const bool beats =
        kSmallest ? Replaces(-best, -before) : Replaces(best, before);
    if (!beats) best = before;
  }
  r.kept_float = best;
  if (r.last) r.y(0)[0] = best;
}

template <bool kSmallest>
void ExtremeInts(Row& r) {
  const int64_t* x = r.ix(0);
  if (r.first == 0) r.kept_int = x[0];
  for (int64_t j = 0; j < r.n; ++j) {
    r.kept_int = kSmallest ? Min(r.kept_int, x[j]) : Max(r.kept_int, x[j]);
  }
  if (r.last) r.iy(0)[0] = r.kept_int;
}

// All and any of no elements are true and false.
template <bool kAll>
void Logical(Row& r) {
  if (r.first == 0) r.kept_int = kAll ? 1 : 0;
  for (int64_t j = 0; j < r.n; ++j) {
    const int64_t x = r.ix(0)[j];
    r.kept_int = kAll ? Min(r.kept_int, x) : Max(r.kept_int, x);
  }
  if (r.last) r.iy(0)[0] = r.kept_int;
}

// By an attribute, or by input 1.
RowRule Along(const char* axes, NoAxes no_axes, void (*run)(Row&),
              void (*ints)(Row&) = nullptr) {
  const bool input = axes[0] == '1';
  return {.inputs = input ? "x-" : "x",
          .outputs = "r",
          .axes = axes,
          .no_axes = no_axes,
          .keep = "keep_dims",
          .stages = {{"0", "0", run, ints, true}},
          .steps = {kVcadd}};
}

RowRule Nonempty(RowRule rule) {
  rule.nonempty = true;
  rule.exactness = "exact: a NaN wins, of equal values the first (7.3)";
  return rule;
}

constexpr auto kNone = NoAxes::kNone;
constexpr auto kAll = NoAxes::kAll;

}  // namespace

ROW_OP(ReduceSum, Along("1", kNone, Sum, SumInts))
ROW_OP(ReduceSumD, Along("axes", kAll, Sum))
ROW_OP(ReduceMean, Along("1", kNone, Mean))
ROW_OP(ReduceMeanD, Along("axes", kAll, Mean))
ROW_OP(ReduceProd, Along("1", kNone, Product, ProductInts))
ROW_OP(ReduceProdD, Along("axes", kAll, Product, ProductInts))
ROW_OP(ReduceMax,
       Nonempty(Along("1", kNone, Extreme<false>, ExtremeInts<false>)))
ROW_OP(ReduceMaxD,
       Nonempty(Along("axes", kAll, Extreme<false>, ExtremeInts<false>)))
ROW_OP(ReduceMin, Nonempty(Along("1", kNone, Extreme<true>, ExtremeInts<true>)))
ROW_OP(ReduceMinD,
       Nonempty(Along("axes", kAll, Extreme<true>, ExtremeInts<true>)))
ROW_OP(ReduceAll, Along("1", kNone, Logical<true>, Logical<true>))
ROW_OP(ReduceAllD, Along("axes", kAll, Logical<true>, Logical<true>))
ROW_OP(ReduceAny, Along("1", kNone, Logical<false>, Logical<false>))
ROW_OP(ReduceAnyD, Along("axes", kAll, Logical<false>, Logical<false>))
ROW_OP(EuclideanNorm, Along("1", kNone, Norm, NormInts))
ROW_OP(EuclideanNormD, Along("axes", kAll, Norm, NormInts))
ROW_OP(ReduceLogSum, Along("1", kNone, LogSum))
ROW_OP(ReduceNansum, Along("1", kNone, NanSum))
ROW_OP(SquareSumV1, Along("axis", kAll, SquareSum))
ROW_OP(L2Loss, Along("", kAll, HalfSquares))

}  // namespace npuemu::kernels
