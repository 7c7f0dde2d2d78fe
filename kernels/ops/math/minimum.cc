// Operator Minimum: the smaller, with broadcasting (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct MinimumFn {
  template <typename C>
  C operator()(C a, C b) const {
    return Min(a, b);
  }
};

struct MinimumRule : Selected<MinimumFn> {
  using Selected::Selected;
  using Elements = Types<Float16, float, int64_t, int32_t, int8_t, BFloat16>;
  static constexpr Instruction kSteps[] = {kVadd};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& MinimumOp() {
  static const OpDef& op = *new OpDef(BinaryOp<MinimumRule>(
      "Minimum", DtypeBasis::kTable,
      "exact; NaN if either is NaN, +0 above -0; bf16 goes through f32"));
  return op;
}

}  // namespace npuemu::kernels
