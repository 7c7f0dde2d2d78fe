// Running sums, products, extremes and log-sum-exps along one axis, each from
// the value before it, rounded to f32; f16 and bf16 are cast to f32 and every
// result is cast back once, integers wrap. `reverse` goes from the end,
// `exclusive` leaves the element itself out.

#include "kernels/op/functions.h"
#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Numbers: exclusive, reverse.
template <typename C, typename Op>
void Running(Row& r, C none, Op op) {
  const C* x = r.as<C>(0);
  auto* y = static_cast<C*>(r.out[0]);
  const bool exclusive = r.a[0] != 0;
  const bool reverse = r.a[1] != 0;
  C value = none;
  for (int64_t j = 0; j < r.n; ++j) {
    const int64_t at = reverse ? r.n - 1 - j : j;
    const C before = value;
    value = j == 0 ? x[at] : op(value, x[at]);
    y[at] = exclusive ? before : value;
  }
}

template <typename C>
void RunningSum(Row& r) {
  Running<C>(r, C{}, [](C a, C b) { return Plus(a, b); });
}

template <typename C>
void RunningProduct(Row& r) {
  Running<C>(r, C{1}, [](C a, C b) { return Times(a, b); });
}

// ln(e^a + e^b).
float LogAdd(float a, float b) {
  const float m = Max(a, b);
  if (Abs(m) == kInf) return m;
  return m + Log1p(Exp(Abs(a - b) * -1.0f));
}

void RunningLogSumExp(Row& r) { Running<float>(r, -kInf, LogAdd); }

// A NaN stays; of equal values the last is named, as in PyTorch.
template <typename C, bool kSmallest>
void RunningExtreme(Row& r) {
  const C* x = r.as<C>(0);
  auto* y = static_cast<C*>(r.out[0]);
  int64_t best = 0;
  for (int64_t j = 0; j < r.n; ++j) {
    const bool nan = x[best] != x[best];
    const bool beats = kSmallest ? x[j] <= x[best] : x[j] >= x[best];
    if (x[j] != x[j] || (!nan && beats)) best = j;
    y[j] = x[best];
    r.iy(1)[j] = best;
  }
}

RowRule Cumulative(const char* axes, void (*run)(Row&),
                   void (*ints)(Row&) = nullptr) {
  RowRule rule{.inputs = "x-", .outputs = "x"};
  if (axes[0] != '1') rule.inputs = "x";
  rule.axes = axes;
  rule.no_axes = NoAxes::kRefused;
  rule.stages = {{"0", "0", run, ints}};
  rule.numbers = {"exclusive", "reverse"};
  rule.steps = {kVadd};
  rule.exactness =
      "f32: each value from the one before it, cast back once; integers wrap";
  return rule;
}

template <bool kSmallest>
RowRule Extremes(const char* axis) {
  RowRule rule = Cumulative(axis, nullptr);
  rule.outputs = "xx";
  rule.stages = {{"0", "01", RunningExtreme<float, kSmallest>,
                  RunningExtreme<int64_t, kSmallest>}};
  rule.numbers = {};
  rule.exactness = "exact: a NaN stays, of equal values the last is named";
  return rule;
}

}  // namespace

ROW_OP(Cumsum, Cumulative("1", RunningSum<float>, RunningSum<int64_t>))
ROW_OP(CumsumD, Cumulative("axis", RunningSum<float>, RunningSum<int64_t>))
ROW_OP(Cumprod,
       OnAiCpu(Cumulative("1", RunningProduct<float>, RunningProduct<int64_t>)))
ROW_OP(CumprodD,
       Cumulative("axis", RunningProduct<float>, RunningProduct<int64_t>))
ROW_OP(CumulativeLogsumexp, OnAiCpu(Cumulative("1", RunningLogSumExp)))
ROW_OP(CumulativeLogsumexpD, Cumulative("axis", RunningLogSumExp))
ROW_OP(Cummax, OnAiCpu(Extremes<false>("dim")))
ROW_OP(Cummin, Extremes<true>("axis"))

}  // namespace npuemu::kernels
