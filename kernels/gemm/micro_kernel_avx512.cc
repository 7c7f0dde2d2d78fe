// AVX-512: 8 rows by up to 24 columns in 24 accumulators of 8 f64, or by up to
// 48 columns in 24 of 16 int32 (VNNI).

// GCC 12 takes the "undefined" operand of its own AVX-512 intrinsics for a
// mistake; every lane of it is masked out.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>

#include <algorithm>
#include <cfloat>
#include <cstring>

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

// RN_f32 of a tame d. d - 2^29 d lies in the binade of 2^29 d or, just above a
// power of two, in the one below, so that its last bit is that of an f32 of d's
// size, or finer where d is next to a power of two; adding 2^29 d back is
// exact. A tie keeps its parity: 2^29 d is even there.
// Two multiplications that add do it; where additions have units of their own
// (AMD) three others leave the multipliers to the products.
template <bool kByAdditions>
NPUEMU_INLINE __m512d RoundTame(__m512d d) {
  if (!kByAdditions) {
    const __m512d scale = _mm512_set1_pd(0x1p29);
    return _mm512_fmadd_pd(d, scale, _mm512_fnmadd_pd(d, scale, d));
  }
  // 0 becomes a tiny number, which goes away again.
  const __m512d scaled = _mm512_castsi512_pd(_mm512_add_epi64(
      _mm512_castpd_si512(d), _mm512_set1_epi64(int64_t{29} << 52)));
  return _mm512_add_pd(_mm512_sub_pd(d, scaled), scaled);
}

template <Rounding kRounding, bool kByAdditions>
NPUEMU_INLINE __m512d Rounded(__m512d d) {
  if (kRounding == Rounding::kTame) return RoundTame<kByAdditions>(d);
  return RoundToF32<kRounding == Rounding::kSaturate>(d);
}

template <int kPanels, Rounding kRounding, bool kByAdditions>
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
        acc[i][p] = Rounded<kRounding, kByAdditions>(acc[i][p]);
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

template <int kPanels, bool kByAdditions>
void RunPanels(const FloatBlock& x) {
  switch (x.rounding) {
    case Rounding::kTame:
      return Run<kPanels, Rounding::kTame, kByAdditions>(x);
    case Rounding::kSaturate:
      return Run<kPanels, Rounding::kSaturate, false>(x);
    case Rounding::kInfNan:
      return Run<kPanels, Rounding::kInfNan, false>(x);
  }
}

template <bool kByAdditions>
void RunFloat(const FloatBlock& x) {
  switch (x.panels) {
    case 1:
      return RunPanels<1, kByAdditions>(x);
    case 2:
      return RunPanels<2, kByAdditions>(x);
    default:
      return RunPanels<3, kByAdditions>(x);
  }
}

#define NPUEMU_VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))

NPUEMU_VNNI inline __m512i TwoPanels(const int16_t* b, int64_t stride) {
  const auto* low = reinterpret_cast<const __m256i*>(b);
  const auto* high = reinterpret_cast<const __m256i*>(b + stride);
  return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256(low)),
                            _mm256_loadu_si256(high), 1);
}

// 8 rows by kWide pairs of panels.
template <int kWide>
NPUEMU_VNNI void RunTameInt(const IntBlock& x) {
  __m512i acc[8][kWide];
  NPUEMU_UNROLL
  for (int i = 0; i < 8; ++i) {
    NPUEMU_UNROLL
    for (int w = 0; w < kWide; ++w) {
      acc[i][w] = _mm512_loadu_si512(x.c + i * x.ldc + 16 * w);
    }
  }
  const int16_t* a = x.a;
  const int16_t* b = x.b;
  for (int64_t pair = 0; pair < x.pairs; ++pair, a += 16, b += 16) {
    __m512i column[kWide];
    NPUEMU_UNROLL
    for (int w = 0; w < kWide; ++w) {
      column[w] = TwoPanels(b + 2 * w * x.b_stride, x.b_stride);
    }
    NPUEMU_UNROLL
    for (int i = 0; i < 8; ++i) {
      int32_t two;
      std::memcpy(&two, a + 2 * i, sizeof(two));
      const __m512i row = _mm512_set1_epi32(two);
      NPUEMU_UNROLL
      for (int w = 0; w < kWide; ++w) {
        acc[i][w] = _mm512_dpwssd_epi32(acc[i][w], row, column[w]);
      }
    }
  }
  NPUEMU_UNROLL
  for (int i = 0; i < 8; ++i) {
    NPUEMU_UNROLL
    for (int w = 0; w < kWide; ++w) {
      _mm512_storeu_si512(x.c + i * x.ldc + 16 * w, acc[i][w]);
    }
  }
}

// What is not tame, has no VNNI, or one panel alone, is for the AVX2 loop.
void RunInt(const IntBlock& x) {
  static const bool vnni = __builtin_cpu_supports("avx512vnni");
  const int wide = x.tame && vnni ? x.panels / 2 : 0;
  if (wide == 1) RunTameInt<1>(x);
  if (wide == 2) RunTameInt<2>(x);
  if (wide == 3) RunTameInt<3>(x);
  if (2 * wide == x.panels) return;
  IntBlock rest = x;
  rest.b += 2 * wide * x.b_stride;
  rest.c += 16 * wide;
  rest.panels -= 2 * wide;
  kAvx2Kernels.run_int(rest);
}

NPUEMU_TARGET void Widen(const float* from, double* to, int64_t n,
                         Magnitudes* seen) {
  const __m512i one = _mm512_set1_epi32(1);
  const __m512i no_sign = _mm512_set1_epi32(0x7fffffff);
  __m512i most = _mm512_setzero_si512();
  __m512i least = _mm512_set1_epi32(-1);
  const auto note = [&](__m512i bits) NPUEMU_TARGET {
    bits = _mm512_and_si512(bits, no_sign);
    most = _mm512_max_epu32(most, bits);
    least = _mm512_min_epu32(least, _mm512_sub_epi32(bits, one));
  };
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    note(_mm512_loadu_si512(from + i));
    _mm512_storeu_pd(to + i, _mm512_cvtps_pd(_mm256_loadu_ps(from + i)));
    _mm512_storeu_pd(to + i + 8,
                     _mm512_cvtps_pd(_mm256_loadu_ps(from + i + 8)));
  }
  if (i < n) {
    const __m256 last = _mm256_loadu_ps(from + i);
    note(_mm512_castps_si512(_mm512_zextps256_ps512(last)));
    _mm512_storeu_pd(to + i, _mm512_cvtps_pd(last));
  }
  seen->most = std::max(seen->most, _mm512_reduce_max_epu32(most));
  seen->least_below =
      std::min(seen->least_below, _mm512_reduce_min_epu32(least));
}

}  // namespace

const MicroKernels kAvx512Kernels = {RunFloat<false>, RunInt, Widen, true};
const MicroKernels kAvx512AddersKernels = {RunFloat<true>, RunInt, Widen, true};

}  // namespace npuemu::kernels::internal
