#include "kernels/gemm/mmad_rule.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kFractal = 16;           // rows and columns
constexpr int64_t kInstructionRows = 128;  // of L0C
constexpr int64_t kInstructionColumns = 256;
constexpr int64_t kInstructionFractals = 4;  // along k
constexpr uint64_t kIssueCycles = 6;

uint64_t CeilDiv(int64_t value, int64_t by) {
  return static_cast<uint64_t>((value + by - 1) / by);
}

}  // namespace

uint64_t MmadCycles(MmadKind kind, int64_t m, int64_t n, int64_t k) {
  const MmadRule rule = RuleOf(kind);
  const uint64_t fractals =
      CeilDiv(m, kFractal) * CeilDiv(n, kFractal) * CeilDiv(k, rule.fractal_k);
  const uint64_t instructions =
      CeilDiv(m, kInstructionRows) * CeilDiv(n, kInstructionColumns) *
      CeilDiv(k, kInstructionFractals * rule.fractal_k);
  return fractals * static_cast<uint64_t>(rule.fractal_k / rule.cube_k) +
         instructions * kIssueCycles;
}

MmadKind MmadKindOf(DataType type) {
  switch (type) {
    case DataType::kFloat16:
      return MmadKind::kFloat16;
    case DataType::kBf16:
      return MmadKind::kBfloat16;
    case DataType::kInt8:
      return MmadKind::kInt8;
    default:
      return MmadKind::kFloat32;
  }
}

}  // namespace npuemu::kernels
