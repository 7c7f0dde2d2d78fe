// Losses of rows of scores, one for each sample: cross entropies, negative log
// likelihood, cosine losses. Labels out of range are a device exception. In f32
// with one cast back; sums by arithmetic.md 7.8. What each computes, in its
// order: docs/rows.md.

#include "kernels/ops/loss/loss.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Outputs loss and backprop.
void CrossEntropy(Row& r) {
  const float* x = r.x(0);
  const float* labels = r.x(1);
  float* e = r.y(1);
  const float largest = Largest(x, r.n);
  for (int64_t j = 0; j < r.n; ++j) e[j] = Exp(x[j] - largest);
  const float sum = r.Sum([&](int64_t j) { return e[j]; });
  const float log_sum = Ln(sum);
  r.y(0)[0] = r.Sum(
      [&](int64_t j) { return labels[j] * (log_sum - (x[j] - largest)); });
  for (int64_t j = 0; j < r.n; ++j) e[j] = e[j] / sum - labels[j];
}

// Whether the label names a class; else the call fails.
bool IsClass(Row& r, size_t i, int64_t label, int64_t classes) {
  if (label >= 0 && label < classes) return true;
  r.Refuse(std::string("input ") + r.call->op->inputs[i].name, label,
           "[0," + std::to_string(classes - 1) + "]");
  return false;
}

void SparseCrossEntropy(Row& r) {
  const float* x = r.x(0);
  const int64_t label = r.ix(1)[0];
  if (!IsClass(r, 1, label, r.n)) return;
  float* e = r.y(1);
  const float largest = Largest(x, r.n);
  for (int64_t j = 0; j < r.n; ++j) e[j] = Exp(x[j] - largest);
  const float sum = r.Sum([&](int64_t j) { return e[j]; });
  r.y(0)[0] = Ln(sum) - (x[label] - largest);
  for (int64_t j = 0; j < r.n; ++j) {
    e[j] = e[j] / sum - (j == label ? 1.0f : 0.0f);
  }
}

// The loss of a sample and its weight, which are 0 if its label is ignored.
void SetSample(Row& r, const float* log_p, int64_t label, bool ignored) {
  float* loss = r.y(kTemps);
  float* weight = r.y(kTemps + 1);
  loss[0] = weight[0] = 0.0f;
  if (!ignored) {
    if (!IsClass(r, 1, label, r.n)) return;
    weight[0] = r.has(2) ? r.x(2)[label] : 1.0f;
    loss[0] = log_p[label] * weight[0] * -1.0f;
  }
  r.y(0)[0] = loss[0];
}

// Numbers: ignore_index. Outputs loss and log_prop.
void SoftmaxCrossEntropy(Row& r) {
  const float* x = r.x(0);
  const float largest = Largest(x, r.n);
  const float log_sum =
      Ln(r.Sum([&](int64_t j) { return Exp(x[j] - largest); }));
  for (int64_t j = 0; j < r.n; ++j) r.y(1)[j] = x[j] - largest - log_sum;
  const int64_t label = r.ix(1)[0];
  SetSample(r, r.y(1), label,
            label == AttrOr<int64_t>(r.call->attrs, "ignore_index", 0));
}

void NegativeLogLikelihood(Row& r) {
  const int64_t label = r.ix(1)[0];
  SetSample(r, r.x(0), label,
            label == AttrOr<int64_t>(r.call->attrs, "ignore_index", -100));
}

// The mean of samples is weighted.
float ReducedSamples(Row& r, float* weights) {
  const float sum = r.Sum([&](int64_t j) { return r.x(kTemps)[j]; });
  *weights = r.Sum([&](int64_t j) { return r.x(kTemps + 1)[j]; });
  return r.mode == kReduceMean ? sum / *weights : sum;
}

void AllSamples(Row& r) {
  float weights;
  r.y(0)[0] = ReducedSamples(r, &weights);
}

// With no reduction the total weight is 0.
void AllSamplesAndWeights(Row& r) {
  float weights;
  r.y(0)[0] = ReducedSamples(r, &weights);
  r.y(1)[0] = r.mode == kReduceNone ? 0.0f : weights;
}

// Inputs x, y_grad, target, weight, total_weight.
void NllGradient(Row& r) {
  const int64_t label = r.ix(2)[0];
  float* dx = r.y(0);
  for (int64_t j = 0; j < r.n; ++j) dx[j] = 0.0f;
  if (label == AttrOr<int64_t>(r.call->attrs, "ignore_index", -100)) return;
  if (!IsClass(r, 2, label, r.n)) return;
  const float g = r.x(3)[label] * r.x(1)[0] * -1.0f;
  dx[label] = r.mode == kReduceMean ? g / r.x(4)[0] : g;
}

// Inputs x1, x2, target; numbers: margin.
void CosineEmbedding(Row& r) {
  const float* a = r.x(0);
  const float* b = r.x(1);
  const float dot = r.Sum([&](int64_t j) { return a[j] * b[j]; });
  const float aa = r.Sum([&](int64_t j) { return a[j] * a[j]; }) + 1e-12f;
  const float bb = r.Sum([&](int64_t j) { return b[j] * b[j]; }) + 1e-12f;
  const float cosine = dot / Sqrt(aa * bb);
  const float target = r.x(2)[0];
  float loss = 0.0f;
  if (target == 1) loss = 1.0f - cosine;
  if (target == -1) loss = Max(cosine - r.a[0], 0.0f);
  r.y(0)[0] = r.y(kTemps)[0] = loss;
}

