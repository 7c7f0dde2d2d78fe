// Losses of each element, reduced to their mean or sum or not at all, and their
// gradients. Any shape; optional weights broadcast. In f32 with one cast back;
// sums by arithmetic.md 7.8. What each computes, in its order: docs/rows.md.

#include "kernels/ops/loss/loss.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

void Mse(Row& r) {
  Lose(r, [&](int64_t j) {
    const float d = r.x(0)[j] - r.x(1)[j];
    return d * d;
  });
}

void Lp(Row& r) {
  Lose(r, [&](int64_t j) {
    const float d = Abs(r.x(0)[j] - r.x(1)[j]);
    return r.a[0] == 1 ? d : Pow(d, r.a[0]);
  });
}

void SmoothL1(Row& r) {
  const float sigma = r.a[0];
  Lose(r, [&](int64_t j) {
    const float d = Abs(r.x(0)[j] - r.x(1)[j]);
    return d < sigma ? 0.5f * d * d / sigma : d - 0.5f * sigma;
  });
}

// Of losses that are reduced to a mean, each has its share.
float Share(const Row& r, float gradient) {
  if (r.mode != kReduceMean) return gradient;
  return gradient / static_cast<float>(r.call->inputs[0].count());
}

void SmoothL1Gradient(Row& r) {
  const float sigma = r.a[0];
  for (int64_t j = 0; j < r.n; ++j) {
    const float d = r.x(0)[j] - r.x(1)[j];
    const float sign = d > 0 ? 1.0f : d < 0 ? -1.0f : d;
    const float slope = Abs(d) < sigma ? d / sigma : sign;
    r.y(0)[j] = Share(r, slope * r.At(2, j));
  }
}

float Weight(const Row& r, size_t i, int64_t j) {
  return r.has(i) ? r.At(i, j) : 1.0f;
}

// Inputs predict, target, weight, pos_weight.
void SigmoidCrossEntropy(Row& r) {
  Lose(r, [&](int64_t j) {
    const float x = r.x(0)[j];
    const float t = r.x(1)[j];
    const float log = Log1p(Exp(Abs(x) * -1.0f)) + Max(x * -1.0f, 0.0f);
    const float lift = r.has(3) ? (r.At(3, j) - 1.0f) * t + 1.0f : 1.0f;
    return ((1.0f - t) * x + lift * log) * Weight(r, 2, j);
  });
}

void BinaryCrossEntropy(Row& r) {
  Lose(r, [&](int64_t j) {
    const float x = r.x(0)[j];
    const float t = r.x(1)[j];
    const float a = Max(Ln(x), -100.0f);
    const float b = Max(Ln(1.0f - x), -100.0f);
    return (t * a + (1.0f - t) * b) * -1.0f * Weight(r, 2, j);
  });
}

// Inputs x, y, grad_output, weight.
void BinaryCrossEntropyGradient(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) {
    const float x = r.x(0)[j];
    const float slope =
        (x - r.x(1)[j]) / Max((1.0f - x) * x, 1e-12f) * r.At(2, j);
    r.y(0)[j] = Share(r, slope * Weight(r, 3, j));
  }
}

void KlDiv(Row& r) {
  Lose(r, [&](int64_t j) {
    const float t = r.x(1)[j];
    return t > 0 ? t * (Ln(t) - r.x(0)[j]) : t != t ? t : 0.0f;
  });
}

void KlDivOfLog(Row& r) {
  if (r.a[0] == 0) return KlDiv(r);
  Lose(r, [&](int64_t j) {
    const float t = r.x(1)[j];
    return Exp(t) * (t - r.x(0)[j]);
  });
}

void SoftMargin(Row& r) {
  Lose(r, [&](int64_t j) { return Log1p(Exp(r.x(0)[j] * r.x(1)[j] * -1.0f)); });
}

// Numbers: log_input, full, eps. 6.28… is 2 pi.
void PoissonNll(Row& r) {
  Lose(r, [&](int64_t j) {
    const float x = r.x(0)[j];
    const float t = r.x(1)[j];
    const float loss = r.a[0] != 0 ? Exp(x) - t * x : x - t * Ln(x + r.a[2]);
    if (r.a[1] == 0 || !(t > 1.0f)) return loss;
    return loss + (t * Ln(t) - t + 0.5f * Ln(0x1.921fb6p+2f * t));
  });
}

RowRule Loss(const char* inputs, const char* loads, void (*run)(Row&),
             std::vector<const char*> numbers = {}) {
  RowRule rule{.inputs = inputs, .outputs = "o"};
  rule.layout = LayElements;
  rule.stages = {{loads, "0", run, nullptr, true}};
  rule.numbers = std::move(numbers);
  rule.steps = {kVadd, kVmul, kVmul, kVcadd};
  return rule;
}

RowRule Batch(RowRule rule) {
  rule.layout = LayElementsOrBatch;
  return rule;
}

// Gradients have the shape of the input however losses were reduced.
OpStatus LayGradient(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s = SetReduction(call, false, layout); !s.ok()) return s;
  layout->view = call.inputs[0].shape;
  layout->along.assign(layout->view.size(), false);
  if (!layout->along.empty()) layout->along.back() = true;
  return {};
}

RowRule Gradient(RowRule rule) {
  rule.layout = LayGradient;
  rule.outputs = "x";
  return rule;
}

}  // namespace

ROW_OP(MseLoss, Loss("xx", "01", Mse))
ROW_OP(LpLoss, Loss("xx", "01", Lp, {"p"}))
ROW_OP(SmoothL1LossV2, Loss("xx", "01", SmoothL1, {"sigma"}))
ROW_OP(SmoothL1LossGradV2,
       Gradient(Loss("xxb", "012", SmoothL1Gradient, {"sigma"})))
ROW_OP(SigmoidCrossEntropyWithLogitsV2,
       Loss("xxbb", "0123", SigmoidCrossEntropy))
ROW_OP(BinaryCrossEntropy, Loss("xxb", "012", BinaryCrossEntropy))
ROW_OP(BinaryCrossEntropyGrad,
       Gradient(Loss("xxbb", "0123", BinaryCrossEntropyGradient)))
ROW_OP(KLDiv, Batch(Loss("xx", "01", KlDiv)))
ROW_OP(KLDivV2, Batch(Loss("xx", "01", KlDivOfLog, {"log_target"})))
ROW_OP(SoftMarginLoss, Loss("xx", "01", SoftMargin))
ROW_OP(PoissonNllLoss,
       Loss("xx", "01", PoissonNll, {"log_input", "full", "eps"}))

}  // namespace npuemu::kernels
