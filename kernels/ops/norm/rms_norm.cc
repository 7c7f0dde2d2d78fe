// RMS norms: rows along the last axes, as many as gamma has. In f32: the
// sequence of RmsNorm (arithmetic.md 7.8), whose sum is by halves; one cast
// back. The gradient sums by 7.8. Any shape; ND. In order: docs/rows.md.

#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/norm/row_norm.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

template <bool kOneMore>
void Rms(Row& r) {
  r.y(1)[0] = RmsNormalize(r, r.x(0), r.x(1), kOneMore, r.y(0));
}

// Inputs x1, x2, gamma; outputs y, rstd, x.
void AddedRms(Row& r) {
  float* x = r.y(2);
  for (int64_t j = 0; j < r.n; ++j) x[j] = r.x(0)[j] + r.x(1)[j];
  r.y(1)[0] = RmsNormalize(r, x, r.x(2), false, r.y(0));
}

// Inputs dy, x, rstd, gamma.
void GradientOfX(Row& r) {
  const float* x = r.x(1);
  const float* gamma = r.x(3);
  const float rstd = r.x(2)[0];
  float* dx = r.y(0);
  for (int64_t j = 0; j < r.n; ++j) dx[j] = r.x(0)[j] * gamma[j];
  const float mean = r.Sum([&](int64_t j) { return dx[j] * (x[j] * rstd); }) /
                     static_cast<float>(r.n);
  for (int64_t j = 0; j < r.n; ++j) {
    dx[j] = (dx[j] - x[j] * rstd * mean) * rstd;
  }
}

void GradientOfGamma(Row& r) {
  r.y(1)[0] =
      r.Sum([&](int64_t j) { return r.x(0)[j] * (r.x(1)[j] * r.At(2, j)); });
}

template <bool kOneMore>
RowRule RmsRule() {
  RowRule rule{.inputs = "xc", .outputs = "xr"};
  rule.layout = LayAsInput<1>;
  rule.stages = {{"01", "01", Rms<kOneMore>}};
  rule.numbers = {"epsilon"};
  rule.steps = {kVmul, kVcadd, kVmuls, kVmul};
  return rule;
}

RowRule AddedRule() {
  RowRule rule{.inputs = "xxc", .outputs = "xrx"};
  rule.layout = LayAsInput<2>;
  rule.stages = {{"012", "012", AddedRms}};
  rule.numbers = {"epsilon"};
  rule.steps = {kVadd, kVmul, kVcadd, kVmuls, kVmul};
  return rule;
}

}  // namespace

ROW_OP(RmsNorm, RmsRule<false>())
ROW_OP(GemmaRmsNorm, RmsRule<true>())
ROW_OP(AddRmsNorm, AddedRule())
ROW_OP(InplaceAddRmsNorm, AddedRule())  // the results lie over x1 and x2
ROW_OP(RmsNormGrad, {.inputs = "xxrc",
                     .outputs = "xc",
                     .layout = LayAsInput<3>,
                     .stages = {{"0123", "0", GradientOfX},
                                {"012", "1", GradientOfGamma, nullptr, false,
                                 Span::kColumns}},
                     .steps = {kVmul, kVmul, kVcadd, kVmul, kVadd, kVmuls}})

}  // namespace npuemu::kernels
