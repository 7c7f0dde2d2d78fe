#include "kernels/numeric/half_arithmetic.h"

#include <cpuid.h>
// GCC 12 warns of what its own intrinsics leave undefined on purpose.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <atomic>

#include "kernels/numeric/half_block.h"
#include "kernels/numeric/isa.h"

namespace npuemu::kernels {
namespace {

#define NPUEMU_AVX2 __attribute__((target("avx2,f16c,fma")))
#define NPUEMU_FP16 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512fp16")))

enum class Op { kAdd, kSubtract, kMultiply, kDivide };

template <Op kOp>
[[gnu::always_inline]] inline float Of(float a, float b) {
  if constexpr (kOp == Op::kAdd) return a + b;
  if constexpr (kOp == Op::kSubtract) return a - b;
  if constexpr (kOp == Op::kMultiply) return a * b;
  return a / b;
}

// Through f32, a block at a time.
template <Op kOp>
void PlainHalves(const Float16* a, const Float16* b, Float16* y, size_t count,
                 bool saturate) {
  constexpr size_t kBlock = 256;
  alignas(64) float x1[kBlock];
  alignas(64) float x2[kBlock + 16];  // not 4 KiB from the others
  for (size_t i = 0; i < count; i += kBlock) {
    const size_t size = std::min(kBlock, count - i);
    HalvesToFloats(a + i, x1, size);
    HalvesToFloats(b + i, x2, size);
    for (size_t k = 0; k < size; ++k) x1[k] = Of<kOp>(x1[k], x2[k]);
    FloatsToHalves(x1, y + i, size, saturate);
  }
}

constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
constexpr float kMost = 65504;  // of a half; clamped before the rounding to it
constexpr int kNan = 0x7fc00000;  // rounds to 0x7e00

// Sums are a * 1 + b, the same value: conversions leave the units that multiply
// free, not always those that add.
template <Op kOp>
NPUEMU_AVX2 inline __m256 Avx2Of(__m256 a, __m256 b, __m256 one) {
  if constexpr (kOp == Op::kAdd) return _mm256_fmadd_ps(a, one, b);
  if constexpr (kOp == Op::kSubtract) return _mm256_fmsub_ps(a, one, b);
  if constexpr (kOp == Op::kMultiply) return _mm256_mul_ps(a, b);
  return _mm256_div_ps(a, b);
}

NPUEMU_AVX2 inline __m256 Avx2Load(const Float16* x) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x)));
}

NPUEMU_AVX2 inline void Avx2Store(__m256 x, Float16* y) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(y), _mm256_cvtps_ph(x, kNearest));
}

// NaN is canonical, or 0 where infinity saturates.
template <bool kSaturate>
NPUEMU_AVX2 inline __m256 Avx2Canonical(__m256 y) {
  if (!kSaturate) {
    const __m256 nan = _mm256_cmp_ps(y, y, _CMP_UNORD_Q);
    const __m256 canonical = _mm256_castsi256_ps(_mm256_set1_epi32(kNan));
    return _mm256_blendv_ps(y, canonical, nan);
  }
  const __m256 ordered = _mm256_cmp_ps(y, y, _CMP_ORD_Q);
  y = _mm256_max_ps(y, _mm256_set1_ps(-kMost));
  y = _mm256_min_ps(y, _mm256_set1_ps(kMost));
  return _mm256_and_ps(y, ordered);
}

// The f32 result rounded to a half is exact as one rounding (7.9). Processors
// with AVX-512 take this, too: two short conversions take them no longer than a
// long one.
template <Op kOp, bool kSaturate>
NPUEMU_AVX2 size_t Avx2Halves(const Float16* a, const Float16* b, Float16* y,
                              size_t count) {
  __m256 one = _mm256_set1_ps(1);
  asm("" : "+x"(one));  // a compiler that knows it would add
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256 low = Avx2Of<kOp>(Avx2Load(a + i), Avx2Load(b + i), one);
    __m256 high = Avx2Of<kOp>(Avx2Load(a + i + 8), Avx2Load(b + i + 8), one);
    const __m256 nan = _mm256_cmp_ps(low, high, _CMP_UNORD_Q);
    if (kSaturate || __builtin_expect(_mm256_movemask_ps(nan) != 0, 0)) {
      low = Avx2Canonical<kSaturate>(low);
      high = Avx2Canonical<kSaturate>(high);
    }
    Avx2Store(low, y + i);
    Avx2Store(high, y + i + 8);
  }
  return i;
}

// clang 14 does not have the intrinsics for a function alone.
#ifndef __clang__
constexpr bool kHasFp16 = true;

