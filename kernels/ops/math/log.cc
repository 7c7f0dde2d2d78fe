// Operator Log: y = log_base(x * scale + shift), base -1 for e (arithmetic.md
// 7.2). With the attributes at their defaults f16 is rounded once; else it is
// cast to f32 and back, and every step is rounded (docs/arithmetic.md).

#include "kernels/numeric/elementary.h"
#include "kernels/op/elementwise.h"
#include "kernels/ops/math/half_table.h"
#include "kernels/ops/math/scaled_argument.h"

namespace npuemu::kernels {
namespace {

class LogRule {
 public:
  using Elements = Types<BFloat16, Float16, float>;
  static constexpr Instruction kSteps[] = {kVln};
  static constexpr bool kWide = false;

  explicit LogRule(const OpCall& call) : argument_(call) {}

  template <typename T>
  T Apply(T x, bool saturate) const {
    if constexpr (std::is_same_v<T, Float16>) {
      if (argument_.plain()) {
        return Saturated(LookUp<T, LnHalf>(x), saturate);
      }
    }
    return Out<T>(Value(Widen(x)), saturate);
  }

 private:
  float Value(float x) const {
    const float y = LnFloat(argument_.Of(x));
    return argument_.natural() ? y : y / argument_.ln_base;
  }

  ScaledArgument argument_;
};

}  // namespace

const OpDef& LogOp() {
  static const OpDef& op = *[] {
    auto* made = new OpDef(UnaryOp<LogRule>(
        "Log", DtypeBasis::kTable,
        "f16, f32: correctly rounded; bf16: f32, then rounded; base, scale "
        "and shift are f32 steps"));
    made->attrs = ScaledArgumentAttrs();
    made->infer = InferScaled;
    return made;
  }();
  return op;
}

}  // namespace npuemu::kernels
