// Operator Sqrt: y = sqrt(x); -0 stays, negatives give NaN (arithmetic.md
// 7.2). The root of the host is IEEE; f16 through f32 is exact (7.9).

#include <cmath>

#include "kernels/op/elementwise.h"

namespace npuemu::kernels {
namespace {

struct SqrtFn {
  template <typename C>
  C operator()(C x) const {
    return std::sqrt(x);
  }
};

struct SqrtRule : Rounded<SqrtFn> {
  using Rounded::Rounded;
  using Elements = Types<Float16, float, BFloat16>;
  static constexpr Instruction kSteps[] = {kVsqrt};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& SqrtOp() {
  static const OpDef& op = *new OpDef(UnaryOp<SqrtRule>(
      "Sqrt", DtypeBasis::kTable,
      "f16, f32: correctly rounded; bf16: f32, then rounded"));
  return op;
}

}  // namespace npuemu::kernels
