#include "kernels/gemm/pack.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "kernels/numeric/bfloat16.h"
#include "kernels/numeric/element.h"
#include "kernels/numeric/float16.h"

namespace npuemu::kernels {
namespace {

// Steps of K packed for one panel before the next panel takes its turn: then
// a row-major B is read a cache line at a time.
constexpr int64_t kBlock = 64;

// Where one run of steps comes from and goes to.
template <typename S, typename P>
struct Run {
  const S* from;  // element (first row of the panel, first step)
  int64_t row_stride;
  int64_t k_stride;
  int64_t rows;  // 1..kPanelRows
  int64_t steps;
  P* to;
};

// Calls pack(panel, first step, steps) over panels [begin, end) and all of K.
template <typename Fn>
void ForEachBlock(int64_t k, int64_t begin, int64_t end, Fn&& pack) {
  for (int64_t k0 = 0; k0 < k; k0 += kBlock) {
    const int64_t steps = std::min(kBlock, k - k0);
    for (int64_t p = begin; p < end; ++p) pack(p, k0, steps);
  }
}

template <typename S, typename Convert>
void PackFloatRun(const Run<S, float>& run, const Convert& convert) {
  for (int64_t s = 0; s < run.steps; ++s) {
    const S* from = run.from + s * run.k_stride;
    float* to = run.to + s * kPanelRows;
    if (run.rows == kPanelRows) {  // a constant count, for the compiler
      for (int64_t i = 0; i < kPanelRows; ++i) {
        to[i] = convert(from[i * run.row_stride]);
      }
      continue;
    }
    for (int64_t i = 0; i < kPanelRows; ++i) {
      to[i] = i < run.rows ? convert(from[i * run.row_stride]) : 0.0f;
    }
  }
}

template <typename S, typename Convert>
void PackFloats(const MmadOperand& x, int64_t begin, int64_t end,
                std::byte* packed, const Convert& convert) {
  ForEachBlock(x.k, begin, end, [&](int64_t p, int64_t k0, int64_t steps) {
    const int64_t row = p * kPanelRows;
    PackFloatRun<S>(
        {static_cast<const S*>(x.data) + row * x.row_stride + k0 * x.k_stride,
         x.row_stride, x.k_stride, std::min(kPanelRows, x.rows - row), steps,
         reinterpret_cast<float*>(packed) + (p * x.k + k0) * kPanelRows},
        convert);
  });
}

void PackIntRun(const Run<int8_t, int16_t>& run, int32_t offset) {
  for (int64_t i = 0; i < kPanelRows; ++i) {
    for (int64_t s = 0; s < (run.steps + 1) / 2 * 2; ++s) {
      const bool present = i < run.rows && s < run.steps;
      const int value =
          present ? run.from[i * run.row_stride + s * run.k_stride] - offset
                  : 0;
      run.to[(s / 2 * kPanelRows + i) * 2 + s % 2] =
          static_cast<int16_t>(value);
    }
  }
}

void PackInts(const MmadOperand& x, int32_t offset, int64_t begin, int64_t end,
              std::byte* packed) {
  const int64_t panel = (x.k + 1) / 2 * 2 * kPanelRows;
  ForEachBlock(x.k, begin, end, [&](int64_t p, int64_t k0, int64_t steps) {
    const int64_t row = p * kPanelRows;
    PackIntRun(
        {static_cast<const int8_t*>(x.data) + row * x.row_stride +
             k0 * x.k_stride,
         x.row_stride, x.k_stride, std::min(kPanelRows, x.rows - row), steps,
         reinterpret_cast<int16_t*>(packed) + p * panel + k0 * kPanelRows},
        offset);
  });
}

// ToFloat of every half: a look-up takes half the time. Never destroyed,
// because a kernel may run while the process exits.
const float* HalfTable() {
  static const float* const table = [] {
    auto* values = new float[65536];
    for (uint32_t i = 0; i < 65536; ++i) {
      values[i] = ToFloat(Float16{static_cast<uint16_t>(i)});
    }
    return values;
  }();
  return table;
}

// S_T of an input of 32 bits; the narrow types have their own Saturated.
float SaturatedFloat(float x) {
  if (std::isnan(x)) return 0.0f;
  constexpr float kMax = std::numeric_limits<float>::max();
  return std::clamp(x, -kMax, kMax);
}

float Hf32(float x) {
  return std::bit_cast<float>(RoundToHf32(std::bit_cast<uint32_t>(x)));
}

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
  switch (kind) {
    case MmadKind::kFloat16:
      return PackFloats<Float16>(operand, begin, end, packed,
                                 [saturate, table = HalfTable()](Float16 x) {
                                   return table[Saturated(x, saturate).bits];
                                 });
    case MmadKind::kBfloat16:
      return PackFloats<BFloat16>(
          operand, begin, end, packed,
          [saturate](BFloat16 x) { return ToFloat(Saturated(x, saturate)); });
    case MmadKind::kFloat32:
      return PackFloats<float>(
          operand, begin, end, packed,
          [saturate](float x) { return saturate ? SaturatedFloat(x) : x; });
    case MmadKind::kHf32:
      return PackFloats<float>(operand, begin, end, packed,
                               [saturate](float x) {
                                 return Hf32(saturate ? SaturatedFloat(x) : x);
                               });
    case MmadKind::kInt8:
    case MmadKind::kInt4:
      return PackInts(operand, options.offset, begin, end, packed);
  }
}

}  // namespace npuemu::kernels
