// Losses and gradients of losses that are element-wise (docs/sequences.md).
// Those that reduce: kernels/ops/loss.

#include "kernels/op/activations.h"
#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// 1 / n where attribute reduction (a[0]) is the mean.
float Share(const Scalars& a) {
  return a[0] == 1.0f ? 1.0f / a.elements : 1.0f;
}

float SmoothL1(float x, float y, float sigma) {
  const float d = Abs(x - y);
  return d < sigma ? ((d * d) * 0.5f) / sigma : d - sigma * 0.5f;
}

float SmoothL1Slope(float x, float y, float sigma) {
  const float d = x - y;
  if (Abs(d) < sigma) return d / sigma;
  return d > 0 ? 1.0f : d < 0 ? -1.0f : d;
}

const ElementwiseRule kSimple =
    Steps(kVadd, kVabs, kVmul, kVmuls, kVcmp, kVsel);
const ElementwiseRule kLog =
    Steps(kVabs, kVmuls, kVexp, kVadds, kVln, kVrelu, kVmul, kVadd, kVadd);

using TakesFive = Takes<T, T, T, T, T>;

}  // namespace

BINARY(SmoothL1Loss, Floats, kSimple.Sequence(), SmoothL1(x, y, a[0]))
TERNARY(SmoothL1LossGrad, Floats, kSimple.Sequence(),
        SmoothL1Slope(x, y, a[0]) * z)
BINARY(SigmoidCrossEntropyWithLogits, Floats, kLog.Sequence(),
       (Max(x, 0.0f) - x * y) + Log1p(Exp(Abs(x) * -1.0f)))
TERNARY(SigmoidCrossEntropyWithLogitsGrad, Floats, kLog.Sequence(),
        (Sigmoid(x) - y) * z)
ELEMENTWISE(SigmoidCrossEntropyWithLogitsGradV2, Floats, TakesFive,
            kLog.Sequence(),
            [](float p, float t, float dout, float weight, float positive,
               const Scalars& a) {
              const float u = positive * t;
              const float g = ((u + 1.0f) - t) * Sigmoid(p) - u;
              return ((g * dout) * weight) * Share(a);
            })
TERNARY(L1LossGrad, Floats, kSimple.Sequence(), (SignOf(y - z) * x) * Share(a))
TERNARY(MseLossGrad, Floats, kSimple.Sequence(),
        (((x - y) * 2.0f) * z) * Share(a))
TERNARY(SoftMarginLossGrad, Floats, kLog.Sequence(),
        ((((y * -1.0f) * Sigmoid((x * y) * -1.0f)) * z) * Share(a)))
TERNARY(KlDivLossGrad, Floats, kLog.Sequence(),
        ((void)y, ((a[1] != 0 ? Exp(z) : z) * x) * -1.0f * Share(a)))

}  // namespace npuemu::kernels
