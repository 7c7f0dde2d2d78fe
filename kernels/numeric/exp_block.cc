#include "kernels/numeric/exp_block.h"

// GCC 12 warns of what its own intrinsics leave undefined on purpose.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "kernels/numeric/elementary.h"
#include "kernels/numeric/isa.h"
#include "kernels/numeric/unroll.h"

namespace npuemu::kernels {
namespace {

#define NPUEMU_AVX512 __attribute__((target("avx512f,avx512dq")))

// The bits of 2^(j/16), rounded to double, less j << 48: so that adding k << 48
// to row k % 16 gives 2^(k/16).
constexpr uint64_t Row(double power, uint64_t j) {
  return std::bit_cast<uint64_t>(power) - (j << 48);
}
alignas(64) constexpr uint64_t kTable[16] = {Row(0x1p+0, 0),
                                             Row(0x1.0b5586cf9890fp+0, 1),
                                             Row(0x1.172b83c7d517bp+0, 2),
                                             Row(0x1.2387a6e756238p+0, 3),
                                             Row(0x1.306fe0a31b715p+0, 4),
                                             Row(0x1.3dea64c123422p+0, 5),
                                             Row(0x1.4bfdad5362a27p+0, 6),
                                             Row(0x1.5ab07dd485429p+0, 7),
                                             Row(0x1.6a09e667f3bcdp+0, 8),
                                             Row(0x1.7a11473eb0187p+0, 9),
                                             Row(0x1.8ace5422aa0dbp+0, 10),
                                             Row(0x1.9c49182a3f09p+0, 11),
                                             Row(0x1.ae89f995ad3adp+0, 12),
                                             Row(0x1.c199bdd85529cp+0, 13),
                                             Row(0x1.d5818dcfba487p+0, 14),
                                             Row(0x1.ea4afa2a490dap+0, 15)};

// (e^r - 1) / r for |r| <= ln 2 / 32: r times the polynomial is off by less
// than 2^-47.3.
constexpr double kPolynomial[5] = {0x1.000000000000ap+0, 0x1.fffffffdbc7a2p-2,
                                   0x1.55555553e082p-3, 0x1.55573c8aee6fep-5,
                                   0x1.111284e427c2cp-7};

// Together with the reduction (2^-46.5) and the table (2^-53) the result is
// off by less than 2^-45.9: 2^7.1 units of its last place. It decides the f32
// if it is farther than kDoubt units from the middle of two floats.
constexpr long long kDoubt = 512;
constexpr long long kMiddle = 1LL << 28;
constexpr long long kSure = ((1LL << 29) - 1) & ~(2 * kDoubt - 1);

// Up to here the result is a normal float.
constexpr int kOrdinary = 0x42ae0000;  // 87.0f

// e^x of eight; in *doubt what decides whether the float is sure: it is not if
// no bit of kSure is set.
NPUEMU_AVX512 inline __m256 ExpEight(__m256 floats, __m512i* doubt) {
  const __m512d x = _mm512_cvtps_pd(floats);
  const __m512d shifted = _mm512_fmadd_pd(
      x, _mm512_set1_pd(0x1.71547652b82fep+4), _mm512_set1_pd(0x1.8p52));
  const __m512d k = _mm512_sub_pd(shifted, _mm512_set1_pd(0x1.8p52));
  const __m512d r =
      _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.62e42fefa39efp-5), x);
  // The low bits of `shifted` are k, the lowest four of them the row.
  const __m512i bits = _mm512_castpd_si512(shifted);
  const __m512i row = _mm512_permutex2var_epi64(_mm512_load_si512(kTable), bits,
                                                _mm512_load_si512(kTable + 8));
  const __m512d scaled =
      _mm512_castsi512_pd(_mm512_add_epi64(row, _mm512_slli_epi64(bits, 48)));
  __m512d p = _mm512_set1_pd(kPolynomial[4]);
  p = _mm512_fmadd_pd(p, r, _mm512_set1_pd(kPolynomial[3]));
  p = _mm512_fmadd_pd(p, r, _mm512_set1_pd(kPolynomial[2]));
  p = _mm512_fmadd_pd(p, r, _mm512_set1_pd(kPolynomial[1]));
  p = _mm512_fmadd_pd(p, r, _mm512_set1_pd(kPolynomial[0]));
  const __m512d y = _mm512_fmadd_pd(_mm512_mul_pd(scaled, r), p, scaled);
  *doubt = _mm512_sub_epi64(_mm512_castpd_si512(y),
                            _mm512_set1_epi64(kMiddle - kDoubt));
  return _mm512_cvtpd_ps(y);
}

