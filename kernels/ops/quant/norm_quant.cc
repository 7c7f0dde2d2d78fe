// Norms whose results are quantised twice: rows along the last axes, as many
// as gamma has, in f32; the norms as AddRmsNorm and AddLayerNorm. In order:
// docs/quantisation.md.

#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/norm/row_norm.h"
#include "kernels/ops/quant/quant.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Output k of what is normalised, by input `scale` and `zero`: a quotient or a
// product, then a sum; zeros without a scale.
void Affine(Row& r, const float* y, size_t k, size_t scale, size_t zero,
            bool divides) {
  for (int64_t j = 0; j < r.n; ++j) {
    if (!r.has(scale)) {
      r.iy(k)[j] = 0;
      continue;
    }
    float q = divides ? y[j] / r.At(scale, j) : y[j] * r.At(scale, j);
    if (r.has(zero)) q = q + r.At(zero, j);
    r.iy(k)[j] = ToInt8(Rint(q));
  }
}

// Inputs x1, x2, gamma, scales1, scales2, zero_points1, zero_points2; outputs
// y1, y2, x; numbers epsilon, div_mode.
void RmsQuantised(Row& r) {
  float* x = r.y(2);
  for (int64_t j = 0; j < r.n; ++j) x[j] = r.x(0)[j] + r.x(1)[j];
  std::vector<float> y(static_cast<size_t>(r.n));
  (void)RmsNormalize(r, x, r.x(2), false, y.data());
  Affine(r, y.data(), 0, 3, 5, r.a[1] != 0);
  Affine(r, y.data(), 1, 4, 6, r.a[1] != 0);
}

OpStatus LayRms(const OpCall& call, const Operands* operands,
                RowLayout* layout) {
  const auto axis = AttrOf<int64_t>(call, "axis", -1);
  if (axis != -1) {
    return OpError(call, "attribute axis", std::to_string(axis), "-1");
  }
  return LayAsInput<2>(call, operands, layout);
}

// Output k and its scale: of the row itself.
void OwnScale(Row& r, const std::vector<float>& y, size_t k, size_t scale,
              std::vector<float>* t) {
  for (int64_t j = 0; j < r.n; ++j) {
    const auto at = static_cast<size_t>(j);
    (*t)[at] = r.has(scale) ? y[at] * r.At(scale, j) : y[at];
  }
  r.y(3 + k)[0] = QuantiseRow(t->data(), r.n, r.iy(k));
}

// x1 + x2 + bias to output `k`, which is returned normalised and scaled.
std::vector<float> Normalised(Row& r, size_t k) {
  float* x = r.y(k);
  for (int64_t j = 0; j < r.n; ++j) x[j] = r.x(0)[j] + r.x(1)[j];
  if (r.has(4)) {
    for (int64_t j = 0; j < r.n; ++j) x[j] = x[j] + r.At(4, j);
  }
  std::vector<float> y(static_cast<size_t>(r.n));
  (void)LayerNormalize(r, x, r.a[0], y.data());
  ScaleByParams(r, 2, 3, y.data());
  return y;
}

// Inputs x1, x2, gamma, beta, bias, then scales and zero points, kScales of
// each; outputs as many results, then x.
template <size_t kScales>
void LayerScaled(Row& r) {
  const std::vector<float> y = Normalised(r, kScales);
  for (size_t k = 0; k < kScales; ++k) {
    Affine(r, y.data(), k, 5 + k, 5 + kScales + k, true);
  }
}

// int8 is the only quantised type, the last axis the only one.
OpStatus LayScaledLayer(const OpCall& call, const Operands* operands,
                        RowLayout* layout) {
  const auto type = AttrOf<int64_t>(call, "dtype", 0);
  if (type != static_cast<int64_t>(DataType::kInt8)) {
    return OpError(call, "attribute dtype", std::to_string(type), "2 (int8)");
  }
  return LayRms(call, operands, layout);
}

// Inputs x1, x2, gamma, beta, bias, scales1, scales2, zero_points1,
// zero_points2; outputs y1, y2, x, out_scales1, out_scales2; mode 1 is static.
void LayerQuantised(Row& r) {
  const std::vector<float> y = Normalised(r, 2);
  if (r.mode == 1) {
    Affine(r, y.data(), 0, 5, 7, true);
    Affine(r, y.data(), 1, 6, 8, true);
    r.y(3)[0] = r.y(4)[0] = 0;
    return;
  }
  std::vector<float> t(y.size());
  OwnScale(r, y, 0, 5, &t);
  if (r.has(6)) {
    OwnScale(r, y, 1, 6, &t);
  } else {
    std::fill_n(r.iy(1), r.n, 0);
    r.y(4)[0] = 0;
  }
}

OpStatus LayLayer(const OpCall& call, const Operands* operands,
                  RowLayout* layout) {
  if (OpStatus s = LayAsInput<2>(call, operands, layout); !s.ok()) return s;
  layout->row_shape.resize(layout->row_shape.size() -
                           layout->column_shape.size());
  return WordOfAttr(call, "quant_mode", {"dynamic", "static"}, &layout->mode);
}

constexpr const char* kSays =
    "the sequence of docs/quantisation.md in f32, then rounded and clamped to "
    "int8";

RowRule ScaledLayer(const char* inputs, const char* outputs, RowStage stage) {
  RowRule rule{.inputs = inputs, .outputs = outputs};
  rule.layout = LayScaledLayer;
  rule.stages = {stage};
  rule.numbers = {"epsilon"};
  rule.steps = {kVadd,  kVmuls, kVcadd, kVadds, kVmul, kVcadd,
                kVmuls, kVmul,  kVadd,  kVdiv,  kVconv};
  rule.exactness = kSays;
  return rule;
}

}  // namespace

ROW_OP(QuantizeAddLayerNorm,
       ScaledLayer("xxccbcc", "xx", {"0123456", "01", LayerScaled<1>}))
ROW_OP(DuaQuantizeAddLayerNorm,
       ScaledLayer("xxccbcccc", "xxx", {"012345678", "012", LayerScaled<2>}))
ROW_OP(AddRmsNormQuant, {.inputs = "xxccccc",
                         .outputs = "xxx",
                         .layout = LayRms,
                         .stages = {{"0123456", "012", RmsQuantised}},
                         .numbers = {"epsilon", "div_mode"},
                         .steps = {kVadd, kVmul, kVcadd, kVmuls, kVmul, kVdiv,
                                   kVdiv, kVconv, kVconv},
                         .floats = true,
                         .exactness = kSays})
ROW_OP(AddLayerNormQuant,
       {.inputs = "xxccbcccc",
        .outputs = "xxxrr",
        .layout = LayLayer,
        .stages = {{"012345678", "01234", LayerQuantised}},
        .numbers = {"epsilon"},
        .steps = {kVadd, kVmuls, kVcadd, kVadds, kVmul, kVcadd, kVmuls, kVmul,
                  kVadd, kVcadd, kVcadd, kVconv, kVconv},
        .exactness = kSays})

}  // namespace npuemu::kernels
