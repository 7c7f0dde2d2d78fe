// AVX-512: 8 rows by up to 24 columns in 24 accumulators of 8 f64.

// GCC 12 takes the "undefined" operand of its own AVX-512 intrinsics for a
// mistake; every lane of it is masked out.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>

#include <cfloat>

#include "kernels/gemm/micro_kernel.h"

#define NPUEMU_TARGET __attribute__((target("avx512f")))
#define NPUEMU_INLINE \
  static inline __attribute__((target("avx512f"), always_inline))

namespace npuemu::kernels::internal {
namespace {

// f64 of RN_f32, and S_f32 of it. Clamping before the rounding is the same as
// after it: exactly what would round to infinity lies above FLT_MAX.
template <bool kSaturate>
NPUEMU_INLINE __m512d RoundToF32(__m512d d) {
  if (kSaturate) {
    const __mmask8 ordered = _mm512_cmp_pd_mask(d, d, _CMP_ORD_Q);
    d = _mm512_min_pd(d, _mm512_set1_pd(FLT_MAX));
    d = _mm512_max_pd(d, _mm512_set1_pd(-FLT_MAX));
    d = _mm512_maskz_mov_pd(ordered, d);
  }
  return _mm512_cvtps_pd(_mm512_cvtpd_ps(d));
}

template <int kPanels, bool kSaturate>
NPUEMU_TARGET void Run(const FloatBlock& x) {
  __m512d acc[8][kPanels];
  NPUEMU_UNROLL
  for (int i = 0; i < 8; ++i) {
    NPUEMU_UNROLL
    for (int p = 0; p < kPanels; ++p) {
      acc[i][p] = _mm512_cvtps_pd(_mm256_loadu_ps(x.c + i * x.ldc + 8 * p));
    }
  }
  const double* a = x.a;
  const double* b = x.b;
  for (int64_t left = x.k; left > 0; left -= x.group) {
    int64_t steps = left < x.group ? left : x.group;
    for (; steps > 0; --steps, a += 8, b += 8) {
      __m512d column[kPanels];
      NPUEMU_UNROLL
      for (int p = 0; p < kPanels; ++p) {
        column[p] = _mm512_loadu_pd(b + p * x.b_stride);
      }
      NPUEMU_UNROLL
      for (int i = 0; i < 8; ++i) {
        const __m512d row = _mm512_set1_pd(a[i]);
        NPUEMU_UNROLL
        for (int p = 0; p < kPanels; ++p) {
          acc[i][p] = _mm512_fmadd_pd(row, column[p], acc[i][p]);
        }
      }
    }
    NPUEMU_UNROLL
    for (int i = 0; i < 8; ++i) {
      NPUEMU_UNROLL
      for (int p = 0; p < kPanels; ++p) {
        acc[i][p] = RoundToF32<kSaturate>(acc[i][p]);
      }
    }
  }
  NPUEMU_UNROLL
  for (int i = 0; i < 8; ++i) {
    NPUEMU_UNROLL
    for (int p = 0; p < kPanels; ++p) {
      _mm256_storeu_ps(x.c + i * x.ldc + 8 * p, _mm512_cvtpd_ps(acc[i][p]));
    }
  }
}

void RunFloat(const FloatBlock& x) {
  switch (x.panels) {
    case 1:
      return x.saturate ? Run<1, true>(x) : Run<1, false>(x);
    case 2:
      return x.saturate ? Run<2, true>(x) : Run<2, false>(x);
    default:
      return x.saturate ? Run<3, true>(x) : Run<3, false>(x);
  }
}

void RunInt(const IntBlock& x) { kAvx2Kernels.run_int(x); }

NPUEMU_TARGET void Widen(const float* from, double* to, int64_t n) {
  for (int64_t i = 0; i < n; i += 8) {
    _mm512_storeu_pd(to + i, _mm512_cvtps_pd(_mm256_loadu_ps(from + i)));
  }
}

}  // namespace

const MicroKernels kAvx512Kernels = {RunFloat, RunInt, Widen};

}  // namespace npuemu::kernels::internal
