#include "kernels/numeric/largest.h"

#include <immintrin.h>

#include <bit>
#include <limits>

#include "kernels/numeric/isa.h"

namespace npuemu::kernels {
namespace {

#define NPUEMU_AVX2 __attribute__((target("avx2")))

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The best so far, but for NaN, and whether one was there.
struct Found {
  float best;
  bool nan;

  template <bool kSmallest>
  void Take(float x) {
    if (kSmallest ? x < best : x > best) best = x;
    nan = nan || x != x;
  }
};

// Whole vectors; both return how many they took. max and min of the processor
// give their second operand if one is NaN or both are 0.
template <bool kSmallest>
NPUEMU_AVX2 inline __m256 Better(__m256 v, __m256 best) {
  return kSmallest ? _mm256_min_ps(v, best) : _mm256_max_ps(v, best);
}

template <bool kSmallest>
NPUEMU_AVX2 int64_t Avx2Vectors(const float* x, int64_t n, Found* found) {
  constexpr int64_t kWide = 32;
  if (n < kWide) return 0;
  __m256 best[4];
  for (__m256& lanes : best) lanes = _mm256_set1_ps(found->best);
  __m256 nan = _mm256_setzero_ps();
  int64_t i = 0;
  for (; i + kWide <= n; i += kWide) {
    const __m256 v0 = _mm256_loadu_ps(x + i);
    const __m256 v1 = _mm256_loadu_ps(x + i + 8);
    const __m256 v2 = _mm256_loadu_ps(x + i + 16);
    const __m256 v3 = _mm256_loadu_ps(x + i + 24);
    best[0] = Better<kSmallest>(v0, best[0]);
    best[1] = Better<kSmallest>(v1, best[1]);
    best[2] = Better<kSmallest>(v2, best[2]);
    best[3] = Better<kSmallest>(v3, best[3]);
    nan = _mm256_or_ps(nan, _mm256_cmp_ps(v0, v1, _CMP_UNORD_Q));
    nan = _mm256_or_ps(nan, _mm256_cmp_ps(v2, v3, _CMP_UNORD_Q));
  }
  // Of two lanes that are equal, or both 0, either: the caller tells them
  // apart.
  float lanes[8];
  _mm256_storeu_ps(lanes,
                   Better<kSmallest>(Better<kSmallest>(best[0], best[1]),
                                     Better<kSmallest>(best[2], best[3])));
  for (const float lane : lanes) found->Take<kSmallest>(lane);
  found->nan = _mm256_movemask_ps(nan) != 0;
  return i;
}

template <bool kSmallest>
int64_t Vectors(const float* x, int64_t n, Found* found) {
  constexpr int64_t kWide = 8;
  if (n < kWide) return 0;
  __m128 low = _mm_set1_ps(found->best);
  __m128 high = low;
  __m128 nan = _mm_setzero_ps();
  int64_t i = 0;
  for (; i + kWide <= n; i += kWide) {
    const __m128 a = _mm_loadu_ps(x + i);
    const __m128 b = _mm_loadu_ps(x + i + 4);
    low = kSmallest ? _mm_min_ps(a, low) : _mm_max_ps(a, low);
    high = kSmallest ? _mm_min_ps(b, high) : _mm_max_ps(b, high);
    nan = _mm_or_ps(nan, _mm_cmpunord_ps(a, b));
  }
  float lanes[kWide];
  _mm_storeu_ps(lanes, low);
  _mm_storeu_ps(lanes + 4, high);
  for (const float lane : lanes) found->Take<kSmallest>(lane);
  found->nan = _mm_movemask_ps(nan) != 0;
  return i;
}

}  // namespace

template <bool kSmallest>
float Largest(const float* x, int64_t n) {
  Found found{kSmallest ? kInfinity : -kInfinity, false};
  int64_t i = CanUse(Isa::kAvx2) ? Avx2Vectors<kSmallest>(x, n, &found)
                                 : Vectors<kSmallest>(x, n, &found);
  for (; i < n; ++i) found.Take<kSmallest>(x[i]);
  if (found.nan) return std::bit_cast<float>(0x7fc00000);
  // Only zeros differ while they are equal: the first one is looked for.
  for (int64_t j = 0; j < n && found.best == 0; ++j) {
    if (x[j] == 0) return x[j];
  }
  return found.best;
}

template float Largest<false>(const float* x, int64_t n);
template float Largest<true>(const float* x, int64_t n);

}  // namespace npuemu::kernels
