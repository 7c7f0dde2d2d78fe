#include "kernels/gemm/pack.h"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "kernels/numeric/bfloat16.h"
#include "kernels/numeric/float16.h"
#include "kernels/numeric/half_block.h"

namespace npuemu::kernels {
namespace {

// Elements that are read at once along K or across panels. Packed values are
// moved in words of 4 bytes: a float, or two int16 of neighbouring steps.
constexpr int64_t kRun = 64;
constexpr int64_t kRunPanels = kRun / kPanelRows;

// S_T of an input. Only infinities lie above `most`.
float SaturatedInput(float x, float most) {
  if (std::isnan(x)) return 0.0f;
  return std::clamp(x, -most, most);
}

constexpr float kMostF32 = std::numeric_limits<float>::max();

// How elements of each kind become packed values, a run of them at once.
template <typename T>
struct HalfSource {
  using Stored = T;
  using Packed = float;
  bool saturate;
  float most;
  void Widen(const T* from, int64_t count, float* to) const {
    if constexpr (std::is_same_v<T, Float16>) {
      HalvesToFloats(from, to, static_cast<size_t>(count));
    } else {
      BfloatsToFloats(from, to, static_cast<size_t>(count));
    }
    if (!saturate) return;
    for (int64_t i = 0; i < count; ++i) to[i] = SaturatedInput(to[i], most);
  }
};

// RoundToHf32 of four.
__m128i RoundFourToHf32(__m128i bits) {
  const __m128i odd =
      _mm_and_si128(_mm_srli_epi32(bits, 12), _mm_set1_epi32(1));
  const __m128i rounded = _mm_andnot_si128(
      _mm_set1_epi32(0xfff),
      _mm_add_epi32(_mm_add_epi32(bits, _mm_set1_epi32(0x7ff)), odd));
  const __m128 x = _mm_castsi128_ps(bits);
  const __m128i nan = _mm_castps_si128(_mm_cmpunord_ps(x, x));
  return _mm_or_si128(_mm_andnot_si128(nan, rounded),
                      _mm_and_si128(nan, _mm_set1_epi32(0x7fc00000)));
}

struct FloatSource {
  using Stored = float;
  using Packed = float;
  bool saturate;
  bool hf32;
  void Widen(const float* from, int64_t count, float* to) const {
    for (int64_t i = 0; saturate && i < count; ++i) {
      to[i] = SaturatedInput(from[i], kMostF32);
    }
    if (saturate) from = to;
    if (!hf32) {
      if (!saturate) std::copy_n(from, count, to);
      return;
    }
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
      const __m128i four = _mm_castps_si128(_mm_loadu_ps(from + i));
      _mm_storeu_ps(to + i, _mm_castsi128_ps(RoundFourToHf32(four)));
    }
    for (; i < count; ++i) {
      const auto bits = std::bit_cast<uint32_t>(from[i]);
      to[i] = std::bit_cast<float>(RoundToHf32(bits));
    }
  }
};

struct IntSource {
  using Stored = int8_t;
  using Packed = int16_t;
  int32_t offset;
  void Widen(const int8_t* from, int64_t count, int16_t* to) const {
    const __m128i less = _mm_set1_epi16(static_cast<int16_t>(offset));
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
      const __m128i x =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
      // Each byte twice, so that the upper one brings its sign along.
      const __m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(x, x), 8);
      const __m128i high = _mm_srai_epi16(_mm_unpackhi_epi8(x, x), 8);
      auto* const words = reinterpret_cast<__m128i*>(to + i);
      _mm_storeu_si128(words, _mm_sub_epi16(low, less));
      _mm_storeu_si128(words + 1, _mm_sub_epi16(high, less));
    }
    for (; i < count; ++i) {
      to[i] = static_cast<int16_t>(from[i] - offset);
    }
  }
};

template <typename Packed>
constexpr int64_t kStepsOfWord = 4 / sizeof(Packed);

// `count` packed values, and 0 up to `whole`.
template <typename Source>
void Read(const Source& source, const typename Source::Stored* from,
          int64_t stride, int64_t count, int64_t whole,
          typename Source::Packed* to) {
  if (stride == 1) {
    source.Widen(from, count, to);
  } else {
    typename Source::Stored run[kRun];
    for (int64_t i = 0; i < count; ++i) run[i] = from[i * stride];
    source.Widen(run, count, to);
  }
  std::fill(to + count, to + whole, typename Source::Packed{0});
}

// 8 rows of words to a panel: word w of row i to place i of its step.
void TransposeWords(const void* rows, size_t row_bytes, int64_t words,
                    std::byte* to) {
  const auto* from = static_cast<const std::byte*>(rows);
  const auto row = [&](int64_t i, int64_t word) {
    return from + static_cast<size_t>(i) * row_bytes + word * 4;
  };
  int64_t w = 0;
  for (; w + 4 <= words; w += 4) {
    for (int64_t i = 0; i < kPanelRows; i += 4) {
      __m128 x[4];
      for (int64_t j = 0; j < 4; ++j) {
        x[j] = _mm_loadu_ps(reinterpret_cast<const float*>(row(i + j, w)));
      }
      _MM_TRANSPOSE4_PS(x[0], x[1], x[2], x[3]);
      for (int64_t j = 0; j < 4; ++j) {
        std::byte* const at = to + ((w + j) * kPanelRows + i) * 4;
        _mm_storeu_ps(reinterpret_cast<float*>(at), x[j]);
      }
    }
  }
  for (; w < words; ++w) {
    for (int64_t i = 0; i < kPanelRows; ++i) {
      std::memcpy(to + (w * kPanelRows + i) * 4, row(i, w), 4);
    }
  }
}

