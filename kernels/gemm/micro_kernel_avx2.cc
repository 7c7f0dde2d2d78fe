// AVX2 and FMA: 4 rows by 8 columns in 8 accumulators of 4 f64.

#include <immintrin.h>

#include <algorithm>
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

// RN_f32 of a tame d; see micro_kernel_avx512.cc.
NPUEMU_INLINE __m256d RoundTame(__m256d d) {
  const __m256d scale = _mm256_set1_pd(0x1p29);
  return _mm256_fmadd_pd(d, scale, _mm256_fnmadd_pd(d, scale, d));
}

template <Rounding kRounding>
NPUEMU_INLINE __m256d Rounded(__m256d d) {
  if (kRounding == Rounding::kTame) return RoundTame(d);
  return RoundToF32<kRounding == Rounding::kSaturate>(d);
}

// a points at the first of 4 rows inside its panel.
template <Rounding kRounding>
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
      acc[i][0] = Rounded<kRounding>(acc[i][0]);
      acc[i][1] = Rounded<kRounding>(acc[i][1]);
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
      switch (x.rounding) {
        case Rounding::kTame:
          Run4x8<Rounding::kTame>(x, x.a + i, b, c);
          break;
        case Rounding::kSaturate:
          Run4x8<Rounding::kSaturate>(x, x.a + i, b, c);
          break;
        case Rounding::kInfNan:
          Run4x8<Rounding::kInfNan>(x, x.a + i, b, c);
          break;
      }
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

NPUEMU_TARGET void RunInt4x8(const IntBlock& x, const int16_t* a,
                             const int16_t* b, int32_t* c) {
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
  for (int p = 0; p < x.panels; ++p) {
    const int16_t* b = x.b + p * x.b_stride;
    RunInt4x8(x, x.a, b, x.c + 8 * p);
    RunInt4x8(x, x.a + 8, b, x.c + 4 * x.ldc + 8 * p);
  }
}

NPUEMU_TARGET uint32_t Most(__m256i values) {
  uint32_t lanes[8];
  std::memcpy(lanes, &values, sizeof(lanes));
  return *std::max_element(lanes, lanes + 8);
}

NPUEMU_TARGET void Widen(const float* from, double* to, int64_t n,
                         Magnitudes* seen) {
  const __m256i one = _mm256_set1_epi32(1);
  const __m256i no_sign = _mm256_set1_epi32(0x7fffffff);
  __m256i most = _mm256_setzero_si256();
  __m256i least = _mm256_set1_epi32(-1);
  for (int64_t i = 0; i < n; i += 8) {
    const __m256 x = _mm256_loadu_ps(from + i);
    const __m256i bits = _mm256_and_si256(_mm256_castps_si256(x), no_sign);
    most = _mm256_max_epu32(most, bits);
    least = _mm256_min_epu32(least, _mm256_sub_epi32(bits, one));
    _mm256_storeu_pd(to + i, _mm256_cvtps_pd(_mm256_castps256_ps128(x)));
    _mm256_storeu_pd(to + i + 4, _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)));
  }
  seen->most = std::max(seen->most, Most(most));
  const __m256i ones = _mm256_set1_epi32(-1);
  seen->least_below =
      std::min(seen->least_below, ~Most(_mm256_xor_si256(least, ones)));
}

}  // namespace

const MicroKernels kAvx2Kernels = {RunFloat, RunInt, Widen, true};

}  // namespace npuemu::kernels::internal
