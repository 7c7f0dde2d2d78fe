// Gradients of activations and of functions of one number
// (docs/sequences.md).

#include "kernels/op/activations.h"
#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr const char* kChosen = "exact: the gradient or 0 is chosen";
constexpr const char* kWrapped =
    "f32 steps of docs/sequences.md, one cast back; integers wrap";
// No tanh: stands for an input that is left out.
constexpr float kNoTanh = 2.0f;

bool InUnit(float x) { return x > 0.0f && x < 1.0f; }

// Attributes alpha, scale, input_scale, is_result.
float EluSlope(float x, const Scalars& a) {
  const float n = a[0] * a[1];
  if (x > 0) return a[1];
  return a[3] != 0 ? (x + n) * a[2] : (n * a[2]) * Exp(x * a[2]);
}

float LogitSlope(float x, float dy, float eps) {
  const float low = eps < 0 ? 0.0f : eps;
  if (x < low || x > 1.0f - low) return eps < 0 ? kNan : 0.0f;
  return dy / (x * (1.0f - x));
}

}  // namespace

BINARY(AbsGrad, Floats, Steps(kVcmp, kVsel, kVmul).Sequence(),
       y*(x > 0   ? 1.0f
          : x < 0 ? -1.0f
                  : x))
BINARY(
    AcosGrad, Floats,
    Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
    (y / Sqrt(1.0f - x * x)) * -1.0f)
BINARY(
    AsinGrad, Floats,
    Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
    y / Sqrt(1.0f - x * x))
BINARY(
    AcoshGrad, Floats,
    Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
    y / Sinh(x))
BINARY(
    AsinhGrad, Floats,
    Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
    y / Cosh(x))
BINARY(
    AtanGrad, Floats,
    Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
    y / (x * x + 1.0f))
BINARY(InvGrad, Numbers, Steps(kVmul, kVmul).Wide().Says(kWrapped),
       Negative(Times(y, Times(x, x))))
BINARY(ReciprocalGrad, Floats, Steps(kVmul, kVmul).Sequence(),
       (y * (x * x)) * -1.0f)
BINARY(RsqrtGrad, Numbers, Steps(kVmul, kVmul).Sequence(),
       FromFloat<decltype(x)>((static_cast<float>(y) *
                               (static_cast<float>(x) * static_cast<float>(x)) *
                               static_cast<float>(x)) *
                                  -0.5f,
                              a))
BINARY(SqrtGrad, Floats, Steps(kVmul, kVmul).Sequence(), (y * 0.5f) / x)
BINARY(TanhGrad, Floats, Steps(kVmul, kVmul).Sequence(), y*(1.0f - x * x))
BINARY(SigmoidGrad, Floats, Steps(kVmul, kVmul).Sequence(),
       (y * x) * (1.0f - x))
BINARY(ReluGrad, Numbers, Steps(kVcmp, kVsel).Wide().Says(kChosen),
       y > 0 ? x : Const<decltype(x)>(0))
BINARY(Relu6Grad, Floats, Steps(kVcmp, kVsel).Wide().Says(kChosen),
       y > 0.0f && y < 6.0f ? x : 0.0f)
BINARY(LeakyReluGrad, Floats, Steps(kVcmp, kVsel).Sequence(),
       y > 0 ? x : x * a[0])
BINARY(ThresholdGradV2D, Numbers, Steps(kVcmp, kVsel).Wide().Says(kChosen),
       y > Const<decltype(x)>(a[0]) ? x : Const<decltype(x)>(0))
BINARY(HardtanhGrad, Floats, Steps(kVcmp, kVsel).Wide().Says(kChosen),
       x <= a[0] || x >= a[1] ? 0.0f : y)
BINARY(HardShrinkGrad, Floats, Steps(kVcmp, kVsel).Wide().Says(kChosen),
       Abs(y) <= a[0] ? 0.0f : x)
BINARY(SoftShrinkGrad, Floats, Steps(kVcmp, kVsel).Wide().Says(kChosen),
       Abs(y) <= a[0] ? 0.0f : x)
BINARY(HardSigmoidGrad, Floats, Steps(kVmuls, kVadds, kVcmp, kVsel).Sequence(),
       InUnit(y* a[0] + a[1]) ? x* a[0] : 0.0f)
BINARY(HardSwishGrad, Floats, Steps(kVmuls, kVadds, kVcmp, kVsel).Sequence(),
       y >= 3.0f    ? x
       : y <= -3.0f ? 0.0f
                    : x * (y * 0x1.555556p-2f + 0.5f))
BINARY(EluGrad, Floats, Steps(kVmul, kVmul).Sequence(),
       y > 0 ? x : x * (y + 1.0f))
BINARY(
    EluGradV2, Floats,
    Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVmul, kVdiv, kVmul).Sequence(),
    EluSlope(y, a) * x)
BINARY(SeluGrad, Numbers, Steps(kVmul, kVmul).Sequence(),
       FromFloat<decltype(x)>(static_cast<float>(x) *
                                  (y > 0 ? 1.0507009873554805f
                                         : static_cast<float>(y) +
                                               1.7580993408473766f),
                              a))
BINARY(SoftplusGrad, Floats,
       Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(), x* Sigmoid(y))
BINARY(SoftplusV2Grad, Floats,
       Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
       y* a[0] > a[1] ? x : x * Sigmoid(y * a[0]))
BINARY(SoftsignGrad, Floats, Steps(kVabs, kVadds, kVmul, kVdiv).Sequence(),
       x / ((Abs(y) + 1.0f) * (Abs(y) + 1.0f)))
BINARY(LogSigmoidGrad, Floats,
       Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
       x* Sigmoid(y * -1.0f))
BINARY(SiluGrad, Floats, Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
       x*(Sigmoid(y) * (y * (1.0f - Sigmoid(y)) + 1.0f)))
BINARY(FastGeluGrad, Floats,
       Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
       x* FastGeluSlope(y))
BINARY(LogitGrad, Floats, Steps(kVmul, kVdiv, kVcmp, kVsel).Sequence(),
       LogitSlope(x, y, a[0]))
TERNARY(GeluGrad, Floats, Steps(kVmul, kVexp, kVdiv, kVmul, kVmul).Sequence(),
        ((void)z, x* GeluSlope(y)))
TERNARY(SwishGrad, Floats,
        Steps(kVmuls, kVexp, kVadds, kVdiv, kVmul).Sequence(),
        x*(z* a[0] + Sigmoid(y * a[0]) * (1.0f - z * a[0])))
TERNARY(
    MishGrad, Floats,
    Steps(kVexp, kVln, kVexp, kVdiv, kVmul, kVmul).Sequence().Absent(kNoTanh),
    x* MishSlope(y, z == kNoTanh ? Tanh(Softplus(y)) : z))

}  // namespace npuemu::kernels
