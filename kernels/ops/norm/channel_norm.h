// File: channel_norm.h
// What norms of channels, instances and groups compute of a row, in f32 with
// sums by arithmetic.md 7.8: docs/rows.md names the same functions. Pure.

#ifndef KERNELS_OPS_NORM_CHANNEL_NORM_H_
#define KERNELS_OPS_NORM_CHANNEL_NORM_H_

#include "kernels/op/rows.h"

namespace npuemu::kernels {

struct Statistics {
  float mean;
  float squares;  // the sum of (x - mean)²
};

inline Statistics StatisticsOf(Row& r) {
  const float* x = r.x(0);
  Statistics s;
  s.mean = r.Sum([&](int64_t j) { return x[j]; }) / static_cast<float>(r.n);
  s.squares = r.Sum([&](int64_t j) {
    const float d = x[j] - s.mean;
    return d * d;
  });
  return s;
}

inline float RstdOf(float variance, float epsilon) {
  return 1.0f / Sqrt(variance + epsilon);
}

// y = (x - mean) * rstd * gamma + beta; what is left out changes nothing.
inline void ScaleRow(Row& r, float mean, float rstd, size_t gamma,
                     size_t beta) {
  const float* x = r.x(0);
  float* y = r.y(0);
  for (int64_t j = 0; j < r.n; ++j) y[j] = (x[j] - mean) * rstd;
  if (r.has(gamma)) {
    for (int64_t j = 0; j < r.n; ++j) y[j] = y[j] * r.At(gamma, j);
  }
  if (r.has(beta)) {
    for (int64_t j = 0; j < r.n; ++j) y[j] = y[j] + r.At(beta, j);
  }
}

// What a running value becomes: old * (1 - factor) + value * factor.
inline float Moved(float old, float value, float factor) {
  return old * (1.0f - factor) + value * factor;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_NORM_CHANNEL_NORM_H_