// The lanes of `mask`, one by one.
[[gnu::noinline]] void ExpLanes(const float* x, unsigned mask, float* y) {
  for (; mask != 0; mask &= mask - 1) {
    const auto lane = static_cast<unsigned>(__builtin_ctz(mask));
    y[lane] = ExpFloat(x[lane]);
  }
}

// Whole vectors only; returns how many were done.
NPUEMU_AVX512 size_t ExpVectors(const float* in, float* out, size_t count) {
  const __m512i sure = _mm512_set1_epi64(kSure);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512 x = _mm512_loadu_ps(in + i);
    const __m512i magnitude =
        _mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x7fffffff));
    const __mmask16 odd =
        _mm512_cmpgt_epi32_mask(magnitude, _mm512_set1_epi32(kOrdinary));
    __m512i low_doubt;
    __m512i high_doubt;
    const __m256 low = ExpEight(_mm512_castps512_ps256(x), &low_doubt);
    const __m256 high = ExpEight(_mm512_extractf32x8_ps(x, 1), &high_doubt);
    const __mmask8 low_mask = _mm512_testn_epi64_mask(low_doubt, sure);
    const __mmask8 high_mask = _mm512_testn_epi64_mask(high_doubt, sure);
    const unsigned mask = static_cast<unsigned>(low_mask) |
                          static_cast<unsigned>(high_mask) << 8 | odd;
    if (__builtin_expect(mask != 0, 0)) {
      alignas(64) float given[16];
      _mm512_store_ps(given, x);
      _mm256_storeu_ps(out + i, low);
      _mm256_storeu_ps(out + i + 8, high);
      ExpLanes(given, mask, out + i);
      continue;
    }
    _mm256_storeu_ps(out + i, low);
    _mm256_storeu_ps(out + i + 8, high);
  }
  return i;
}

#define NPUEMU_AVX2 __attribute__((target("avx2,fma")))
#define NPUEMU_EACH for (int j = 0; j < 4; ++j)

// AVX2 has no permutation of 16 doubles and its gather is slow: no table here.
// (e^r - 1) / r for |r| <= ln 2 / 2; e^r is off by less than 2^-39.2, which is
// 2^13.8 units of the last place and, with the reduction, still below 2^14.
constexpr double kSeries[8] = {0x1.fffffffff6a63p-1,  0x1.000000003c3dap-1,
                               0x1.5555557d34fd3p-3,  0x1.5555546529417p-5,
                               0x1.1110a7d9f36e2p-7,  0x1.6c18842cec41fp-10,
                               0x1.a17b8fd3fbc5bp-13, 0x1.9eb725b447e8dp-16};
constexpr int kSeriesDoubt = 1 << 14;
constexpr int kSeriesMiddle = 1 << 28;
constexpr int kSeriesSure = ((1 << 29) - 1) & ~(2 * kSeriesDoubt - 1);

