// File: p_norm.h
// The p-norm of docs/rows.md of one whole row. Pure.

#ifndef KERNELS_OPS_REDUCE_P_NORM_H_
#define KERNELS_OPS_REDUCE_P_NORM_H_

#include "kernels/op/functions.h"
#include "kernels/op/rows.h"

namespace npuemu::kernels {

// |p| from 2^31 on is infinite: that is how an int attribute says it.
inline float PNorm(Row& r, const float* x, float p) {
  if (Abs(p) >= 0x1p+31f) {
    float best = p > 0 ? -kInf : kInf;
    for (int64_t j = 0; j < r.n; ++j) {
      const float a = Abs(x[j]);
      if (p > 0 ? Replaces(a, best) : Replaces(-a, -best)) best = a;
    }
    return best;
  }
  if (p == 0) {
    return r.Sum([&](int64_t j) { return x[j] != 0.0f ? 1.0f : 0.0f; });
  }
  if (p == 1) return r.Sum([&](int64_t j) { return Abs(x[j]); });
  if (p == 2) return Sqrt(r.Sum([&](int64_t j) { return x[j] * x[j]; }));
  return Pow(r.Sum([&](int64_t j) { return Pow(Abs(x[j]), p); }), 1.0f / p);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_REDUCE_P_NORM_H_
