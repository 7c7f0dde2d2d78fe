// Operator Maximum: the larger, with broadcasting (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct MaximumFn {
  template <typename C>
  C operator()(C a, C b) const {
    return Max(a, b);
  }
};

struct MaximumRule : Selected<MaximumFn> {
  using Selected::Selected;
  using Elements = Types<BFloat16, Float16, float, int32_t, int8_t, int64_t>;
  static constexpr Instruction kSteps[] = {kVadd};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& MaximumOp() {
  static const OpDef& op = *new OpDef(BinaryOp<MaximumRule>(
      "Maximum", DtypeBasis::kTable,
      "exact; NaN if either is NaN, +0 above -0; bf16 goes through f32"));
  return op;
}

}  // namespace npuemu::kernels
