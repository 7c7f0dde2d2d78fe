// AVX2 and FMA: 4 rows by 8 columns in 8 accumulators of 4 f64.

#include <immintrin.h>

#include <cfloat>
#include <cstring>

#include "kernels/gemm/micro_kernel.h"

#define NPUEMU_TARGET __attribute__((target("avx2,fma")))
#define NPUEMU_INLINE \
  static inline __attribute__((target("avx2,fma"), always_inline))

namespace npuemu::kernels::internal {
namespace {

// f64 of RN_f32, and S_f32 of it; see micro_kernel_avx512.cc.
template <bool kSaturate>
NPUEMU_INLINE __m256d RoundToF32(__m256d d) {
  if (kSaturate) {
    const __m256d ordered = _mm256_cmp_pd(d, d, _CMP_ORD_Q);
    d = _mm256_min_pd(d, _mm256_set1_pd(FLT_MAX));
    d = _mm256_max_pd(d, _mm256_set1_pd(-FLT_MAX));
    d = _mm256_and_pd(d, ordered);
  }
  return _mm256_cvtps_pd(_mm256_cvtpd_ps(d));
}

// a points at the first of 4 rows inside its panel.
template <bool kSaturate>
NPUEMU_TARGET void Run4x8(const FloatBlock& x, const double* a, const double* b,
                          float* c) {
  __m256d acc[4][2];
  NPUEMU_UNROLL
  for (int i = 0; i < 4; ++i) {
    acc[i][0] = _mm256_cvtps_pd(_mm_loadu_ps(c + i * x.ldc));
    acc[i][1] = _mm256_cvtps_pd(_mm_loadu_ps(c + i * x.ldc + 4));
  }
  for (int64_t left = x.k; left > 0; left -= x.group) {
    int64_t steps = left < x.group ? left : x.group;
    for (; steps > 0; --steps, a += 8, b += 8) {
      const __m256d low = _mm256_loadu_pd(b);
      const __m256d high = _mm256_loadu_pd(b + 4);
      NPUEMU_UNROLL
      for (int i = 0; i < 4; ++i) {
        const __m256d row = _mm256_broadcast_sd(a + i);
        acc[i][0] = _mm256_fmadd_pd(row, low, acc[i][0]);
        acc[i][1] = _mm256_fmadd_pd(row, high, acc[i][1]);
      }
    }
    NPUEMU_UNROLL
    for (int i = 0; i < 4; ++i) {
      acc[i][0] = RoundToF32<kSaturate>(acc[i][0]);
      acc[i][1] = RoundToF32<kSaturate>(acc[i][1]);
    }
  }
  NPUEMU_UNROLL
  for (int i = 0; i < 4; ++i) {
    _mm_storeu_ps(c + i * x.ldc, _mm256_cvtpd_ps(acc[i][0]));
    _mm_storeu_ps(c + i * x.ldc + 4, _mm256_cvtpd_ps(acc[i][1]));
  }
}

void RunFloat(const FloatBlock& x) {
  for (int p = 0; p < x.panels; ++p) {
    for (int i = 0; i < 8; i += 4) {
      const double* b = x.b + p * x.b_stride;
      float* c = x.c + i * x.ldc + 8 * p;
      x.saturate ? Run4x8<true>(x, x.a + i, b, c)
                 : Run4x8<false>(x, x.a + i, b, c);
    }
  }
}

// clamp_s32(acc + sum); the sum of one group is far from overflowing.
NPUEMU_INLINE __m256i AddClamped(__m256i acc, __m256i sum) {
  const __m256i wrapped = _mm256_add_epi32(acc, sum);
  // Overflowed where the result's sign differs from both signs.
  const __m256i overflow = _mm256_and_si256(_mm256_xor_si256(acc, wrapped),
                                            _mm256_xor_si256(sum, wrapped));
  const __m256i limit = _mm256_xor_si256(_mm256_srai_epi32(acc, 31),
                                         _mm256_set1_epi32(INT32_MAX));
  return _mm256_castps_si256(_mm256_blendv_ps(_mm256_castsi256_ps(wrapped),
                                              _mm256_castsi256_ps(limit),
                                              _mm256_castsi256_ps(overflow)));
}

NPUEMU_INLINE __m256i BroadcastPair(const int16_t* pair) {
  int32_t bits;
  std::memcpy(&bits, pair, sizeof(bits));
  return _mm256_set1_epi32(bits);
}

NPUEMU_TARGET void RunInt4x8(const IntBlock& x, const int16_t* a, int32_t* c) {
  const int16_t* b = x.b;
  __m256i acc[4];
  NPUEMU_UNROLL
  for (int i = 0; i < 4; ++i) {
    acc[i] =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(c + i * x.ldc));
  }
  for (int64_t left = x.pairs; left > 0; left -= x.group) {
    int64_t steps = left < x.group ? left : x.group;
    __m256i sum[4] = {};
    for (; steps > 0; --steps, a += 16, b += 16) {
      const __m256i column =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
      NPUEMU_UNROLL
      for (int i = 0; i < 4; ++i) {
        const __m256i row = BroadcastPair(a + 2 * i);
        sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(row, column));
      }
    }
    NPUEMU_UNROLL
    for (int i = 0; i < 4; ++i) acc[i] = AddClamped(acc[i], sum[i]);
  }
  NPUEMU_UNROLL
  for (int i = 0; i < 4; ++i) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(c + i * x.ldc), acc[i]);
  }
}

void RunInt(const IntBlock& x) {
  RunInt4x8(x, x.a, x.c);
  RunInt4x8(x, x.a + 8, x.c + 4 * x.ldc);
}

NPUEMU_TARGET void Widen(const float* from, double* to, int64_t n) {
  for (int64_t i = 0; i < n; i += 4) {
    _mm256_storeu_pd(to + i, _mm256_cvtps_pd(_mm_loadu_ps(from + i)));
  }
}

}  // namespace

const MicroKernels kAvx2Kernels = {RunFloat, RunInt, Widen};

}  // namespace npuemu::kernels::internal
