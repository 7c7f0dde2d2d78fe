#include "kernels/numeric/half_block.h"

#include <cpuid.h>
#include <immintrin.h>

#include <cstring>

namespace npuemu::kernels {
namespace {

#define NPUEMU_F16C __attribute__((target("avx,f16c")))

constexpr size_t kLanes = 8;

NPUEMU_F16C void WidenLanes(const Float16* in, float* out) {
  const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  const __m256 wide = _mm256_cvtph_ps(halves);
  const __m256 nan = _mm256_cmp_ps(wide, wide, _CMP_UNORD_Q);
  const __m256 canonical =
      _mm256_castsi256_ps(_mm256_set1_epi32(0x7fc00000));
  // Of a blend GCC 12 makes eight scalar ones, as there is no AVX2.
  _mm256_storeu_ps(out, _mm256_or_ps(_mm256_andnot_ps(nan, wide),
                                     _mm256_and_ps(nan, canonical)));
}

NPUEMU_F16C void NarrowLanes(const float* in, Float16* out, bool saturate) {
  const __m128i halves = _mm256_cvtps_ph(
      _mm256_loadu_ps(in), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m128i magnitude =
      _mm_and_si128(halves, _mm_set1_epi16(0x7fff));
  const __m128i infinity = _mm_set1_epi16(0x7c00);
  const __m128i nan = _mm_cmpgt_epi16(magnitude, infinity);
  const __m128i for_nan = _mm_set1_epi16(saturate ? 0 : 0x7e00);
  __m128i result = _mm_blendv_epi8(halves, for_nan, nan);
  if (saturate) {  // 7c00 becomes 7bff with its sign
    result = _mm_add_epi16(result, _mm_cmpeq_epi16(magnitude, infinity));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), result);
}

NPUEMU_F16C void Widen(const Float16* in, float* out, size_t count) {
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

NPUEMU_F16C void Narrow(const float* in, Float16* out, size_t count,
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

// clang 14 knows no "f16c" in __builtin_cpu_supports; "avx" includes that the
// system saves the registers.
bool HasF16c() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) &&
           (c & bit_F16C) != 0;
  }();
  return has;
}

}  // namespace

void HalvesToFloats(const Float16* in, float* out, size_t count) {
  if (HasF16c()) return Widen(in, out, count);
  for (size_t i = 0; i < count; ++i) out[i] = ToFloat(in[i]);
}

void FloatsToHalves(const float* in, Float16* out, size_t count,
                    bool saturate) {
  if (HasF16c()) return Narrow(in, out, count, saturate);
  for (size_t i = 0; i < count; ++i) {
    out[i] = Saturated(ToFloat16(in[i]), saturate);
  }
}

}  // namespace npuemu::kernels
