// File: row_norm.h
// RMS and layer norms of one row in f32, in the order of docs/rows.md: sums by
// halves, and by a tree for each 64 values (arithmetic.md 7.8). Pure.

#ifndef KERNELS_OPS_NORM_ROW_NORM_H_
#define KERNELS_OPS_NORM_ROW_NORM_H_

#include "kernels/op/rows.h"

namespace npuemu::kernels {

// y = x * rstd * (plus + gamma); they may be one buffer.
inline float RmsNormalize(Row& r, const float* x, const float* gamma,
                          bool one_more, float* y) {
  const float share = 1.0f / static_cast<float>(r.n);
  const float sum = r.HalfSum([&](int64_t j) { return x[j] * x[j]; });
  const float rstd = 1.0f / Sqrt(sum * share + r.a[0]);
  if (one_more) {
    for (int64_t j = 0; j < r.n; ++j) y[j] = x[j] * rstd * (gamma[j] + 1.0f);
  } else {
    for (int64_t j = 0; j < r.n; ++j) y[j] = x[j] * rstd * gamma[j];
  }
  return rstd;
}

struct Moments {
  float mean;
  float variance;
  float rstd;
};

// y = (x - mean) * rstd; they may be one buffer.
inline Moments LayerNormalize(Row& r, const float* x, float epsilon, float* y) {
  const float share = 1.0f / static_cast<float>(r.n);
  Moments m;
  m.mean = r.RepeatSum([&](int64_t j) { return x[j] * share; });
  for (int64_t j = 0; j < r.n; ++j) y[j] = x[j] - m.mean;
  m.variance = r.RepeatSum([&](int64_t j) { return y[j] * y[j] * share; });
  m.rstd = 1.0f / Sqrt(m.variance + epsilon);
  for (int64_t j = 0; j < r.n; ++j) y[j] = y[j] * m.rstd;
  return m;
}

// Inputs gamma and beta may be left out.
inline void ScaleByParams(Row& r, size_t gamma, size_t beta, float* y) {
  if (r.has(gamma)) {
    for (int64_t j = 0; j < r.n; ++j) y[j] = y[j] * r.At(gamma, j);
  }
  if (r.has(beta)) {
    for (int64_t j = 0; j < r.n; ++j) y[j] = y[j] + r.At(beta, j);
  }
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_NORM_ROW_NORM_H_
