// File: mmad_rule.h
// The rounding rule of the cube unit, in one place (arithmetic 7.4, 7.10), so
// that hardware evidence can change it without touching a kernel.

#ifndef KERNELS_GEMM_MMAD_RULE_H_
#define KERNELS_GEMM_MMAD_RULE_H_

#include <cstdint>

#include "kernels/numeric/data_type.h"

namespace npuemu::kernels {

// What the cube multiplies; both operands are of one kind.
enum class MmadKind { kFloat16, kBfloat16, kFloat32, kHf32, kInt8, kInt4 };

// What elements of a type are to it; f32 for all that it has no kind for.
MmadKind MmadKindOf(DataType type);

// How the products of one group join the accumulator.
enum class MmadVariant {
  kF64Chain,     // d = f64(acc); d = RN_f64(d + a*b) ascending; acc = RN_f32(d)
  kExactClamped  // acc = clamp_s32(acc + exact sum)
};

// Products along K between two roundings of the accumulator, the k extent of
// one fractal and the products along K of one cycle (arithmetic 4.1).
struct MmadRule {
  int group;
  MmadVariant variant;
  int fractal_k;
  int cube_k;
};

constexpr MmadRule RuleOf(MmadKind kind) {
  switch (kind) {
    case MmadKind::kFloat16:
    case MmadKind::kBfloat16:
      return {16, MmadVariant::kF64Chain, 16, 16};
    case MmadKind::kFloat32:
      return {4, MmadVariant::kF64Chain, 8, 4};
    case MmadKind::kHf32:
      return {8, MmadVariant::kF64Chain, 8, 8};
    case MmadKind::kInt8:
      return {32, MmadVariant::kExactClamped, 32, 32};
    case MmadKind::kInt4:
      return {64, MmadVariant::kExactClamped, 64, 64};
  }
  return {1, MmadVariant::kF64Chain, 1, 1};
}

constexpr bool IsInteger(MmadKind kind) {
  return RuleOf(kind).variant == MmadVariant::kExactClamped;
}

// Cube cycles of C(m,n) += A(m,k) * B(k,n), issued as instructions of at most
// 128 x 256 x 4 fractals, each costing 6 cycles to issue (arithmetic 6.2).
uint64_t MmadCycles(MmadKind kind, int64_t m, int64_t n, int64_t k);

}  // namespace npuemu::kernels

#endif  // KERNELS_GEMM_MMAD_RULE_H_
