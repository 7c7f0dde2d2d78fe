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

namespace npuemu::kernels {
namespace {

#define NPUEMU_AVX2 __attribute__((target("avx2")))
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

template <Op kOp>
[[gnu::always_inline]] inline void OfFloats(float* a, const float* b,
                                            size_t count) {
  for (size_t i = 0; i < count; ++i) a[i] = Of<kOp>(a[i], b[i]);
}

template <Op kOp>
void PlainFloats(float* a, const float* b, size_t count) {
  OfFloats<kOp>(a, b, count);
}

template <Op kOp>
NPUEMU_AVX2 void Avx2Floats(float* a, const float* b, size_t count) {
  OfFloats<kOp>(a, b, count);
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
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool leaf7 = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0;
  constexpr unsigned kFp16 = 1u << 23;
  if (kHasFp16 && leaf7 && (d & kFp16) != 0 &&
      __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    return 2;
  }
  return __builtin_cpu_supports("avx2") ? 1 : 0;
}

std::atomic<int> g_version{-1};

int Version() {
  const int version = g_version.load(std::memory_order_relaxed);
  if (version >= 0) return version;
  const int best = BestVersion();
  g_version.store(best, std::memory_order_relaxed);
  return best;
}

template <Op kOp>
void Halves(const Float16* a, const Float16* b, Float16* y, size_t count,
            bool saturate) {
  const int version = Version();
  if (version == 2) return Fp16Halves<kOp>(a, b, y, count, saturate);
  constexpr size_t kBlock = 256;
  alignas(64) float x1[kBlock];
  alignas(64) float x2[kBlock + 16];  // not 4 KiB from the others
  for (size_t i = 0; i < count; i += kBlock) {
    const size_t size = std::min(kBlock, count - i);
    HalvesToFloats(a + i, x1, size);
    HalvesToFloats(b + i, x2, size);
    if (version == 1) {
      Avx2Floats<kOp>(x1, x2, size);
    } else {
      PlainFloats<kOp>(x1, x2, size);
    }
    FloatsToHalves(x1, y + i, size, saturate);
  }
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
