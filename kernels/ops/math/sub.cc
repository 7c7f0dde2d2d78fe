// Operator Sub: y = x1 - x2 with broadcasting; bool: whether they
// differ (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct SubFn {
  template <typename C>
  C operator()(C a, C b) const {
    return SubValues(a, b);
  }
};

struct SubRule : Rounded<SubFn> {
  using Rounded::Rounded;
  using Elements =
      Types<BFloat16, Float16, float, int32_t, int64_t, uint8_t, int8_t, Bool>;
  static constexpr Instruction kSteps[] = {kVadd};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& SubOp() {
  static const OpDef& op = *new OpDef(BinaryOp<SubRule>(
      "Sub", DtypeBasis::kTable,
      "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers wrap"));
  return op;
}

}  // namespace npuemu::kernels
