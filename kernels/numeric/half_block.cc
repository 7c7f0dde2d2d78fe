#include "kernels/numeric/half_block.h"

#include <cpuid.h>
// GCC 12 warns of what its own intrinsics leave undefined on purpose.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstring>

#include "kernels/numeric/isa.h"

namespace npuemu::kernels {
namespace {

// AVX2 alone has the integer blends; with AVX only, GCC takes lanes apart.
#define NPUEMU_AVX2 __attribute__((target("avx2,f16c")))
#define NPUEMU_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

constexpr size_t kLanes = 8;

NPUEMU_AVX2 inline void WidenLanes(const Float16* in, float* out) {
  const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  const __m256 wide = _mm256_cvtph_ps(halves);
  const __m256 nan = _mm256_cmp_ps(wide, wide, _CMP_UNORD_Q);
  const __m256 canonical = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fc00000));
  _mm256_storeu_ps(out, _mm256_blendv_ps(wide, canonical, nan));
}

// NaN becomes 7e00 or, saturated, 0; then an infinity 7bff with its sign.
NPUEMU_AVX2 inline __m128i Special(__m128i halves, bool saturate) {
  const __m128i magnitude = _mm_and_si128(halves, _mm_set1_epi16(0x7fff));
  const __m128i infinity = _mm_set1_epi16(0x7c00);
  const __m128i nan = _mm_cmpgt_epi16(magnitude, infinity);
  const __m128i for_nan = _mm_set1_epi16(saturate ? 0 : 0x7e00);
  const __m128i result = _mm_blendv_epi8(halves, for_nan, nan);
  if (!saturate) return result;
  return _mm_add_epi16(result, _mm_cmpeq_epi16(magnitude, infinity));
}

NPUEMU_AVX2 inline void NarrowLanes(const float* in, Float16* out,
                                    bool saturate) {
  const __m128i halves = _mm256_cvtps_ph(
      _mm256_loadu_ps(in), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), Special(halves, saturate));
}

// What the vectors of 16 left over.
NPUEMU_AVX2 void Widen(const Float16* in, float* out, size_t count) {
  for (; count >= kLanes; in += kLanes, out += kLanes, count -= kLanes) {
    WidenLanes(in, out);
  }
  if (count == 0) return;
  Float16 halves[kLanes] = {};
  float floats[kLanes];
  std::memcpy(halves, in, count * sizeof(*in));
  WidenLanes(halves, floats);
  std::memcpy(out, floats, count * sizeof(*out));
}

NPUEMU_AVX2 void Narrow(const float* in, Float16* out, size_t count,
                        bool saturate) {
  for (; count >= kLanes; in += kLanes, out += kLanes, count -= kLanes) {
    NarrowLanes(in, out, saturate);
  }
  if (count == 0) return;
  float floats[kLanes] = {};
  Float16 halves[kLanes];
  std::memcpy(floats, in, count * sizeof(*in));
  NarrowLanes(floats, halves, saturate);
  std::memcpy(out, halves, count * sizeof(*out));
}

// Whole vectors only; both return how many elements were done.
NPUEMU_AVX512 size_t WidenVectors(const Float16* in, float* out, size_t count) {
  const __m512 canonical = _mm512_castsi512_ps(_mm512_set1_epi32(0x7fc00000));
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512 wide = _mm512_cvtph_ps(
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + i)));
    const __mmask16 nan = _mm512_cmp_ps_mask(wide, wide, _CMP_UNORD_Q);
    _mm512_storeu_ps(out + i, _mm512_mask_mov_ps(wide, nan, canonical));
  }
  return i;
}

NPUEMU_AVX512 size_t NarrowVectors(const float* in, Float16* out, size_t count,
                                   bool saturate) {
  const __m256i infinity = _mm256_set1_epi16(0x7c00);
  const __m256i for_nan = _mm256_set1_epi16(saturate ? 0 : 0x7e00);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i halves = _mm512_cvtps_ph(
        _mm512_loadu_ps(in + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m256i magnitude =
        _mm256_and_si256(halves, _mm256_set1_epi16(0x7fff));
    const __mmask16 nan = _mm256_cmpgt_epi16_mask(magnitude, infinity);
    if (saturate) {
      const __mmask16 inf = _mm256_cmpeq_epi16_mask(magnitude, infinity);
      halves = _mm256_mask_sub_epi16(halves, inf, halves, _mm256_set1_epi16(1));
    }
    halves = _mm256_mask_mov_epi16(halves, nan, for_nan);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), halves);
  }
  return i;
}

// clang 14 knows no "f16c" in __builtin_cpu_supports; "avx2" includes that the
// system saves the registers.
bool HasAvx2() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx2") && __get_cpuid(1, &a, &b, &c, &d) &&
           (c & bit_F16C) != 0;
  }();
  return has && IsAllowed(Isa::kAvx2);
}

bool HasAvx512() {
  static const bool has =
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return has && IsAllowed(Isa::kAvx512) && HasAvx2();
}

}  // namespace

void HalvesToFloats(const Float16* in, float* out, size_t count) {
  size_t i = HasAvx512() ? WidenVectors(in, out, count) : 0;
  if (HasAvx2()) return Widen(in + i, out + i, count - i);
  for (; i < count; ++i) out[i] = ToFloat(in[i]);
}

void FloatsToHalves(const float* in, Float16* out, size_t count,
                    bool saturate) {
  size_t i = HasAvx512() ? NarrowVectors(in, out, count, saturate) : 0;
  if (HasAvx2()) return Narrow(in + i, out + i, count - i, saturate);
  for (; i < count; ++i) out[i] = Saturated(ToFloat16(in[i]), saturate);
}

}  // namespace npuemu::kernels
