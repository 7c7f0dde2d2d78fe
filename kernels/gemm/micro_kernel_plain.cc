// The x86-64 baseline: 2 rows by 8 columns in 8 accumulators of 2 f64.
//
// Products are exact in f64, so a multiplication and an addition give the bits
// of the fused form (arithmetic 7.4). The roundings are written as SSE2
// instructions because GCC 12 can drop (double)(float)d (arithmetic 7.9).

#include <emmintrin.h>

#include <algorithm>
#include <cfloat>
#include <cstring>

#include "kernels/gemm/micro_kernel.h"

namespace npuemu::kernels::internal {
namespace {

// f64 of RN_f32, and S_f32 of it; see micro_kernel_avx512.cc.
template <bool kSaturate>
__m128d RoundToF32(__m128d d) {
  if (kSaturate) {
    const __m128d ordered = _mm_cmpord_pd(d, d);
    d = _mm_min_pd(d, _mm_set1_pd(FLT_MAX));
    d = _mm_max_pd(d, _mm_set1_pd(-FLT_MAX));
    d = _mm_and_pd(d, ordered);
  }
  return _mm_cvtps_pd(_mm_cvtpd_ps(d));
}

__m128d LoadTwo(const float* c) {
  double bits;
  std::memcpy(&bits, c, sizeof(bits));
  return _mm_cvtps_pd(_mm_castpd_ps(_mm_set_sd(bits)));
}

void StoreTwo(__m128d value, float* c) {
  const double bits = _mm_cvtsd_f64(_mm_castps_pd(_mm_cvtpd_ps(value)));
  std::memcpy(c, &bits, sizeof(bits));
}

// a points at the first of 2 rows inside its panel.
template <bool kSaturate>
void Run2x8(const FloatBlock& x, const double* a, const double* b, float* c) {
  __m128d acc[2][4];
  NPUEMU_UNROLL
  for (int i = 0; i < 2; ++i) {
    NPUEMU_UNROLL
    for (int j = 0; j < 4; ++j) acc[i][j] = LoadTwo(c + i * x.ldc + 2 * j);
  }
  for (int64_t left = x.k; left > 0; left -= x.group) {
    int64_t steps = left < x.group ? left : x.group;
    for (; steps > 0; --steps, a += 8, b += 8) {
      NPUEMU_UNROLL
      for (int i = 0; i < 2; ++i) {
        const __m128d row = _mm_set1_pd(a[i]);
        NPUEMU_UNROLL
        for (int j = 0; j < 4; ++j) {
          const __m128d product = _mm_mul_pd(row, _mm_loadu_pd(b + 2 * j));
          acc[i][j] = _mm_add_pd(acc[i][j], product);
        }
      }
    }
    NPUEMU_UNROLL
    for (int i = 0; i < 2; ++i) {
      NPUEMU_UNROLL
      for (int j = 0; j < 4; ++j) acc[i][j] = RoundToF32<kSaturate>(acc[i][j]);
    }
  }
  NPUEMU_UNROLL
  for (int i = 0; i < 2; ++i) {
    NPUEMU_UNROLL
    for (int j = 0; j < 4; ++j) StoreTwo(acc[i][j], c + i * x.ldc + 2 * j);
  }
}

void RunFloat(const FloatBlock& x) {
  for (int p = 0; p < x.panels; ++p) {
    for (int i = 0; i < 8; i += 2) {
      const double* b = x.b + p * x.b_stride;
      float* c = x.c + i * x.ldc + 8 * p;
      const bool saturate = x.rounding == Rounding::kSaturate;
      saturate ? Run2x8<true>(x, x.a + i, b, c)
               : Run2x8<false>(x, x.a + i, b, c);
    }
  }
}

int32_t AddClamped(int32_t acc, int32_t sum) {
  const int64_t exact = int64_t{acc} + sum;
  return static_cast<int32_t>(std::clamp<int64_t>(exact, INT32_MIN, INT32_MAX));
}

void RunIntRow(const IntBlock& x, const int16_t* a, const int16_t* b,
               int32_t* c) {
  for (int64_t left = x.pairs; left > 0; left -= x.group) {
    int64_t steps = left < x.group ? left : x.group;
    int32_t sum[8] = {};
    for (; steps > 0; --steps, a += 16, b += 16) {
      for (int j = 0; j < 8; ++j) {
        sum[j] += int32_t{a[0]} * b[2 * j] + int32_t{a[1]} * b[2 * j + 1];
      }
    }
    for (int j = 0; j < 8; ++j) c[j] = AddClamped(c[j], sum[j]);
  }
}

void RunInt(const IntBlock& x) {
  for (int p = 0; p < x.panels; ++p) {
    const int16_t* b = x.b + p * x.b_stride;
    for (int i = 0; i < 8; ++i) {
      RunIntRow(x, x.a + 2 * i, b, x.c + i * x.ldc + 8 * p);
    }
  }
}

void Widen(const float* from, double* to, int64_t n, Magnitudes*) {
  for (int64_t i = 0; i < n; i += 2) {
    _mm_storeu_pd(to + i, LoadTwo(from + i));
  }
}

}  // namespace

const MicroKernels kPlainKernels = {RunFloat, RunInt, Widen, false};

}  // namespace npuemu::kernels::internal