// e^x of sixteen, four vectors step by step: a chain waits less for itself.
NPUEMU_AVX2 inline void ExpSixteen(const float* in, __m256d (&y)[4]) {
  const __m256d shift = _mm256_set1_pd(0x1.8p52);
  __m256d r[4];
  __m256d scale[4];
  NPUEMU_UNROLL NPUEMU_EACH r[j] = _mm256_cvtps_pd(_mm_loadu_ps(in + 4 * j));
  NPUEMU_UNROLL NPUEMU_EACH scale[j] =
      _mm256_fmadd_pd(r[j], _mm256_set1_pd(0x1.71547652b82fep+0), shift);
  NPUEMU_UNROLL NPUEMU_EACH r[j] =
      _mm256_fnmadd_pd(_mm256_sub_pd(scale[j], shift),
                       _mm256_set1_pd(0x1.62e42fefa39efp-1), r[j]);
  NPUEMU_UNROLL NPUEMU_EACH y[j] = _mm256_set1_pd(kSeries[7]);
  NPUEMU_UNROLL
  for (int d = 6; d >= 0; --d) {
    NPUEMU_UNROLL NPUEMU_EACH y[j] =
        _mm256_fmadd_pd(y[j], r[j], _mm256_set1_pd(kSeries[d]));
  }
  NPUEMU_UNROLL NPUEMU_EACH y[j] =
      _mm256_fmadd_pd(y[j], r[j], _mm256_set1_pd(1.0));
  // The low bits of `scale` are the power of two.
  NPUEMU_UNROLL NPUEMU_EACH y[j] = _mm256_castsi256_pd(
      _mm256_add_epi64(_mm256_castpd_si256(y[j]),
                       _mm256_slli_epi64(_mm256_castpd_si256(scale[j]), 52)));
}

// Those of eight lanes that are not ordinary or not sure.
NPUEMU_AVX2 inline unsigned DoubtOfEight(__m256 x, __m256d low, __m256d high) {
  const __m256i magnitude =
      _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7fffffff));
  const __m256i odd =
      _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(kOrdinary));
  // The lower words of the results; lanes in the order 0 1 4 5 2 3 6 7.
  const __m256i words = _mm256_castps_si256(
      _mm256_shuffle_ps(_mm256_castpd_ps(low), _mm256_castpd_ps(high), 0x88));
  const __m256i distance =
      _mm256_sub_epi32(words, _mm256_set1_epi32(kSeriesMiddle - kSeriesDoubt));
  const __m256i unsure = _mm256_cmpeq_epi32(
      _mm256_and_si256(distance, _mm256_set1_epi32(kSeriesSure)),
      _mm256_setzero_si256());
  const auto lanes = [](__m256i mask) NPUEMU_AVX2 {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(mask)));
  };
  if (__builtin_expect(lanes(_mm256_or_si256(odd, unsure)) == 0, 1)) return 0;
  return lanes(odd) | lanes(_mm256_permute4x64_epi64(unsure, 0xd8));
}

NPUEMU_AVX2 size_t ExpHalfVectors(const float* in, float* out, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256d y[4];
    ExpSixteen(in + i, y);
    const unsigned mask = DoubtOfEight(_mm256_loadu_ps(in + i), y[0], y[1]) |
                          DoubtOfEight(_mm256_loadu_ps(in + i + 8), y[2], y[3])
                              << 8;
    alignas(32) float given[16];
    if (__builtin_expect(mask != 0, 0)) std::copy_n(in + i, 16, given);
    NPUEMU_UNROLL NPUEMU_EACH _mm_storeu_ps(out + i + 4 * j,
                                            _mm256_cvtpd_ps(y[j]));
    if (__builtin_expect(mask != 0, 0)) ExpLanes(given, mask, out + i);
  }
  return i;
}

}  // namespace

void ExpFloats(const float* in, float* out, size_t count) {
  size_t i = 0;
  if (CanUse(Isa::kAvx512)) {
    i = ExpVectors(in, out, count);
  } else if (CanUse(Isa::kAvx2)) {
    i = ExpHalfVectors(in, out, count);
  }
  for (; i < count; ++i) out[i] = ExpFloat(in[i]);
}

}  // namespace npuemu::kernels