// Inputs x, target; outputs y, is_target.
void MultilabelMargin(Row& r) {
  const float* x = r.x(0);
  const int64_t* targets = r.ix(1);
  int64_t* is_target = r.iy(1);
  int64_t count = 0;
  while (count < r.n && targets[count] >= 0) {
    if (!IsClass(r, 1, targets[count], r.n)) return;
    ++count;
  }
  std::fill_n(is_target, r.n, 0);
  for (int64_t t = 0; t < count; ++t) is_target[targets[t]] = 1;
  const auto margin = [&](int64_t i) {
    float sum = 0.0f;
    for (int64_t t = 0; t < count && is_target[i] == 0; ++t) {
      sum += Max(1.0f - x[targets[t]] + x[i], 0.0f);
    }
    return sum;
  };
  r.y(0)[0] = r.y(kTemps)[0] = r.Sum(margin) / static_cast<float>(r.n);
}

void MeanOrSum(Row& r) {
  const float sum = r.Sum([&](int64_t j) { return r.x(kTemps)[j]; });
  const auto n = static_cast<float>(r.n);
  r.y(0)[0] = r.mode == kReduceMean ? sum / n : sum;
}

void Cosine(Row& r) {
  const float* a = r.x(0);
  const float* b = r.x(1);
  const float dot = r.Sum([&](int64_t j) { return a[j] * b[j]; });
  const float aa = Sqrt(r.Sum([&](int64_t j) { return a[j] * a[j]; }));
  const float bb = Sqrt(r.Sum([&](int64_t j) { return b[j] * b[j]; }));
  r.y(0)[0] = dot / Max(aa * bb, r.a[0]);
}

// Scores are [N, C, ...] and one reduction word.
OpStatus LaySecond(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s = SetReduction(call, false, layout); !s.ok()) return s;
  return LayRows(call, 1, layout);
}

// Scores are [N, C] or [C].
OpStatus LayClasses(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s = SetReduction(call, false, layout); !s.ok()) return s;
  const size_t rank = call.inputs[0].shape.size();
  if (rank > 2) {
    return OpError(call,
                   std::string("input ") + call.op->inputs[0].name + " shape",
                   ToString(call.inputs[0].shape), "one or two extents");
  }
  return LayRows(call, rank == 2 ? 1 : 0, layout);
}

RowRule Samples(const char* inputs, const char* outputs,
                OpStatus (*layout)(const OpCall&, const Operands*, RowLayout*),
                std::vector<RowStage> stages) {
  RowRule rule{.inputs = inputs, .outputs = outputs};
  rule.temps = "rr";
  rule.layout = layout;
  rule.stages = std::move(stages);
  rule.steps = {kVcadd, kVadd, kVexp, kVcadd};
  return rule;
}

}  // namespace

ROW_OP(SoftmaxCrossEntropyWithLogits,
       {.inputs = "xx",
        .outputs = "rx",
        .axes = "-1",
        .stages = {{"01", "01", CrossEntropy}},
        .steps = {kVcadd, kVadd, kVexp, kVcadd, kVmul, kVcadd, kVdiv}})
ROW_OP(SparseSoftmaxCrossEntropyWithLogits,
       {.inputs = "xr",
        .outputs = "rx",
        .axes = "-1",
        .stages = {{"01", "01", SparseCrossEntropy}},
        .steps = {kVcadd, kVadd, kVexp, kVcadd, kVdiv},
        .engine = Engine::kAiCpu})
ROW_OP(SoftmaxCrossEntropyLoss,
       Samples("xrc", "px", LaySecond,
               {{"012", "01tu", SoftmaxCrossEntropy},
                {"tu", "0", AllSamples, nullptr, false, Span::kTotal}}))
ROW_OP(NLLLoss, Samples("xrc", "p1", LayClasses,
                        {{"012", "0tu", NegativeLogLikelihood},
                         {"tu", "01", AllSamplesAndWeights, nullptr, false,
                          Span::kTotal}}))
ROW_OP(NLLLossGrad,
       Samples("xprc1", "x", LayClasses, {{"01234", "0", NllGradient}}))
ROW_OP(CosineEmbeddingLoss,
       {.inputs = "xxr",
        .outputs = "p",
        .temps = "r",
        .layout = LayClasses,
        .stages = {{"012", "0t", CosineEmbedding},
                   {"t", "0", MeanOrSum, nullptr, false, Span::kTotal}},
        .numbers = {"margin"},
        .steps = {kVmul, kVcadd, kVmul, kVcadd},
        .floats = true})
ROW_OP(MultilabelMarginLoss,
       {.inputs = "xx",
        .outputs = "px",
        .temps = "r",
        .layout = LayClasses,
        .stages = {{"01", "01t", MultilabelMargin},
                   {"t", "0", MeanOrSum, nullptr, false, Span::kTotal}},
        .steps = {kVadd, kVadd, kVcadd}})
ROW_OP(CosineSimilarity, {.inputs = "xx",
                          .outputs = "r",
                          .axes = "dim",
                          .stages = {{"01", "0", Cosine}},
                          .numbers = {"eps"},
                          .steps = {kVmul, kVcadd, kVmul, kVcadd}})

}  // namespace npuemu::kernels
