// Batch norms: a row is a channel, the second axis or the last one
// (data_format, else the format of x). In f32 with one cast back, bf16 of
// BatchNormV3 with ties away; sums by arithmetic.md 7.8. In order:
// docs/rows.md.

#include "kernels/ops/norm/channel_norm.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Elements less one, for the unbiased variance; at least 1.
float Unbiased(const Row& r, float squares) {
  return squares / Max(static_cast<float>(r.n) - 1.0f, 1.0f);
}

// Inputs x, scale, offset, mean, variance; numbers epsilon, is_training,
// exponential_avg_factor. Without training, mean and variance are needed.
void Train(Row& r) {
  if (r.a[1] == 0) {
    const float mean = r.x(3)[0];
    const float variance = r.x(4)[0];
    ScaleRow(r, mean, RstdOf(variance, r.a[0]), 1, 2);
    r.y(1)[0] = r.y(3)[0] = mean;
    r.y(2)[0] = r.y(4)[0] = variance;
  } else {
    const Statistics s = StatisticsOf(r);
    const float variance = s.squares / static_cast<float>(r.n);
    const float unbiased = Unbiased(r, s.squares);
    ScaleRow(r, s.mean, RstdOf(variance, r.a[0]), 1, 2);
    const bool moves = r.a[2] != 1.0f && r.has(3) && r.has(4);
    r.y(1)[0] = moves ? Moved(r.x(3)[0], s.mean, r.a[2]) : s.mean;
    r.y(2)[0] = moves ? Moved(r.x(4)[0], unbiased, r.a[2]) : unbiased;
    r.y(3)[0] = s.mean;
    r.y(4)[0] = variance;
  }
  r.y(5)[0] = 0.0f;
}

// Inputs x, weight, bias, running_mean, running_var; numbers epsilon, momentum,
// is_training. Outputs y, running_mean, running_var, save_mean, save_rstd.
void TrainV3(Row& r) {
  float mean = r.x(3)[0];
  float variance = r.x(4)[0];
  r.y(1)[0] = mean;
  r.y(2)[0] = variance;
  if (r.a[2] != 0) {
    const Statistics s = StatisticsOf(r);
    r.y(1)[0] = Moved(mean, s.mean, r.a[1]);
    r.y(2)[0] = Moved(variance, Unbiased(r, s.squares), r.a[1]);
    mean = s.mean;
    variance = s.squares / static_cast<float>(r.n);
  }
  const float rstd = RstdOf(variance, r.a[0]);
  ScaleRow(r, mean, rstd, 1, 2);
  r.y(3)[0] = mean;
  r.y(4)[0] = rstd;
}

// Inputs y_backprop, x, scale, mean, variance; numbers epsilon, is_training.
void Gradient(Row& r) {
  const float* dy = r.x(0);
  const float* x = r.x(1);
  const float mean = r.x(3)[0];
  const float rstd = RstdOf(r.x(4)[0], r.a[0]);
  const auto n = static_cast<float>(r.n);
  const float ds =
      r.Sum([&](int64_t j) { return dy[j] * ((x[j] - mean) * rstd); });
  const float db = r.Sum([&](int64_t j) { return dy[j]; });
  const float slope = r.x(2)[0] * rstd;
  for (int64_t j = 0; j < r.n; ++j) {
    const float h = (x[j] - mean) * rstd;
    const float g = r.a[1] != 0 ? dy[j] - (h * (ds / n) + db / n) : dy[j];
    r.y(0)[j] = g * slope;
  }
  r.y(1)[0] = ds;
  r.y(2)[0] = db;
  r.y(3)[0] = r.y(4)[0] = 0.0f;
}

// Inputs x, scale, offset, mean, variance.
void Infer(Row& r) { ScaleRow(r, r.x(3)[0], RstdOf(r.x(4)[0], r.a[0]), 1, 2); }

// Inputs x, mean, variance, momentum, scale, offset: Caffe's, where momentum is
// what mean and variance were multiplied with; 0 makes them 0.
void Inference(Row& r) {
  const float m = r.x(3)[0];
  const float factor = m == 0.0f ? 0.0f : 1.0f / m;
  const float mean = r.x(1)[0] * factor;
  ScaleRow(r, mean, RstdOf(r.x(2)[0] * factor, r.a[0]), 4, 5);
}

// Inputs x, mean, variance, scale, b.
void InferenceD(Row& r) {
  ScaleRow(r, r.x(1)[0], RstdOf(r.x(2)[0], r.a[0]), 3, 4);
}

OpStatus NeedsMean(const OpCall& call, const RowLayout&,
                   std::vector<TensorSpec>*) {
  if (AttrOr<bool>(call.attrs, "is_training", true)) return {};
  for (size_t i : {size_t{3}, size_t{4}}) {
    if (HasInput(call, i)) continue;
    return OpError(call, std::string("input ") + call.op->inputs[i].name,
                   "none", "a tensor, as is_training is false");
  }
  return {};
}

OpStatus NeedsGlobal(const OpCall& call, const RowLayout&,
                     std::vector<TensorSpec>*) {
  if (AttrOr<bool>(call.attrs, "use_global_stats", true)) return {};
  return OpError(call, "attribute use_global_stats", "false", "true");
}

RowRule Channels(const char* inputs, const char* outputs, RowStage stage,
                 std::vector<const char*> numbers) {
  RowRule rule{.inputs = inputs, .outputs = outputs};
  rule.layout = LayChannels;
  rule.stages = {stage};
  rule.numbers = std::move(numbers);
  rule.steps = {kVcadd, kVadds, kVmul, kVcadd, kVmuls, kVmuls, kVadds};
  return rule;
}

RowRule Checked(RowRule rule, OpStatus (*check)(const OpCall&, const RowLayout&,
                                                std::vector<TensorSpec>*)) {
  rule.check = check;
  return rule;
}

RowRule Away(RowRule rule) {
  rule.away = true;
  return rule;
}

}  // namespace

ROW_OP(BatchNorm,
       Checked(Channels("xrrrr", "xrrrrr", {"01234", "012345", Train},
                        {"epsilon", "is_training", "exponential_avg_factor"}),
               NeedsMean))
ROW_OP(BatchNormV3, Away(Channels("xrrrr", "xrrrr", {"01234", "01234", TrainV3},
                                  {"epsilon", "momentum", "is_training"})))
ROW_OP(BatchNormGrad, Channels("xxrrr-", "xrrrr", {"01234", "01234", Gradient},
                               {"epsilon", "is_training"}))
ROW_OP(BNInfer, Channels("xrrrr", "x", {"01234", "0", Infer}, {"epsilon"}))
ROW_OP(BNInference,
       Checked(Channels("xrr1rr", "x", {"012345", "0", Inference}, {"epsilon"}),
               NeedsGlobal))
ROW_OP(BNInferenceD,
       Checked(Channels("xrrrr", "x", {"01234", "0", InferenceD}, {"epsilon"}),
               NeedsGlobal))

}  // namespace npuemu::kernels
