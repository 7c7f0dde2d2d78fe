// Softmax along axes, its logarithm, masked forms and gradients. Any shape; ND.
// In f32 with one cast back; the row sum of arithmetic.md 7.8, the maximum of
// 7.3. What each computes, in its order: docs/rows.md.

#include "kernels/numeric/exp_block.h"
#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// y = softmax of x, whose largest is known; they may be one buffer.
void SoftmaxOf(Row& r, const float* x, float largest, float* y) {
  for (int64_t j = 0; j < r.n; ++j) y[j] = x[j] - largest;
  ExpFloats(y, y, static_cast<size_t>(r.n));
  const float sum = r.Sum([&](int64_t j) { return y[j]; });
  for (int64_t j = 0; j < r.n; ++j) y[j] = y[j] / sum;
}

// In two stages: the largest of each row goes through the workspace.
void LargestOfRow(Row& r) { r.y(kTemps)[0] = Largest(r.x(0), r.n); }
void Softmax(Row& r) { SoftmaxOf(r, r.x(0), r.x(kTemps)[0], r.y(0)); }

void LogSoftmax(Row& r) {
  const float* x = r.x(0);
  const float largest = Largest(x, r.n);
  const float log_sum =
      Ln(r.Sum([&](int64_t j) { return Exp(x[j] - largest); }));
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = x[j] - largest - log_sum;
}

// Inputs softmax and its gradient.
void Gradient(Row& r) {
  const float* y = r.x(0);
  const float* dy = r.x(1);
  const float sum = r.Sum([&](int64_t j) { return dy[j] * y[j]; });
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = (dy[j] - sum) * y[j];
}

// Inputs grad, x1 = softmax, x2.
void GradientExt(Row& r) {
  const float* dy = r.x(0);
  const float* y = r.x(1);
  const float sum = r.Sum([&](int64_t j) { return dy[j] * y[j]; });
  for (int64_t j = 0; j < r.n; ++j) {
    r.y(0)[j] = (dy[j] - sum) * (y[j] * r.At(2, j));
  }
}

// Inputs grad and the logarithm of softmax.
void LogGradient(Row& r) {
  const float* dy = r.x(0);
  const float* x = r.x(1);
  const float sum = r.Sum([&](int64_t j) { return dy[j]; });
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = dy[j] - Exp(x[j]) * sum;
}

void ConfusionGradient(Row& r) {
  const float* dy = r.x(0);
  const float* x = r.x(1);
  const float sum = r.Sum([&](int64_t j) { return dy[j] * x[j]; });
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = dy[j] - sum;
}

// Whether element j is masked, by input `mask` or, with fixed_triu_mask, right
// of the diagonal of the last two axes.
bool IsMasked(const Row& r, size_t mask, int64_t j) {
  if (r.a[1] != 0) {
    const Shape& shape = r.call->inputs[0].shape;
    const int64_t places = shape.size() < 2 ? 1 : shape[shape.size() - 2];
    return j > r.row % places;
  }
  return r.has(mask) && r.ix(mask)[r.one[mask] ? 0 : j] != 0;
}

// Numbers: scale, fixed_triu_mask.
void Masked(Row& r) {
  const float* x = r.x(0);
  float* y = r.y(0);
  for (int64_t j = 0; j < r.n; ++j) {
    y[j] = IsMasked(r, 1, j) ? -10000.0f : x[j] * r.a[0];
  }
  SoftmaxOf(r, y, Largest(y, r.n), y);
}

void MaskedGradient(Row& r) {
  const float* dy = r.x(0);
  const float* y = r.x(1);
  const float sum = r.Sum([&](int64_t j) { return dy[j] * y[j]; });
  for (int64_t j = 0; j < r.n; ++j) {
    const float g = (dy[j] - sum) * y[j];
    r.y(0)[j] = IsMasked(r, 2, j) ? 0.0f : g * r.a[0];
  }
}

// half_to_float leaves results of f16 in f32.
OpStatus HalfToFloat(const OpCall& call, const RowLayout&,
                     std::vector<TensorSpec>* outputs) {
  TensorSpec& y = (*outputs)[0];
  y.dtype = call.inputs[0].dtype;
  if (!AttrOr<bool>(call.attrs, "half_to_float", false)) return {};
  if (y.dtype != DataType::kFloat16) {
    return OpError(call, "input x with half_to_float", NameOf(y.dtype),
                   NameOf(DataType::kFloat16));
  }
  y.dtype = DataType::kFloat;
  return {};
}

RowRule Along(const char* axes, const char* inputs, RowStage stage) {
  RowRule rule{.inputs = inputs, .outputs = "x"};
  rule.axes = axes;
  rule.no_axes = NoAxes::kRefused;
  rule.stages = {stage};
  rule.steps = {kVmul, kVcadd, kVadd, kVmul};
  return rule;
}

RowRule WithSteps(RowRule rule) {
  rule.steps = {kVcadd, kVadd, kVexp, kVcadd, kVdiv};
  return rule;
}

RowRule SoftmaxRule() {
  RowRule rule = WithSteps(Along("axes", "x", {"0", "t", LargestOfRow}));
  rule.temps = "r";
  rule.stages.push_back({"0t", "0", Softmax});
  rule.check = HalfToFloat;
  return rule;
}

RowRule MaskedRule(const char* inputs, RowStage stage) {
  RowRule rule = WithSteps(Along("-1", inputs, stage));
  rule.numbers = {"scale", "fixed_triu_mask"};
  return rule;
}

}  // namespace

ROW_OP(SoftmaxV2, SoftmaxRule())
ROW_OP(SoftmaxGrad, Along("axes", "xx", {"01", "0", Gradient}))
ROW_OP(SoftmaxGradExt, Along("axes", "xxb", {"012", "0", GradientExt}))
ROW_OP(LogSoftmaxV2, WithSteps(Along("axes", "x", {"0", "0", LogSoftmax})))
ROW_OP(LogSoftmaxGrad, Along("axis", "xx", {"01", "0", LogGradient}))
ROW_OP(ConfusionSoftmaxGrad, Along("-1", "xx", {"01", "0", ConfusionGradient}))
ROW_OP(ScaledMaskedSoftmax, MaskedRule("xb", {"01", "0", Masked}))
ROW_OP(ScaledMaskedSoftmaxGrad, MaskedRule("xxb", {"012", "0", MaskedGradient}))

}  // namespace npuemu::kernels
