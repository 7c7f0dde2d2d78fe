#include "kernels/numeric/half_block.h"

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "kernels/numeric/isa.h"

namespace npuemu::kernels {
namespace {

// Vectors of AVX-512 were no faster: its conversions take twice as long. AVX2
// alone has the integer blends; with AVX only, GCC takes lanes apart.
#define NPUEMU_AVX2 __attribute__((target("avx2,f16c")))

constexpr size_t kLanes = 8;

NPUEMU_AVX2 inline __m256 Canonical(__m256 x) {
  const __m256 nan = _mm256_cmp_ps(x, x, _CMP_UNORD_Q);
  const __m256 canonical = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fc00000));
  return _mm256_blendv_ps(x, canonical, nan);
}

NPUEMU_AVX2 inline __m256 WidenLanes(const Float16* x) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x)));
}

NPUEMU_AVX2 inline __m256 WidenLanes(const BFloat16* x) {
  const auto* halves = reinterpret_cast<const __m128i*>(x);
  return _mm256_castsi256_ps(
      _mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128(halves)), 16));
}

constexpr int16_t InfinityOf(Float16) { return 0x7c00; }
constexpr int16_t InfinityOf(BFloat16) { return 0x7f80; }

NPUEMU_AVX2 inline __m128i Round(__m256 x, Float16) {
  return _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// Adds just below half of the last place, half where that is odd, and cuts.
NPUEMU_AVX2 inline __m128i Round(__m256 x, BFloat16) {
  const __m256i bits = _mm256_castps_si256(x);
  const __m256i odd =
      _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
  const __m256i cut = _mm256_srli_epi32(_mm256_add_epi32(bits, half), 16);
  const __m256i packed = _mm256_packus_epi32(cut, cut);
  return _mm256_castsi256_si128(_mm256_permute4x64_epi64(packed, 0x08));
}

NPUEMU_AVX2 inline bool HasNan(__m256 a, __m256 b) {
  return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_UNORD_Q)) != 0;
}

// What x rounds from: the one NaN for any, or 0 where infinity saturates.
template <bool kSaturate>
NPUEMU_AVX2 inline __m256 WithoutNan(__m256 x) {
  if (!kSaturate) return Canonical(x);
  return _mm256_and_ps(x, _mm256_cmp_ps(x, x, _CMP_ORD_Q));
}

// Saturated, an infinity is the largest finite value with its sign.
template <bool kSaturate, typename T>
NPUEMU_AVX2 inline void StoreRounded(__m256 x, T* out) {
  __m128i halves = Round(x, T{});
  if (kSaturate) {
    const __m128i magnitude = _mm_and_si128(halves, _mm_set1_epi16(0x7fff));
    const __m128i infinity = _mm_set1_epi16(InfinityOf(T{}));
    halves = _mm_add_epi16(halves, _mm_cmpeq_epi16(magnitude, infinity));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), halves);
}

// Two vectors share the look for a NaN; less than one goes through memory.
template <typename T>
NPUEMU_AVX2 void Widen(const T* in, float* out, size_t count) {
  for (; count >= 2 * kLanes; in += 16, out += 16, count -= 16) {
    __m256 low = WidenLanes(in);
    __m256 high = WidenLanes(in + kLanes);
    if (__builtin_expect(HasNan(low, high), 0)) {
      low = Canonical(low);
      high = Canonical(high);
    }
    _mm256_storeu_ps(out, low);
    _mm256_storeu_ps(out + kLanes, high);
  }
  for (; count >= kLanes; in += kLanes, out += kLanes, count -= kLanes) {
    _mm256_storeu_ps(out, Canonical(WidenLanes(in)));
  }
  if (count == 0) return;
  T halves[kLanes] = {};
  float floats[kLanes];
  std::memcpy(halves, in, count * sizeof(*in));
  _mm256_storeu_ps(floats, Canonical(WidenLanes(halves)));
  std::memcpy(out, floats, count * sizeof(*out));
}

template <bool kSaturate, typename T>
NPUEMU_AVX2 void Narrow(const float* in, T* out, size_t count) {
  for (; count >= 2 * kLanes; in += 16, out += 16, count -= 16) {
    __m256 low = _mm256_loadu_ps(in);
    __m256 high = _mm256_loadu_ps(in + kLanes);
    if (__builtin_expect(HasNan(low, high), 0)) {
      low = WithoutNan<kSaturate>(low);
      high = WithoutNan<kSaturate>(high);
    }
    StoreRounded<kSaturate>(low, out);
    StoreRounded<kSaturate>(high, out + kLanes);
  }
  while (count > 0) {
    const size_t here = std::min(count, kLanes);
    float floats[kLanes] = {};
    T halves[kLanes];
    std::memcpy(floats, in, here * sizeof(*in));
    StoreRounded<kSaturate>(WithoutNan<kSaturate>(_mm256_loadu_ps(floats)),
                            halves);
    std::memcpy(out, halves, here * sizeof(*out));
    in += here;
    out += here;
    count -= here;
  }
}

template <typename T>
void ToFloats(const T* in, float* out, size_t count) {
  if (CanUse(Isa::kAvx2)) return Widen(in, out, count);
  for (size_t i = 0; i < count; ++i) out[i] = ToFloat(in[i]);
}

template <bool kSaturate, typename T>
void FromFloats(const float* in, T* out, size_t count, T (*round)(float)) {
  if (CanUse(Isa::kAvx2)) return Narrow<kSaturate>(in, out, count);
  for (size_t i = 0; i < count; ++i) {
    out[i] = Saturated(round(in[i]), kSaturate);
  }
}

}  // namespace

void HalvesToFloats(const Float16* in, float* out, size_t count) {
  ToFloats(in, out, count);
}

void FloatsToHalves(const float* in, Float16* out, size_t count,
                    bool saturate) {
  const auto run =
      saturate ? FromFloats<true, Float16> : FromFloats<false, Float16>;
  run(in, out, count, ToFloat16);
}

void BfloatsToFloats(const BFloat16* in, float* out, size_t count) {
  ToFloats(in, out, count);
}

void FloatsToBfloats(const float* in, BFloat16* out, size_t count,
                     bool saturate) {
  const auto run =
      saturate ? FromFloats<true, BFloat16> : FromFloats<false, BFloat16>;
  run(in, out, count, ToBFloat16);
}

}  // namespace npuemu::kernels
