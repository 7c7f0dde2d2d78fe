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

NPUEMU_AVX2 inline __m256 Canonical(__m256 x) {
  const __m256 nan = _mm256_cmp_ps(x, x, _CMP_UNORD_Q);
  const __m256 canonical = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fc00000));
  return _mm256_blendv_ps(x, canonical, nan);
}

NPUEMU_AVX2 inline __m256 WidenLanes(__m128i x, Float16) {
  return Canonical(_mm256_cvtph_ps(x));
}

NPUEMU_AVX2 inline __m256 WidenLanes(__m128i x, BFloat16) {
  const __m256i bits = _mm256_slli_epi32(_mm256_cvtepu16_epi32(x), 16);
  return Canonical(_mm256_castsi256_ps(bits));
}

// What a NaN and an infinity are in 16 bits.
struct Specials {
  int16_t nan;
  int16_t infinity;
};
constexpr Specials SpecialsOf(Float16) { return {0x7e00, 0x7c00}; }
constexpr Specials SpecialsOf(BFloat16) { return {0x7fc0, 0x7f80}; }

// A NaN becomes the one NaN or, saturated, 0; then an infinity the largest
// finite value with its sign.
NPUEMU_AVX2 inline __m128i Special(__m128i halves, Specials specials,
                                   bool saturate) {
  const __m128i magnitude = _mm_and_si128(halves, _mm_set1_epi16(0x7fff));
  const __m128i infinity = _mm_set1_epi16(specials.infinity);
  const __m128i nan = _mm_cmpgt_epi16(magnitude, infinity);
  const __m128i for_nan = _mm_set1_epi16(saturate ? 0 : specials.nan);
  const __m128i result = _mm_blendv_epi8(halves, for_nan, nan);
  if (!saturate) return result;
  return _mm_add_epi16(result, _mm_cmpeq_epi16(magnitude, infinity));
}

NPUEMU_AVX2 inline __m128i NarrowLanes(__m256 x, Float16) {
  return _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// Adds just below half of the last place, half where that is odd, and cuts.
NPUEMU_AVX2 inline __m128i NarrowLanes(__m256 x, BFloat16) {
  const __m256i bits = _mm256_castps_si256(Canonical(x));
  const __m256i odd =
      _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
  const __m256i cut = _mm256_srli_epi32(_mm256_add_epi32(bits, half), 16);
  const __m256i packed = _mm256_packus_epi32(cut, cut);
  return _mm256_castsi256_si128(_mm256_permute4x64_epi64(packed, 0x08));
}

template <typename T>
NPUEMU_AVX2 void WidenBlock(const T* in, float* out) {
  const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  _mm256_storeu_ps(out, WidenLanes(x, T{}));
}

template <typename T>
NPUEMU_AVX2 void NarrowBlock(const float* in, T* out, bool saturate) {
  const __m128i x = NarrowLanes(_mm256_loadu_ps(in), T{});
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                   Special(x, SpecialsOf(T{}), saturate));
}

// What the vectors of 16 left over.
template <typename T>
NPUEMU_AVX2 void Widen(const T* in, float* out, size_t count) {
  for (; count >= kLanes; in += kLanes, out += kLanes, count -= kLanes) {
    WidenBlock(in, out);
  }
  if (count == 0) return;
  T halves[kLanes] = {};
  float floats[kLanes];
  std::memcpy(halves, in, count * sizeof(*in));
  WidenBlock(halves, floats);
  std::memcpy(out, floats, count * sizeof(*out));
}

template <typename T>
NPUEMU_AVX2 void Narrow(const float* in, T* out, size_t count, bool saturate) {
  for (; count >= kLanes; in += kLanes, out += kLanes, count -= kLanes) {
    NarrowBlock(in, out, saturate);
  }
  if (count == 0) return;
  float floats[kLanes] = {};
  T halves[kLanes];
  std::memcpy(floats, in, count * sizeof(*in));
  NarrowBlock(floats, halves, saturate);
  std::memcpy(out, halves, count * sizeof(*out));
}

// The same 16 at a time.
NPUEMU_AVX512 inline __m512 WidenLanes16(__m256i x, Float16) {
  return _mm512_cvtph_ps(x);
}

NPUEMU_AVX512 inline __m512 WidenLanes16(__m256i x, BFloat16) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(x), 16));
}

NPUEMU_AVX512 inline __m512 Canonical16(__m512 x) {
  const __m512 canonical = _mm512_castsi512_ps(_mm512_set1_epi32(0x7fc00000));
  const __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  return _mm512_mask_mov_ps(x, nan, canonical);
}

NPUEMU_AVX512 inline __m256i NarrowLanes16(__m512 x, Float16) {
  return _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

NPUEMU_AVX512 inline __m256i NarrowLanes16(__m512 x, BFloat16) {
  const __m512i bits = _mm512_castps_si512(Canonical16(x));
  const __m512i odd =
      _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
  return _mm512_cvtepi32_epi16(
      _mm512_srli_epi32(_mm512_add_epi32(bits, half), 16));
}

// Whole vectors only; both return how many elements were done.
template <typename T>
NPUEMU_AVX512 size_t WidenVectors(const T* in, float* out, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i x =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + i));
    _mm512_storeu_ps(out + i, Canonical16(WidenLanes16(x, T{})));
  }
  return i;
}

template <typename T>
NPUEMU_AVX512 size_t NarrowVectors(const float* in, T* out, size_t count,
                                   bool saturate) {
  const Specials specials = SpecialsOf(T{});
  const __m256i infinity = _mm256_set1_epi16(specials.infinity);
  const __m256i for_nan = _mm256_set1_epi16(saturate ? 0 : specials.nan);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i halves = NarrowLanes16(_mm512_loadu_ps(in + i), T{});
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

template <typename T>
void ToFloats(const T* in, float* out, size_t count) {
  size_t i = HasAvx512() ? WidenVectors(in, out, count) : 0;
  if (HasAvx2()) return Widen(in + i, out + i, count - i);
  for (; i < count; ++i) out[i] = ToFloat(in[i]);
}

template <typename T, typename Round>
void FromFloats(const float* in, T* out, size_t count, bool saturate,
                Round round) {
  size_t i = HasAvx512() ? NarrowVectors(in, out, count, saturate) : 0;
  if (HasAvx2()) return Narrow(in + i, out + i, count - i, saturate);
  for (; i < count; ++i) out[i] = Saturated(round(in[i]), saturate);
}

}  // namespace

void HalvesToFloats(const Float16* in, float* out, size_t count) {
  ToFloats(in, out, count);
}

void FloatsToHalves(const float* in, Float16* out, size_t count,
                    bool saturate) {
  FromFloats(in, out, count, saturate, ToFloat16);
}

void BfloatsToFloats(const BFloat16* in, float* out, size_t count) {
  ToFloats(in, out, count);
}

void FloatsToBfloats(const float* in, BFloat16* out, size_t count,
                     bool saturate) {
  FromFloats(in, out, count, saturate, ToBFloat16);
}

}  // namespace npuemu::kernels
