// Operator RealDiv: y = x1 / x2 with broadcasting (arithmetic.md 7.2). The
// rules are silent about integers; here the quotient is truncated toward zero
// as in C, the smallest value over -1 wraps to itself, and x / 0 is 0.

#include "kernels/op/elementwise.h"
#include "kernels/op/integer.h"

namespace npuemu::kernels {
namespace {

struct RealDivFn {
  template <typename C>
  C operator()(C a, C b) const {
    if constexpr (std::is_same_v<C, float>) {
      return a / b;
    } else {
      if (b == 0) return 0;
      if constexpr (std::is_signed_v<C>) {
        if (b == -1) return WrapSub(C{}, a);
      }
      return static_cast<C>(a / b);
    }
  }
};

struct RealDivRule : Rounded<RealDivFn> {
  using Rounded::Rounded;
  using Elements = Types<Float16, float, BFloat16, uint8_t, int8_t, int16_t,
                         int32_t, int64_t>;
  static constexpr Instruction kSteps[] = {kVdiv};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& RealDivOp() {
  static const OpDef& op = *new OpDef(BinaryOp<RealDivRule>(
      "RealDiv", DtypeBasis::kPrototype,
      "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers "
      "truncate, x / 0 = 0"));
  return op;
}

}  // namespace npuemu::kernels
