// AVX2 and FMA: 4 rows by 12 columns in 12 accumulators of 4 f64, or by 16 in 8
// of 8 int32.

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

// RN_f32 of a tame d, by additions; see micro_kernel_avx512.cc.
NPUEMU_INLINE __m256d RoundTame(__m256d d) {
  const __m256d scaled = _mm256_castsi256_pd(_mm256_add_epi64(
      _mm256_castpd_si256(d), _mm256_set1_epi64x(int64_t{29} << 52)));
  return _mm256_add_pd(_mm256_sub_pd(d, scaled), scaled);
}

template <Rounding kRounding>
NPUEMU_INLINE __m256d Rounded(__m256d d) {
  if (kRounding == Rounding::kTame) return RoundTame(d);
  return RoundToF32<kRounding == Rounding::kSaturate>(d);
}

// 4 rows, from a, by kVectors times 4 columns, from column 4 * first.
template <int kVectors, Rounding kRounding>
NPUEMU_TARGET void Run(const FloatBlock& x, const double* a, int first,
                       float* c) {
  const double* b[kVectors];
  __m256d acc[4][kVectors];
  NPUEMU_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    b[v] = x.b + (first + v) / 2 * x.b_stride + (first + v) % 2 * 4;
    NPUEMU_UNROLL
    for (int i = 0; i < 4; ++i) {
      acc[i][v] = _mm256_cvtps_pd(_mm_loadu_ps(c + i * x.ldc + 4 * v));
    }
  }
  int64_t at = 0;
  for (int64_t left = x.k; left > 0; left -= x.group) {
    int64_t steps = left < x.group ? left : x.group;
    for (; steps > 0; --steps, at += 8) {
      __m256d column[kVectors];
      NPUEMU_UNROLL
      for (int v = 0; v < kVectors; ++v) column[v] = _mm256_loadu_pd(b[v] + at);
      NPUEMU_UNROLL
      for (int i = 0; i < 4; ++i) {
        const __m256d row = _mm256_broadcast_sd(a + at + i);
        NPUEMU_UNROLL
        for (int v = 0; v < kVectors; ++v) {
          acc[i][v] = _mm256_fmadd_pd(row, column[v], acc[i][v]);
        }
      }
    }
    NPUEMU_UNROLL
    for (int i = 0; i < 4; ++i) {
      NPUEMU_UNROLL
      for (int v = 0; v < kVectors; ++v) {
        acc[i][v] = Rounded<kRounding>(acc[i][v]);
      }
    }
  }
  NPUEMU_UNROLL
  for (int i = 0; i < 4; ++i) {
    NPUEMU_UNROLL
    for (int v = 0; v < kVectors; ++v) {
      _mm_storeu_ps(c + i * x.ldc + 4 * v, _mm256_cvtpd_ps(acc[i][v]));
    }
  }
}

template <int kVectors, Rounding kRounding>
void RunAll(const FloatBlock& x) {
  for (int first = 0; first < 2 * x.panels; first += kVectors) {
    for (int i = 0; i < 8; i += 4) {
      Run<kVectors, kRounding>(x, x.a + i, first, x.c + i * x.ldc + 4 * first);
    }
  }
}

// 12 accumulators of 3 panels keep two multipliers busy, 8 do of the others.
template <Rounding kRounding>
void RunPanels(const FloatBlock& x) {
  if (x.panels == 3) {
    RunAll<3, kRounding>(x);
  } else {
    RunAll<2, kRounding>(x);
  }
}

void RunFloat(const FloatBlock& x) {
  switch (x.rounding) {
    case Rounding::kTame:
      return RunPanels<Rounding::kTame>(x);
    case Rounding::kSaturate:
      return RunPanels<Rounding::kSaturate>(x);
    case Rounding::kInfNan:
      return RunPanels<Rounding::kInfNan>(x);
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

// 4 rows by kPanels panels, without a clamp between the groups.
template <int kPanels>
NPUEMU_TARGET void RunTameInt(const IntBlock& x, const int16_t* a,
                              const int16_t* b, int32_t* c) {
  __m256i acc[4][kPanels];
  NPUEMU_UNROLL
  for (int i = 0; i < 4; ++i) {
    NPUEMU_UNROLL
    for (int p = 0; p < kPanels; ++p) {
      acc[i][p] = _mm256_loadu_si256(
          reinterpret_cast<const __m256i*>(c + i * x.ldc + 8 * p));
    }
  }
  for (int64_t pair = 0; pair < x.pairs; ++pair, a += 16, b += 16) {
    __m256i column[kPanels];
    NPUEMU_UNROLL
    for (int p = 0; p < kPanels; ++p) {
      column[p] = _mm256_loadu_si256(
          reinterpret_cast<const __m256i*>(b + p * x.b_stride));
    }
    NPUEMU_UNROLL
    for (int i = 0; i < 4; ++i) {
      const __m256i row = BroadcastPair(a + 2 * i);
      NPUEMU_UNROLL
      for (int p = 0; p < kPanels; ++p) {
        acc[i][p] =
            _mm256_add_epi32(acc[i][p], _mm256_madd_epi16(row, column[p]));
      }
    }
  }
  NPUEMU_UNROLL
  for (int i = 0; i < 4; ++i) {
    NPUEMU_UNROLL
    for (int p = 0; p < kPanels; ++p) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(c + i * x.ldc + 8 * p),
                          acc[i][p]);
    }
  }
}

// Two panels at once while there are as many: with the products they fill the
// registers.
void RunInt(const IntBlock& x) {
  int p = 0;
  for (; x.tame && p + 2 <= x.panels; p += 2) {
    const int16_t* b = x.b + p * x.b_stride;
    RunTameInt<2>(x, x.a, b, x.c + 8 * p);
    RunTameInt<2>(x, x.a + 8, b, x.c + 4 * x.ldc + 8 * p);
  }
  for (; p < x.panels; ++p) {
    const int16_t* b = x.b + p * x.b_stride;
    RunInt4x8(x, x.a, b, x.c + 8 * p);
    RunInt4x8(x, x.a + 8, b, x.c + 4 * x.ldc + 8 * p);
  }
}

// By registers alone: what is stored once, GCC keeps in memory all along.
NPUEMU_INLINE uint32_t Most(__m256i values) {
  __m128i most = _mm_max_epu32(_mm256_castsi256_si128(values),
                               _mm256_extracti128_si256(values, 1));
  most = _mm_max_epu32(most, _mm_shuffle_epi32(most, 0x4e));
  most = _mm_max_epu32(most, _mm_shuffle_epi32(most, 0xb1));
  return static_cast<uint32_t>(_mm_cvtsi128_si32(most));
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
