#include "kernels/numeric/exp_block.h"

// GCC 12 warns of what its own intrinsics leave undefined on purpose.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <bit>
#include <cstdint>

#include "kernels/numeric/elementary.h"
#include "kernels/numeric/isa.h"

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

#define NPUEMU_AVX2 __attribute__((target("avx2,fma")))

// The same for four.
NPUEMU_AVX2 inline __m128 ExpFour(__m128 floats, __m256i* doubt) {
  const __m256d x = _mm256_cvtps_pd(floats);
  const __m256d shifted = _mm256_fmadd_pd(
      x, _mm256_set1_pd(0x1.71547652b82fep+4), _mm256_set1_pd(0x1.8p52));
  const __m256d k = _mm256_sub_pd(shifted, _mm256_set1_pd(0x1.8p52));
  const __m256d r =
      _mm256_fnmadd_pd(k, _mm256_set1_pd(0x1.62e42fefa39efp-5), x);
  const __m256i bits = _mm256_castpd_si256(shifted);
  const __m256i row = _mm256_i64gather_epi64(
      reinterpret_cast<const long long*>(kTable),
      _mm256_and_si256(bits, _mm256_set1_epi64x(15)), 8);
  const __m256d scaled =
      _mm256_castsi256_pd(_mm256_add_epi64(row, _mm256_slli_epi64(bits, 48)));
  __m256d p = _mm256_set1_pd(kPolynomial[4]);
  p = _mm256_fmadd_pd(p, r, _mm256_set1_pd(kPolynomial[3]));
  p = _mm256_fmadd_pd(p, r, _mm256_set1_pd(kPolynomial[2]));
  p = _mm256_fmadd_pd(p, r, _mm256_set1_pd(kPolynomial[1]));
  p = _mm256_fmadd_pd(p, r, _mm256_set1_pd(kPolynomial[0]));
  const __m256d y = _mm256_fmadd_pd(_mm256_mul_pd(scaled, r), p, scaled);
  *doubt = _mm256_sub_epi64(_mm256_castpd_si256(y),
                            _mm256_set1_epi64x(kMiddle - kDoubt));
  return _mm256_cvtpd_ps(y);
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

// Lanes of *doubt without a bit of kSure.
NPUEMU_AVX2 inline unsigned Unsure(__m256i doubt) {
  const __m256i none = _mm256_cmpeq_epi64(
      _mm256_and_si256(doubt, _mm256_set1_epi64x(kSure)),
      _mm256_setzero_si256());
  return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(none)));
}

NPUEMU_AVX2 size_t ExpHalfVectors(const float* in, float* out, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 x = _mm256_loadu_ps(in + i);
    const __m256i magnitude =
        _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7fffffff));
    const __m256i odd =
        _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(kOrdinary));
    __m256i low_doubt;
    __m256i high_doubt;
    const __m128 low = ExpFour(_mm256_castps256_ps128(x), &low_doubt);
    const __m128 high = ExpFour(_mm256_extractf128_ps(x, 1), &high_doubt);
    const unsigned mask =
        Unsure(low_doubt) | Unsure(high_doubt) << 4 |
        static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(odd)));
    alignas(32) float given[8];
    if (__builtin_expect(mask != 0, 0)) _mm256_store_ps(given, x);
    _mm_storeu_ps(out + i, low);
    _mm_storeu_ps(out + i + 4, high);
    if (__builtin_expect(mask != 0, 0)) ExpLanes(given, mask, out + i);
  }
  return i;
}

bool HasAvx2() {
  static const bool has =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has && IsAllowed(Isa::kAvx2);
}

bool HasAvx512() {
  static const bool has =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  return has && IsAllowed(Isa::kAvx512);
}

}  // namespace

void ExpFloats(const float* in, float* out, size_t count) {
  size_t i = 0;
  if (HasAvx512()) {
    i = ExpVectors(in, out, count);
  } else if (HasAvx2()) {
    i = ExpHalfVectors(in, out, count);
  }
  for (; i < count; ++i) out[i] = ExpFloat(in[i]);
}

}  // namespace npuemu::kernels
