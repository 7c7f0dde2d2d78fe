// Operator Exp: y = base^(x * scale + shift), base -1 for e (arithmetic.md
// 7.2). With the attributes at their defaults f16 is rounded once; else it is
// cast to f32 and back, and every step is rounded (docs/arithmetic.md).

#include "kernels/numeric/elementary.h"
#include "kernels/op/elementwise.h"
#include "kernels/ops/math/half_table.h"
#include "kernels/ops/math/scaled_argument.h"

namespace npuemu::kernels {
namespace {

class ExpRule {
 public:
  using Elements = Types<Float16, float, BFloat16>;
  static constexpr Instruction kSteps[] = {kVexp};
  static constexpr bool kWide = false;

  explicit ExpRule(const OpCall& call) : argument_(call) {}

  template <typename T>
  T Apply(T x, bool saturate) const {
    if constexpr (std::is_same_v<T, Float16>) {
      if (argument_.plain()) {
        return Saturated(LookUp<T, ExpHalf>(x), saturate);
      }
    }
    return Out<T>(Value(Widen(x)), saturate);
  }

 private:
  float Value(float x) const {
    x = argument_.Of(x);
    if (!argument_.natural()) x = x * argument_.ln_base;
    return ExpFloat(x);
  }

  ScaledArgument argument_;
};

}  // namespace

const OpDef& ExpOp() {
  static const OpDef& op = *[] {
    auto* made = new OpDef(UnaryOp<ExpRule>(
        "Exp", DtypeBasis::kTable,
        "f16, f32: correctly rounded; bf16: f32, then rounded; base, scale "
        "and shift are f32 steps"));
    made->attrs = ScaledArgumentAttrs();
    made->infer = InferScaled;
    return made;
  }();
  return op;
}

}  // namespace npuemu::kernels
