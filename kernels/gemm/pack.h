// File: pack.h
// Operands of the cube in packed form: what a matmul keeps in its workspace.
//
// A is seen as M rows of K values and B, by columns, as N rows of K values, so
// transposition is only a choice of strides. Rows come in panels of
// kPanelRows; missing rows of the last panel are 0. Element (r, k) of panel
// r / kPanelRows, with i = r % kPanelRows, is
//   float kinds:    float   at [k * kPanelRows + i]
//   integer kinds:  int16_t at [(k / 2 * kPanelRows + i) * 2 + k % 2], an odd
//                   K is filled with 0, which no exact sum notices.
// Every value of every kind is exact in its packed type. The layout does not
// depend on the instruction set.

#ifndef KERNELS_GEMM_PACK_H_
#define KERNELS_GEMM_PACK_H_

#include <cstddef>
#include <cstdint>

#include "kernels/gemm/mmad_rule.h"

namespace npuemu::kernels {

inline constexpr int64_t kPanelRows = 8;

// Element (r, k) is data[r * row_stride + k * k_stride], strides in elements.
// Storage: uint16_t bits for kFloat16 and kBfloat16, float for kFloat32 and
// kHf32, int8_t (one value a byte) for kInt8 and kInt4.
struct MmadOperand {
  const void* data;
  int64_t rows;
  int64_t k;
  int64_t row_stride;
  int64_t k_stride;
};

// How values change on the way (arithmetic 7.4).
struct PackOptions {
  bool saturate = false;  // SAT: inf -> MAX of the kind, NaN -> +0
  int32_t offset = 0;     // integer kinds: x - offset; |offset| <= 255
};

constexpr int64_t PanelCount(int64_t rows) {
  return (rows + kPanelRows - 1) / kPanelRows;
}

// Bytes of one panel of depth k.
size_t PanelBytes(MmadKind kind, int64_t k);

// Bytes of a packed operand.
inline size_t PackedBytes(MmadKind kind, int64_t rows, int64_t k) {
  return PanelBytes(kind, k) * static_cast<size_t>(PanelCount(rows));
}

// Writes panels [begin, end) to their place behind `packed` (the address of
// panel 0, aligned to 4 bytes). Thread-safe for disjoint ranges.
void PackPanels(MmadKind kind, const PackOptions& options,
                const MmadOperand& operand, int64_t begin, int64_t end,
                std::byte* packed);

// The bits that HF32 (mode 0, nearest even) makes of an f32: 12 significant
// bits; inf kept, NaN becomes 0x7FC00000.
uint32_t RoundToHf32(uint32_t bits);

}  // namespace npuemu::kernels

#endif  // KERNELS_GEMM_PACK_H_