template <Op kOp>
NPUEMU_FP16 inline __m512h OfVector(__m512h a, __m512h b) {
  if constexpr (kOp == Op::kAdd) return _mm512_add_ph(a, b);
  if constexpr (kOp == Op::kSubtract) return _mm512_sub_ph(a, b);
  if constexpr (kOp == Op::kMultiply) return _mm512_mul_ph(a, b);
  return _mm512_div_ph(a, b);
}

template <Op kOp>
NPUEMU_FP16 inline __m512i OutVector(__m512i a, __m512i b, bool saturate) {
  const __m512h y =
      OfVector<kOp>(_mm512_castsi512_ph(a), _mm512_castsi512_ph(b));
  const __mmask32 nan = _mm512_cmp_ph_mask(y, y, _CMP_UNORD_Q);
  __m512i bits = _mm512_castph_si512(y);
  if (saturate) {
    const __m512i infinity = _mm512_set1_epi16(0x7c00);
    const __mmask32 inf = _mm512_cmpeq_epi16_mask(
        _mm512_and_si512(bits, _mm512_set1_epi16(0x7fff)), infinity);
    bits = _mm512_mask_sub_epi16(bits, inf, bits, _mm512_set1_epi16(1));
    return _mm512_maskz_mov_epi16(~nan, bits);
  }
  return _mm512_mask_mov_epi16(bits, nan, _mm512_set1_epi16(0x7e00));
}

template <Op kOp>
NPUEMU_FP16 void Fp16Halves(const Float16* a, const Float16* b, Float16* y,
                            size_t count, bool saturate) {
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    _mm512_storeu_si512(y + i,
                        OutVector<kOp>(_mm512_loadu_si512(a + i),
                                       _mm512_loadu_si512(b + i), saturate));
  }
  if (i == count) return;
  const __mmask32 rest = (uint32_t{1} << (count - i)) - 1;
  _mm512_mask_storeu_epi16(
      y + i, rest,
      OutVector<kOp>(_mm512_maskz_loadu_epi16(rest, a + i),
                     _mm512_maskz_loadu_epi16(rest, b + i), saturate));
}

#else
constexpr bool kHasFp16 = false;

template <Op kOp>
void Fp16Halves(const Float16*, const Float16*, Float16*, size_t, bool) {}
#endif

int BestVersion() {
  if (!Has(Isa::kAvx2)) return 0;
  if (!Has(Isa::kAvx512)) return 1;
  // clang 14 knows no "avx512fp16" in __builtin_cpu_supports.
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kFp16 = 1u << 23;
  const bool leaf7 = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0;
  return kHasFp16 && leaf7 && (d & kFp16) != 0 ? 2 : 1;
}

std::atomic<int> g_version{-1};

int Version() {
  const int version = g_version.load(std::memory_order_relaxed);
  if (version >= 0) return version;
  const int best = BestVersion();
  g_version.store(best, std::memory_order_relaxed);
  return best;
}

template <Op kOp, bool kSaturate>
void Halves(const Float16* a, const Float16* b, Float16* y, size_t count) {
  const int version = Version();
  if (version == 2) return Fp16Halves<kOp>(a, b, y, count, kSaturate);
  size_t done = 0;
  if (version == 1) done = Avx2Halves<kOp, kSaturate>(a, b, y, count);
  if (done == count) return;
  PlainHalves<kOp>(a + done, b + done, y + done, count - done, kSaturate);
}

template <Op kOp>
void Halves(const Float16* a, const Float16* b, Float16* y, size_t count,
            bool saturate) {
  const auto run = saturate ? Halves<kOp, true> : Halves<kOp, false>;
  run(a, b, y, count);
}

}  // namespace

void AddHalves(const Float16* a, const Float16* b, Float16* y, size_t count,
               bool saturate) {
  Halves<Op::kAdd>(a, b, y, count, saturate);
}
void SubtractHalves(const Float16* a, const Float16* b, Float16* y,
                    size_t count, bool saturate) {
  Halves<Op::kSubtract>(a, b, y, count, saturate);
}
void MultiplyHalves(const Float16* a, const Float16* b, Float16* y,
                    size_t count, bool saturate) {
  Halves<Op::kMultiply>(a, b, y, count, saturate);
}
void DivideHalves(const Float16* a, const Float16* b, Float16* y, size_t count,
                  bool saturate) {
  Halves<Op::kDivide>(a, b, y, count, saturate);
}

bool SetHalfVersion(int version) {
  if (version > BestVersion()) return false;
  g_version.store(version);
  return true;
}

}  // namespace npuemu::kernels
