// Instance and group norms: a row is a channel, or a group of channels, of one
// sample; gamma and beta have a value for each channel. In f32 with one cast
// back, bf16 of the group norms with ties away (arithmetic.md 7.8); sums
// by 7.8. In order: docs/rows.md.

#include "kernels/op/functions.h"
#include "kernels/ops/norm/channel_norm.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Outputs y, mean and the variance or 1 / sqrt of it.
template <bool kRstd>
void Normalize(Row& r) {
  const Statistics s = StatisticsOf(r);
  const float variance = s.squares / static_cast<float>(r.n);
  const float rstd = RstdOf(variance, r.a[0]);
  ScaleRow(r, s.mean, rstd, 1, 2);
  r.y(1)[0] = s.mean;
  r.y(2)[0] = kRstd ? rstd : variance;
}

// Numbers: eps, whether to activate, the scale of swish.
template <bool kScaled>
void NormalizeAndActivate(Row& r) {
  Normalize<true>(r);
  if (r.a[1] == 0) return;
  float* y = r.y(0);
  for (int64_t j = 0; j < r.n; ++j) {
    y[j] = y[j] * Sigmoid(kScaled ? y[j] * r.a[2] : y[j]);
  }
}

// Inputs x, gamma, beta, mean, variance, of which the last two are needed.
void InferInstance(Row& r) {
  ScaleRow(r, r.x(3)[0], RstdOf(r.x(4)[0], r.a[0]), 1, 2);
  r.y(1)[0] = r.x(3)[0];
  r.y(2)[0] = r.x(4)[0];
}

OpStatus NeedsMean(const OpCall& call, const RowLayout&,
                   std::vector<TensorSpec>*) {
  for (size_t i : {size_t{3}, size_t{4}}) {
    if (HasInput(call, i)) continue;
    return OpError(call, std::string("input ") + call.op->inputs[i].name,
                   "none", "a tensor");
  }
  return {};
}

OpStatus NeedsTraining(const OpCall& call, const RowLayout&,
                       std::vector<TensorSpec>*) {
  if (AttrOr<bool>(call.attrs, "is_training", true)) return {};
  return OpError(call, "attribute is_training", "false", "true");
}

RowRule Groups(RowStage stage, std::vector<const char*> numbers) {
  RowRule rule{.inputs = "xgg", .outputs = "xrr"};
  rule.layout = LayGroups;
  rule.stages = {stage};
  rule.numbers = std::move(numbers);
  rule.steps = {kVcadd, kVadds, kVmul, kVcadd, kVmuls, kVmul, kVadd};
  rule.away = true;
  return rule;
}

RowRule Trained(RowRule rule) {
  rule.check = NeedsTraining;
  return rule;
}

RowRule Instances(const char* inputs, RowStage stage, const char* epsilon) {
  RowRule rule = Groups(stage, {epsilon});
  rule.inputs = inputs;
  rule.layout = LayInstances;
  rule.away = false;
  return rule;
}

RowRule InferInstances() {
  RowRule rule = Instances("xggrr", {"01234", "012", InferInstance}, "epsilon");
  rule.check = NeedsMean;
  return rule;
}

}  // namespace

ROW_OP(GroupNorm, Trained(Groups({"012", "012", Normalize<false>}, {"eps"})))
ROW_OP(GroupNormV2, Trained(Groups({"012", "012", Normalize<true>}, {"eps"})))
ROW_OP(GroupNormSilu, Groups({"012", "012", NormalizeAndActivate<false>},
                             {"eps", "activate_silu"}))
ROW_OP(GroupNormSwish, Groups({"012", "012", NormalizeAndActivate<true>},
                              {"eps", "activate_swish", "swish_scale"}))
ROW_OP(InstanceNorm,
       Instances("xgg", {"012", "012", Normalize<false>}, "epsilon"))
ROW_OP(INInferV2, InferInstances())

}  // namespace npuemu::kernels
