// Gradients of layer norms. Rows along the last axes, as many as gamma has: the
// gradient of x; the columns give those of gamma and beta. In f32, sums by
// arithmetic.md 7.8, one cast back (bf16 of LayerNormGradV3 with ties away).
// Any shape; ND. In order: docs/rows.md.

#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Input `i` is a variance or already 1 / sqrt of it.
template <bool kRstd>
float RstdOf(const Row& r, size_t i, int64_t j) {
  const float v = r.At(i, j);
  return kRstd ? v : 1.0f / Sqrt(v + 1e-12f);
}

// Inputs dy, x, variance or rstd, mean, gamma; outputs pd_x and, if wanted, the
// normalized x (res_for_gamma).
template <bool kRstd, bool kKeeps>
void GradientOfX(Row& r) {
  const float* dy = r.x(0);
  const float* x = r.x(1);
  const float* gamma = r.x(4);
  const float mean = r.x(3)[0];
  const float rstd = RstdOf<kRstd>(r, 2, 0);
  const auto n = static_cast<float>(r.n);
  float* dx = r.y(0);
  r.scratch.resize(static_cast<size_t>(r.n));
  float* h = kKeeps ? r.y(1) : r.scratch.data();
  for (int64_t j = 0; j < r.n; ++j) {
    h[j] = (x[j] - mean) * rstd;
    dx[j] = dy[j] * gamma[j];
  }
  const float a = r.Sum([&](int64_t j) { return dx[j] * h[j]; }) / n;
  const float b = r.Sum([&](int64_t j) { return dx[j]; }) / n;
  for (int64_t j = 0; j < r.n; ++j) {
    dx[j] = (dx[j] - (h[j] * a + b)) * rstd;
  }
}

// A column; outputs kFirst and the one after.
template <bool kRstd, size_t kFirst>
void GradientOfParams(Row& r) {
  const float* dy = r.x(0);
  const float* x = r.x(1);
  const float gamma = r.Sum(
      [&](int64_t j) {
        return dy[j] * ((x[j] - r.At(3, j)) * RstdOf<kRstd>(r, 2, j));
      },
      0);
  const float beta = r.Sum([&](int64_t j) { return dy[j]; }, 1);
  r.y(kFirst)[0] = gamma;
  r.y(kFirst + 1)[0] = beta;
}

// Inputs dy, res_for_gamma.
void GradientOfParamsV2(Row& r) {
  const float* dy = r.x(0);
  const float* h = r.x(1);
  r.y(0)[0] = r.Sum([&](int64_t j) { return dy[j] * h[j]; }, 0);
  r.y(1)[0] = r.Sum([&](int64_t j) { return dy[j]; }, 1);
}

// The attribute shape_gamma holds the extents of the last axes.
OpStatus LayShapeGamma(const OpCall& call, const Operands*, RowLayout* layout) {
  const auto shape =
      AttrOr<std::vector<int64_t>>(call.attrs, "shape_gamma", {});
  if (OpStatus s = LayLast(call, shape.size(), layout); !s.ok()) return s;
  if (shape == layout->column_shape) return {};
  return OpError(call, "attribute shape_gamma", ToString(shape),
                 ToString(layout->column_shape));
}

const std::vector<Instruction> kSteps = {kVadds, kVmuls, kVmul,  kVmul,
                                         kVcadd, kVcadd, kVmuls, kVadd};

template <bool kRstd>
RowRule Both(bool away) {
  RowRule rule{.inputs = "xxrrc", .outputs = "xcc"};
  rule.layout = LayAsInput<4>;
  rule.stages = {{"01234", "0", GradientOfX<kRstd, false>},
                 {"0123", "12", GradientOfParams<kRstd, 1>, nullptr, false,
                  Span::kColumns}};
  rule.steps = kSteps;
  rule.away = away;
  return rule;
}

template <bool kRstd, bool kKeeps>
RowRule OfX() {
  RowRule rule{.inputs = "xxrrc", .outputs = kKeeps ? "xx" : "x"};
  rule.layout = LayAsInput<4>;
  rule.stages = {{"01234", kKeeps ? "01" : "0", GradientOfX<kRstd, kKeeps>}};
  rule.steps = kSteps;
  return rule;
}

RowRule OfParams(const char* inputs, const char* loads, void (*run)(Row&)) {
  RowRule rule{.inputs = inputs, .outputs = "cc"};
  rule.layout = LayShapeGamma;
  rule.stages = {{loads, "01", run, nullptr, false, Span::kColumns}};
  rule.steps = {kVmul, kVadd, kVadd};
  return rule;
}

}  // namespace

ROW_OP(LayerNormGrad, Both<false>(false))
ROW_OP(LayerNormGradV3, Both<true>(true))
ROW_OP(LayerNormXBackprop, OfX<false, false>())
ROW_OP(LayerNormXBackpropV2, OfX<false, true>())
ROW_OP(LayerNormXBackpropV3, OfX<true, true>())
ROW_OP(LayerNormBetaGammaBackprop,
       OfParams("xxrr", "0123", GradientOfParams<false, 0>))
ROW_OP(LayerNormBetaGammaBackpropV2, OfParams("xx", "01", GradientOfParamsV2))

}  // namespace npuemu::kernels
