// Operator Square: y = x * x (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct SquareFn {
  template <typename C>
  C operator()(C x) const {
    return MulValues(x, x);
  }
};

struct SquareRule : Rounded<SquareFn> {
  using Rounded::Rounded;
  using Elements = Types<Float16, float, int32_t, int64_t, BFloat16>;
  static constexpr Instruction kSteps[] = {kVmul};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& SquareOp() {
  static const OpDef& op = *new OpDef(UnaryOp<SquareRule>(
      "Square", DtypeBasis::kTable,
      "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers wrap"));
  return op;
}

}  // namespace npuemu::kernels
