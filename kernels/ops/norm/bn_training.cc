// Batch and instance norm in steps: sums of a channel (an instance), then what
// is made of them, then the gradients. In f32 with one cast back; sums by
// arithmetic.md 7.8. In order: docs/rows.md.

#include "kernels/ops/norm/channel_norm.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

void Sums(Row& r) {
  const float* x = r.x(0);
  const float sum = r.Sum([&](int64_t j) { return x[j]; }, 0);
  const float squares = r.Sum([&](int64_t j) { return x[j] * x[j]; }, 1);
  if (!r.last) return;
  r.y(0)[0] = sum;
  r.y(1)[0] = squares;
}

// Mean and variance of inputs sum and square_sum.
Statistics FromSums(const Row& r) {
  const auto n = static_cast<float>(r.n);
  const float mean = r.x(1)[0] / n;
  return {mean, r.x(2)[0] / n - mean * mean};
}

// n / (n - 1), at least over 1.
float UnbiasedShare(const Row& r) {
  const auto n = static_cast<float>(r.n);
  return n / Max(n - 1.0f, 1.0f);
}

// Inputs x, sum, square_sum, scale, offset, mean, variance; numbers epsilon,
// factor. Outputs y, mean, variance, batch_mean, batch_variance.
void Update(Row& r) {
  const auto [mean, variance] = FromSums(r);
  ScaleRow(r, mean, RstdOf(variance, r.a[0]), 3, 4);
  r.y(1)[0] = Moved(r.x(5)[0], mean, r.a[1]);
  r.y(2)[0] = Moved(r.x(6)[0], variance * UnbiasedShare(r), r.a[1]);
  r.y(3)[0] = mean;
  r.y(4)[0] = variance;
}

// Outputs y, batch_mean, batch_variance and, in V3, the same as reserves.
template <bool kReserves>
void UpdateV2(Row& r) {
  const auto [mean, variance] = FromSums(r);
  ScaleRow(r, mean, RstdOf(variance, r.a[0]), 3, 4);
  r.y(1)[0] = mean;
  r.y(2)[0] = variance;
  if (!kReserves) return;
  r.y(3)[0] = mean;
  r.y(4)[0] = variance;
}

// Inputs x, sum, square_sum, gamma, beta, mean, variance; numbers epsilon,
// momentum. Outputs y, batch_mean, batch_variance, which are running values if
// mean and variance are given.
void UpdateInstance(Row& r) {
  const auto [mean, variance] = FromSums(r);
  ScaleRow(r, mean, RstdOf(variance, r.a[0]), 3, 4);
  const bool moves = r.has(5) && r.has(6);
  const float unbiased = variance * UnbiasedShare(r);
  r.y(1)[0] = moves ? Moved(r.x(5)[0], mean, r.a[1]) : mean;
  r.y(2)[0] = moves ? Moved(r.x(6)[0], unbiased, r.a[1]) : variance;
}

// Inputs grads, x, batch_mean, batch_variance.
void UpdateGradient(Row& r) {
  const float* dy = r.x(0);
  const float* x = r.x(1);
  const float mean = r.x(2)[0];
  const float rstd = RstdOf(r.x(3)[0], r.a[0]);
  const float ds =
      r.Sum([&](int64_t j) { return dy[j] * ((x[j] - mean) * rstd); }, 0);
  const float db = r.Sum([&](int64_t j) { return dy[j]; }, 1);
  if (!r.last) return;
  r.y(0)[0] = ds;
  r.y(1)[0] = db;
}

// Inputs grads, x, diff_scale, diff_offset, scale, batch_mean, batch_variance.
void ReduceGradient(Row& r) {
  const float mean = r.x(5)[0];
  const float rstd = RstdOf(r.x(6)[0], r.a[0]);
  const auto n = static_cast<float>(r.n);
  const float ds = r.x(2)[0] / n;
  const float db = r.x(3)[0] / n;
  const float slope = r.x(4)[0] * rstd;
  for (int64_t j = 0; j < r.n; ++j) {
    const float h = (r.x(1)[j] - mean) * rstd;
    r.y(0)[j] = (r.x(0)[j] - (h * ds + db)) * slope;
  }
}

RowRule Steps(const char* inputs, const char* outputs, RowStage stage,
              std::vector<const char*> numbers, bool instances = false) {
  RowRule rule{.inputs = inputs, .outputs = outputs};
  rule.layout = instances ? LayInstances : LayChannels;
  rule.stages = {stage};
  rule.numbers = std::move(numbers);
  rule.steps = {kVadds, kVmuls, kVmuls, kVadds};
  return rule;
}

}  // namespace

ROW_OP(BNTrainingReduce, Steps("x", "rr", {"0", "01", Sums, nullptr, true}, {}))
ROW_OP(BNTrainingUpdate, Steps("xrrrrrr", "xrrrr", {"0123456", "01234", Update},
                               {"epsilon", "factor"}))
ROW_OP(BNTrainingUpdateV2,
       Steps("xrrrr", "xrr", {"01234", "012", UpdateV2<false>}, {"epsilon"}))
ROW_OP(BNTrainingUpdateV3,
       Steps("xrrrr", "xrrrr", {"01234", "01234", UpdateV2<true>}, {"epsilon"}))
ROW_OP(BNTrainingUpdateGrad,
       Steps("xxrr", "rr", {"0123", "01", UpdateGradient, nullptr, true},
             {"epsilon"}))
ROW_OP(BNTrainingReduceGrad,
       Steps("xxrrrrr", "x", {"0123456", "0", ReduceGradient}, {"epsilon"}))
ROW_OP(INTrainingReduceV2,
       Steps("x", "rr", {"0", "01", Sums, nullptr, true}, {}, true))
ROW_OP(INTrainingUpdateV2,
       Steps("xrrggrr", "xrr", {"0123456", "012", UpdateInstance},
             {"epsilon", "momentum"}, true))

}  // namespace npuemu::kernels