// The words of one panel from the lines of their steps.
void StoreWords(const float (&lines)[1][kRun], int64_t at, std::byte* to) {
  std::memcpy(to, &lines[0][at], kPanelRows * sizeof(float));
}

void StoreWords(const int16_t (&lines)[2][kRun], int64_t at, std::byte* to) {
  const auto line = [&](int s) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(&lines[s][at]));
  };
  auto* const words = reinterpret_cast<__m128i*>(to);
  _mm_storeu_si128(words, _mm_unpacklo_epi16(line(0), line(1)));
  _mm_storeu_si128(words + 1, _mm_unpackhi_epi16(line(0), line(1)));
}

// Where a packed operand comes from and goes to.
template <typename Source>
struct Packing {
  using Packed = typename Source::Packed;
  static constexpr int64_t kSteps = kStepsOfWord<Packed>;

  Source source;
  const MmadOperand& x;
  std::byte* packed;

  const typename Source::Stored* Element(int64_t row, int64_t k) const {
    return static_cast<const typename Source::Stored*>(x.data) +
           row * x.row_stride + k * x.k_stride;
  }
  std::byte* Word(int64_t panel, int64_t k) const {
    const int64_t words = (x.k + kSteps - 1) / kSteps;
    return packed + (panel * words + k / kSteps) * kPanelRows * 4;
  }

  // kRun steps of each row of a panel, transposed.
  void AlongK(int64_t panel, int64_t k0) const {
    Packed rows[kPanelRows][kRun];
    const int64_t steps = std::min(kRun, x.k - k0);
    const int64_t words = (steps + kSteps - 1) / kSteps;
    for (int64_t i = 0; i < kPanelRows; ++i) {
      const int64_t row = panel * kPanelRows + i;
      if (row < x.rows) {
        Read(source, Element(row, k0), x.k_stride, steps, words * kSteps,
             rows[i]);
      } else {
        std::fill_n(rows[i], words * kSteps, Packed{0});
      }
    }
    TransposeWords(rows, sizeof(rows[0]), words, Word(panel, k0));
  }

  // One word of each row of several panels, whose rows are neighbours.
  void AcrossPanels(int64_t begin, int64_t end, int64_t k) const {
    Packed lines[kSteps][kRun];
    const int64_t whole = (end - begin) * kPanelRows;
    const int64_t row = begin * kPanelRows;
    for (int64_t s = 0; s < kSteps; ++s) {
      const int64_t count = k + s < x.k ? std::min(whole, x.rows - row) : 0;
      Read(source, Element(row, k + s), 1, count, whole, lines[s]);
    }
    for (int64_t p = begin; p < end; ++p) {
      StoreWords(lines, (p - begin) * kPanelRows, Word(p, k));
    }
  }

  void Run(int64_t begin, int64_t end) const {
    const bool across = x.row_stride == 1 && x.k_stride != 1;
    const int64_t together = across ? kRunPanels : 1;
    for (int64_t p = begin; p < end; p += together) {
      const int64_t next = std::min(p + together, end);
      if (across) {
        for (int64_t k = 0; k < x.k; k += kSteps) AcrossPanels(p, next, k);
      } else {
        for (int64_t k = 0; k < x.k; k += kRun) AlongK(p, k);
      }
    }
  }
};

}  // namespace

size_t PanelBytes(MmadKind kind, int64_t k) {
  const int64_t elements = kPanelRows * (IsInteger(kind) ? (k + 1) / 2 * 2 : k);
  return static_cast<size_t>(elements) *
         (IsInteger(kind) ? sizeof(int16_t) : sizeof(float));
}

uint32_t RoundToHf32(uint32_t bits) {
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return 0x7fc00000u;
  return (bits + 0x7ffu + ((bits >> 12) & 1)) & ~0xfffu;
}

void PackPanels(MmadKind kind, const PackOptions& options,
                const MmadOperand& operand, int64_t begin, int64_t end,
                std::byte* packed) {
  const bool saturate = options.saturate;
  const auto pack = [&](auto source) {
    Packing<decltype(source)>{source, operand, packed}.Run(begin, end);
  };
  switch (kind) {
    case MmadKind::kFloat16:
      return pack(HalfSource<Float16>{saturate, ToFloat(kMaxFloat16)});
    case MmadKind::kBfloat16:
      return pack(HalfSource<BFloat16>{saturate, ToFloat(kMaxBFloat16)});
    case MmadKind::kFloat32:
    case MmadKind::kHf32:
      return pack(FloatSource{saturate, kind == MmadKind::kHf32});
    case MmadKind::kInt8:
    case MmadKind::kInt4:
      return pack(IntSource{options.offset});
  }
}

}  // namespace npuemu::kernels
