// Operator Tanh: y = tanh(x), a composite (arithmetic.md 7.8): a written
// sequence of primitives in f32, then one cast (docs/arithmetic.md).

#include <cmath>

#include "kernels/numeric/elementary.h"
#include "kernels/op/elementwise.h"
#include "kernels/ops/math/half_table.h"

namespace npuemu::kernels {
namespace {

// The sequence of docs/arithmetic.md; each operation is one primitive in f32.
float TanhFloat(float x) {
  constexpr float kC[] = {-0x1.555552p-2f, 0x1.110e1cp-3f, -0x1.b9258ap-5f,
                          0x1.58048ep-6f, -0x1.8f8de4p-8f};
  const float a = std::fabs(x);
  float y;
  if (a < 0.625f) {
    const float s = a * a;
    float p = kC[4];
    for (int k = 3; k >= 0; --k) p = p * s + kC[k];
    y = a + a * (p * s);
  } else {
    const float u = ExpFloat(a * -2.0f);
    y = (1.0f - u) / (1.0f + u);
  }
  return std::copysign(y, x);
}

template <typename T>
T TanhRounded(T x) {
  return Out<T>(TanhFloat(Widen(x)), false);
}

struct TanhRule {
  using Elements = Types<Float16, float, BFloat16>;
  static constexpr Instruction kSteps[] = {
      kVabs,  kVmul,  kVmuls, kVadds, kVmul, kVadds, kVmul, kVadds,
      kVmul,  kVadds, kVmul,  kVmul,  kVadd, kVmuls, kVexp, kVmuls,
      kVadds, kVadds, kVdiv,  kVcmp,  kVsel, kVor};
  static constexpr bool kWide = true;

  explicit TanhRule(const OpCall&) {}

  template <typename T>
  T Apply(T x, bool saturate) const {
    if constexpr (std::is_same_v<T, float>) {
      return CanonicalNan(TanhFloat(x));
    } else {
      return Saturated(LookUp<T, TanhRounded<T>>(x), saturate);
    }
  }
};

}  // namespace

const OpDef& TanhOp() {
  static const OpDef& op = *new OpDef(UnaryOp<TanhRule>(
      "Tanh", DtypeBasis::kTable,
      "the sequence of docs/arithmetic.md in f32, one cast back"));
  return op;
}

}  // namespace npuemu::kernels
