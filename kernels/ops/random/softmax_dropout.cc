// Softmax along axes followed by dropout, and the gradient of both: rows of
// any shape, ND, masks of one byte an element. In f32, sums by 64 lanes and a
// tree (arithmetic.md 7.8), one cast back. In order: docs/random.md.

#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

float Dropped(const Row& r, size_t mask, int64_t j, float x, float scale) {
  const bool kept = r.ix(mask)[r.one[mask] ? 0 : j] != 0;
  return kept ? x * scale : 0.0f;
}

// y1 holds what softmax is taken of.
void SoftmaxAndDrop(Row& r, size_t mask, float keep) {
  float* y = r.y(0);
  const float scale = 1.0f / keep;
  const float largest = Largest(y, r.n);
  for (int64_t j = 0; j < r.n; ++j) y[j] = Exp(y[j] - largest);
  const float sum = r.Sum([&](int64_t j) { return y[j]; });
  for (int64_t j = 0; j < r.n; ++j) {
    y[j] = y[j] / sum;
    r.y(1)[j] = Dropped(r, mask, j, y[j], scale);
  }
}

// Number keep_prob.
void SoftmaxDropped(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = r.At(0, j);
  SoftmaxAndDrop(r, 1, r.a[0]);
}

// Numbers alpha, input_keep_prob.
void AxpySoftmaxDropped(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) {
    r.y(0)[j] = r.At(0, j) + r.At(1, j) * r.a[0];
  }
  SoftmaxAndDrop(r, 2, r.a[1]);
}

// Inputs y_grad, mask, softmax_output; numbers input_keep_prob, alpha.
void Gradient(Row& r) {
  float* g = r.y(0);
  const float scale = 1.0f / r.a[0];
  for (int64_t j = 0; j < r.n; ++j) {
    g[j] = Dropped(r, 1, j, r.At(0, j), scale);
  }
  const float sum = r.Sum([&](int64_t j) { return g[j] * r.At(2, j); });
  for (int64_t j = 0; j < r.n; ++j) {
    g[j] = ((g[j] - sum) * r.At(2, j)) * r.a[1];
  }
}

RowRule Along(const char* axes, const char* inputs, const char* outputs,
              RowStage stage, std::vector<const char*> numbers) {
  RowRule rule{.inputs = inputs, .outputs = outputs};
  rule.axes = axes;
  rule.no_axes = NoAxes::kRefused;
  rule.stages = {stage};
  rule.numbers = std::move(numbers);
  rule.steps = {kVcadd, kVadd, kVexp, kVcadd, kVdiv, kVmul, kVsel};
  rule.exactness =
      "the sequence of docs/random.md in f32, sums by 64 lanes and a tree "
      "(7.8), one cast back";
  return rule;
}

}  // namespace

ROW_OP(SoftmaxV2WithDropOutDoMaskV3D,
       Along("axes", "xx", "xx", {"01", "01", SoftmaxDropped}, {"keep_prob"}))
ROW_OP(AxpyWithSoftmaxAndDropOutDoMask,
       Along("axis", "xxx", "xx", {"012", "01", AxpySoftmaxDropped},
             {"alpha", "input_keep_prob"}))
ROW_OP(DropoutWithMulsAndSoftmaxGrad,
       Along("axes", "xxx", "x", {"012", "0", Gradient},
             {"input_keep_prob", "alpha"}))

}  // namespace npuemu::kernels
