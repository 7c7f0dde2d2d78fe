// Reductions along axes with more than one operand or pass: log-sum-exp,
// standard deviation, p-norms, sums of squares, dot product. Computed in f32
// with one cast back; what each computes, in its order: docs/rows.md.

#include "kernels/op/functions.h"
#include "kernels/op/rows.h"
#include "kernels/ops/reduce/p_norm.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// The maximum is taken away first; an infinite one is not.
void LogSumExp(Row& r) {
  const float* x = r.x(0);
  const float largest = Largest(x, r.n);
  const float m = Abs(largest) == kInf ? 0.0f : largest;
  r.y(0)[0] = Ln(r.Sum([&](int64_t j) { return Exp(x[j] - m); })) + m;
}

// Outputs y1, the deviation, and y2, the mean.
void Deviation(Row& r) {
  const float* x = r.x(0);
  const auto n = static_cast<float>(r.n);
  const float mean = r.Sum([&](int64_t j) { return x[j]; }) / n;
  const float squares = r.Sum([&](int64_t j) {
    const float d = x[j] - mean;
    return d * d;
  });
  r.y(0)[0] = Sqrt(squares / (n - r.a[0]));
  r.y(1)[0] = mean;
}

// The mean is given; numbers: unbiased, invert, epsilon, correction.
void DeviationFromMean(Row& r) {
  const float* x = r.x(0);
  const float squares = r.Sum([&](int64_t j) {
    const float d = x[j] - r.At(1, j);
    return d * d;
  });
  const float less = r.a[0] != 0 ? r.a[3] : 0.0f;
  const float variance = squares / Max(static_cast<float>(r.n) - less, 0.0f);
  r.y(0)[0] = r.a[1] != 0 ? 1.0f / Sqrt(variance + r.a[2]) : Sqrt(variance);
}

void LpNormRow(Row& r) { r.y(0)[0] = Max(PNorm(r, r.x(0), r.a[0]), r.a[1]); }

void SumAndSquares(Row& r) {
  const float* x = r.x(0);
  for (int64_t j = 0; j < r.n; ++j) r.y(1)[j] = x[j] * x[j];
  const float sum = r.Sum([&](int64_t j) { return x[j] * x[j]; });
  if (r.last) r.y(0)[0] = sum;
}

void TwoSquareSums(Row& r) {
  for (size_t k = 0; k < 2; ++k) {
    const float* x = r.x(k);
    const float sum = r.Sum([&](int64_t j) { return x[j] * x[j]; }, k);
    if (r.last) r.y(k)[0] = sum;
  }
}

void DotRow(Row& r) {
  const float* x = r.x(0);
  const float* y = r.x(1);
  const float sum = r.Sum([&](int64_t j) { return x[j] * y[j]; });
  if (r.last) r.y(0)[0] = sum;
}

void DotInts(Row& r) {
  if (r.first == 0) r.kept_int = 0;
  for (int64_t j = 0; j < r.n; ++j) {
    r.kept_int = WrapAdd(r.kept_int, WrapMul(r.ix(0)[j], r.ix(1)[j]));
  }
  if (r.last) r.iy(0)[0] = r.kept_int;
}

OpStatus CheckVectors(const OpCall& call, const RowLayout&,
                      std::vector<TensorSpec>*) {
  if (call.inputs[0].shape.size() <= 1) return {};
  return OpError(call, "input input_x shape", ToString(call.inputs[0].shape),
                 "a vector");
}

OpStatus CheckP(const OpCall& call, const RowLayout&,
                std::vector<TensorSpec>*) {
  const float p = AttrOr<float>(call.attrs, "p", 2.0f);
  if (p == p) return {};
  return OpError(call, "attribute p", "nan", "a number");
}

}  // namespace

ROW_OP(ReduceLogSumExp, {.inputs = "x-",
                         .outputs = "r",
                         .axes = "1",
                         .no_axes = NoAxes::kNone,
                         .keep = "keep_dims",
                         .stages = {{"0", "0", LogSumExp}},
                         .steps = {kVcadd, kVadds, kVexp, kVcadd}})
ROW_OP(ReduceStd, {.inputs = "x",
                   .outputs = "rr",
                   .axes = "dim",
                   .keep = "keepdim",
                   .stages = {{"0", "01", Deviation}},
                   .numbers = {"unbiased"},
                   .steps = {kVcadd, kVadds, kVmul, kVcadd}})
ROW_OP(ReduceStdWithMean,
       {.inputs = "xb",
        .outputs = "r",
        .axes = "dim",
        .keep = "keepdim",
        .stages = {{"01", "0", DeviationFromMean}},
        .numbers = {"unbiased", "invert", "epsilon", "correction"},
        .steps = {kVadd, kVmul, kVcadd}})
ROW_OP(LpNorm, {.inputs = "x",
                .outputs = "r",
                .axes = "axes",
                .keep = "keepdim",
                .stages = {{"0", "0", LpNormRow}},
                .numbers = {"p", "epsilon"},
                .steps = {kVabs, kVmul, kVcadd}})
ROW_OP(LpNormV2, {.inputs = "x",
                  .outputs = "r",
                  .axes = "axes",
                  .keep = "keepdim",
                  .check = CheckP,
                  .stages = {{"0", "0", LpNormRow}},
                  .numbers = {"p", "epsilon"},
                  .steps = {kVabs, kVmul, kVcadd}})
ROW_OP(SquareSumV2, {.inputs = "x",
                     .outputs = "rx",
                     .axes = "axis",
                     .keep = "keep_dims",
                     .stages = {{"0", "01", SumAndSquares, nullptr, true}},
                     .steps = {kVmul, kVcadd}})
ROW_OP(SquareSumAll, {.inputs = "xx",
                      .outputs = "rr",
                      .stages = {{"01", "01", TwoSquareSums, nullptr, true}},
                      .steps = {kVmul, kVcadd, kVmul, kVcadd}})
ROW_OP(Dot, {.inputs = "xx",
             .outputs = "r",
             .check = CheckVectors,
             .stages = {{"01", "0", DotRow, DotInts, true}},
             .steps = {kVmul, kVcadd}})

}  // namespace npuemu::kernels
