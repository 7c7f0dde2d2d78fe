// Activations of one number (docs/sequences.md).

#include "kernels/op/activations.h"
#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

float LogitOf(float x, float eps) {
  const float z = eps < 0 ? x : Min(Max(x, eps), 1.0f - eps);
  return Ln(z / (1.0f - z));
}

}  // namespace

ELEMENTWISE(ThresholdV2, Numbers, TakesThree,
            Steps(kVcmp, kVsel).Selects().Absent(0),
            [](auto x, auto threshold, auto value) {
              return x > threshold ? x : value;
            })

UNARY(Relu, Numbers,
      Steps(kVrelu).Wide().Says(
          "exact: Max(x, +0); NaN stays; f16 and bf16 go through f32"),
      Max(x, Const<decltype(x)>(0)))
UNARY(Relu6, Numbers, Steps(kVrelu, kVadd).Wide().Says("exact; NaN stays"),
      Min(Max(x, Const<decltype(x)>(0)), Const<decltype(x)>(6)))
UNARY(Relu6D, Numbers,
      Steps(kVrelu, kVadd).Wide().Says("Min(Max(x, 0), 6 * scale)"),
      Min(Max(x, Const<decltype(x)>(0)), Const<decltype(x)>(a[0] * 6.0f)))
UNARY(Sigmoid, Floats, Steps(kVmuls, kVexp, kVadds, kVrsqrt).Sequence(),
      Sigmoid(x))
UNARY(Swish, Floats, Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
      x* Sigmoid(x* a[0]))
UNARY(Gelu, Floats, Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
      Gelu(x))
UNARY(FastGelu, Floats, Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
      FastGelu(x))
UNARY(FastGeluV2, Floats, Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
      FastGeluV2(x))
UNARY(Mish, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      Mish(x))
UNARY(Softplus, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      Softplus(x))
UNARY(BNLL, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      Softplus(x))
UNARY(SoftplusV2, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      x* a[0] > a[1] ? x : Softplus(x * a[0]) / a[0])
UNARY(LogSigmoid, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      Softplus(x * -1.0f) * -1.0f)
UNARY(Softsign, Floats, Steps(kVabs, kVadds, kVdiv).Sequence(),
      x / (Abs(x) + 1.0f))
UNARY(Elu, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      x > 0 ? x * a[1] : Expm1(x * a[2]) * (a[0] * a[1]))
UNARY(Selu, Numbers,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      FromFloat<decltype(x)>(x > 0 ? static_cast<float>(x) * 1.0507009873554805f
                                   : Expm1(static_cast<float>(x)) *
                                         1.7580993408473766f,
                             a))
UNARY(Celu, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      x > 0 ? x * a[2] : Expm1(x / a[1]) * a[0])
UNARY(CeluV2, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      x > 0 ? x : Expm1(x / a[0]) * a[0])
UNARY(HardSwish, Floats, Steps(kVadds, kVrelu, kVadd, kVmul, kVmuls).Sequence(),
      x*(Min(Max(x + 3.0f, 0.0f), 6.0f) * 0x1.555556p-3f))
UNARY(HardSigmoid, Numbers, Steps(kVmuls, kVadds, kVrelu, kVadd).Sequence(),
      FromFloat<decltype(x)>(Min(Max(static_cast<float>(x) * a[0] + a[1], 0.0f),
                                 1.0f),
                             a))
UNARY(HardShrink, Floats, Steps(kVabs, kVcmp, kVsel).Sequence(),
      Abs(x) <= a[0] ? 0.0f : x)
UNARY(SoftShrink, Floats, Steps(kVcmp, kVadds, kVsel).Sequence(),
      x > a[0]           ? x - a[0]
      : x < a[0] * -1.0f ? x + a[0]
                         : x * 0.0f)
UNARY(Shrink, Floats, Steps(kVcmp, kVadds, kVsel).Sequence(),
      x<a[0] * -1.0f ? x + a[1] : x> a[0] ? x - a[1] : 0.0f)
UNARY(LeakyRelu, Floats, Steps(kVmuls, kVcmp, kVsel).Sequence(),
      x > 0 ? x : x * a[0])
UNARY(ThresholdedRelu, Floats, Steps(kVcmp, kVsel).Sequence(),
      x > a[0] ? x : 0.0f)
UNARY(
    ThresholdV2D, Numbers,
    Steps(kVcmp, kVsel).Wide().Says("exact: x where x > threshold, else value"),
    x > Const<decltype(x)>(a[0]) ? x : Const<decltype(x)>(a[1]))
UNARY(Logit, Floats,
      Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
      LogitOf(x, a[0]))
UNARY(Power, Floats, Steps(kVmuls, kVadds, kVln, kVmuls, kVexp).Sequence(),
      Pow(x* a[1] + a[2], a[0]))
}  // namespace npuemu::kernels
