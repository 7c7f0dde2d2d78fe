#include "kernels/numeric/exp_block.h"

// GCC 12 warns of what its own intrinsics leave undefined on purpose.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "kernels/numeric/elementary.h"

namespace npuemu::kernels {
namespace {

#define NPUEMU_AVX512 __attribute__((target("avx512f,avx512dq")))

// 2^(j/16), rounded to double.
alignas(64) constexpr double kTable[16] = {0x1p+0,
                                           0x1.0b5586cf9890fp+0,
                                           0x1.172b83c7d517bp+0,
                                           0x1.2387a6e756238p+0,
                                           0x1.306fe0a31b715p+0,
                                           0x1.3dea64c123422p+0,
                                           0x1.4bfdad5362a27p+0,
                                           0x1.5ab07dd485429p+0,
                                           0x1.6a09e667f3bcdp+0,
                                           0x1.7a11473eb0187p+0,
                                           0x1.8ace5422aa0dbp+0,
                                           0x1.9c49182a3f09p+0,
                                           0x1.ae89f995ad3adp+0,
                                           0x1.c199bdd85529cp+0,
                                           0x1.d5818dcfba487p+0,
                                           0x1.ea4afa2a490dap+0};

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
constexpr long long kBelow = (1LL << 29) - 1;

struct Eight {
  __m256 result;
  __mmask8 doubtful;
};

// x within [-87, 88.7]: the result is a normal float.
NPUEMU_AVX512 inline Eight ExpEight(__m512d x) {
  const __m512d magic = _mm512_set1_pd(0x1.8p52);
  const __m512d shifted =
      _mm512_fmadd_pd(x, _mm512_set1_pd(0x1.71547652b82fep+4), magic);
  const __m512d k = _mm512_sub_pd(shifted, magic);
  const __m512d r =
      _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.62e42fefa39efp-5), x);
  // The low bits of `shifted` are k: four choose the row, the rest is the
  // exponent.
  const __m512i bits = _mm512_castpd_si512(shifted);
  const __m512d row = _mm512_permutex2var_pd(_mm512_load_pd(kTable), bits,
                                             _mm512_load_pd(kTable + 8));
  const __m512i exponent = _mm512_slli_epi64(_mm512_srai_epi64(bits, 4), 52);
  const __m512d scaled =
      _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(row), exponent));
  __m512d p = _mm512_set1_pd(kPolynomial[4]);
  for (int c = 3; c >= 0; --c) {
    p = _mm512_fmadd_pd(p, r, _mm512_set1_pd(kPolynomial[c]));
  }
  const __m512d y = _mm512_fmadd_pd(_mm512_mul_pd(scaled, r), p, scaled);
  const __m512i rest =
      _mm512_and_si512(_mm512_sub_epi64(_mm512_castpd_si512(y),
                                        _mm512_set1_epi64(kMiddle - kDoubt)),
                       _mm512_set1_epi64(kBelow));
  return {_mm512_cvtpd_ps(y),
          _mm512_cmplt_epu64_mask(rest, _mm512_set1_epi64(2 * kDoubt))};
}

// Whole vectors only; returns how many were done.
NPUEMU_AVX512 size_t ExpVectors(const float* in, float* out, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512 x = _mm512_loadu_ps(in + i);
    const __mmask16 ordinary =
        _mm512_cmp_ps_mask(x, _mm512_set1_ps(-87.0f), _CMP_GE_OQ) &
        _mm512_cmp_ps_mask(x, _mm512_set1_ps(88.7f), _CMP_LE_OQ);
    const __m512 safe = _mm512_maskz_mov_ps(ordinary, x);
    const Eight low = ExpEight(_mm512_cvtps_pd(_mm512_castps512_ps256(safe)));
    const Eight high =
        ExpEight(_mm512_cvtps_pd(_mm512_extractf32x8_ps(safe, 1)));
    const unsigned doubtful = (static_cast<unsigned>(low.doubtful) |
                               static_cast<unsigned>(high.doubtful) << 8 |
                               (~static_cast<unsigned>(ordinary) & 0xffffu));
    float kept[16];
    if (doubtful != 0) _mm512_storeu_ps(kept, x);
    _mm256_storeu_ps(out + i, low.result);
    _mm256_storeu_ps(out + i + 8, high.result);
    for (unsigned rest = doubtful; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(__builtin_ctz(rest));
      out[i + lane] = ExpFloat(kept[lane]);
    }
  }
  return i;
}

bool HasAvx512() {
  static const bool has =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  return has;
}

}  // namespace

void ExpFloats(const float* in, float* out, size_t count) {
  size_t i = HasAvx512() ? ExpVectors(in, out, count) : 0;
  for (; i < count; ++i) out[i] = ExpFloat(in[i]);
}

}  // namespace npuemu::kernels
