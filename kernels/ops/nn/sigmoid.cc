// Operator Sigmoid: y = 1 / (1 + e^-x), a composite (arithmetic.md 7.8): a
// written sequence of primitives in f32, then one cast (docs/arithmetic.md).

#include "kernels/numeric/elementary.h"
#include "kernels/op/elementwise.h"
#include "kernels/ops/math/half_table.h"

namespace npuemu::kernels {
namespace {

// The sequence of docs/arithmetic.md; each line is one primitive in f32.
float SigmoidFloat(float x) {
  const float t = x * -1.0f;
  const float e = ExpFloat(t);
  const float d = e + 1.0f;
  return 1.0f / d;
}

template <typename T>
T SigmoidRounded(T x) {
  return Out<T>(SigmoidFloat(Widen(x)), false);
}

struct SigmoidRule {
  using Elements = Types<BFloat16, Float16, float>;
  static constexpr Instruction kSteps[] = {kVmuls, kVexp, kVadds, kVrsqrt};
  static constexpr bool kWide = true;

  explicit SigmoidRule(const OpCall&) {}

  template <typename T>
  T Apply(T x, bool saturate) const {
    if constexpr (std::is_same_v<T, float>) {
      return CanonicalNan(SigmoidFloat(x));
    } else {
      return Saturated(LookUp<T, SigmoidRounded<T>>(x), saturate);
    }
  }
};

}  // namespace

const OpDef& SigmoidOp() {
  static const OpDef& op = *new OpDef(UnaryOp<SigmoidRule>(
      "Sigmoid", DtypeBasis::kTable,
      "the sequence of docs/arithmetic.md in f32, one cast back"));
  return op;
}

}  // namespace npuemu::kernels
