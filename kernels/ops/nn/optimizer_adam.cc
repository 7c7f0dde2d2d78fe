// Optimizers of the Adam family (docs/sequences.md).
// Outputs may be the memory of the inputs that they replace; scalars broadcast.

#include <tuple>

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

const ElementwiseRule kOptimizer =
    Steps(kVmul, kVmul, kVadd, kVmul, kVadd, kVsqrt, kVadds, kVdiv, kVadd);

ElementwiseRule Sequence(const ElementwiseRule& steps) {
  return ElementwiseRule(steps).Sequence();
}

}  // namespace

using TakesApplyAdamD = Takes<T, T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyAdamD, Floats, TakesApplyAdamD, Sequence(kOptimizer),
            [](float var, float m, float v, float b1p, float b2p, float lr,
               float beta1, float beta2, float epsilon, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float rate = (lr * Sqrt(1.0f - b2p)) / (1.0f - b1p);
              const float nm = m + (grad - m) * (1.0f - beta1);
              const float nv = v + (grad * grad - v) * (1.0f - beta2);
              const float top =
                  a[1] != 0 ? nm * beta1 + grad * (1.0f - beta1) : nm;
              return std::tuple(var - (rate * top) / (Sqrt(nv) + epsilon), nm,
                                nv);
            })

using TakesApplyAdamWithAmsgradD = Takes<T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyAdamWithAmsgradD, Floats, TakesApplyAdamWithAmsgradD,
            Sequence(kOptimizer),
            [](float var, float m, float v, float vhat, float b1p, float b2p,
               float lr, float grad, [[maybe_unused]] const Scalars& a) {
              const float rate = (lr * Sqrt(1.0f - b2p)) / (1.0f - b1p);
              const float nm = m * a[0] + grad * (1.0f - a[0]);
              const float nv = v * a[1] + (grad * grad) * (1.0f - a[1]);
              const float nh = Max(vhat, nv);
              return std::tuple(var - (rate * nm) / (Sqrt(nh) + a[2]), nm, nv,
                                nh);
            })

using TakesApplyAdamWithAmsgradV2 = Takes<T, T, T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyAdamWithAmsgradV2, Floats, TakesApplyAdamWithAmsgradV2,
            Sequence(kOptimizer),
            [](float var, float m, float v, float vhat, float b1p, float b2p,
               float lr, float beta1, float beta2, float epsilon, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float rate = (lr * Sqrt(1.0f - b2p)) / (1.0f - b1p);
              const float nm = m * beta1 + grad * (1.0f - beta1);
              const float nv = v * beta2 + (grad * grad) * (1.0f - beta2);
              const float nh = Max(vhat, nv);
              return std::tuple(var - (rate * nm) / (Sqrt(nh) + epsilon), nm,
                                nv, nh);
            })

using TakesApplyAdaMaxD = Takes<T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyAdaMaxD, Floats, TakesApplyAdaMaxD, Sequence(kOptimizer),
            [](float var, float m, float v, float b1p, float lr, float beta1,
               float beta2, float epsilon, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float nm = m + (grad - m) * (1.0f - beta1);
              const float nv = Max(v * beta2, Abs(grad));
              return std::tuple(
                  var - (lr / (1.0f - b1p)) * (nm / (nv + epsilon)), nm, nv);
            })

using TakesAdamApplyOne = Takes<T, T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(AdamApplyOne, Floats, TakesAdamApplyOne, Sequence(kOptimizer),
            [](float g, float v0, float m0, float var, float lr, float mul0,
               float mul1, float mul2, float mul3, float eps,
               [[maybe_unused]] const Scalars& a) {
              const float nv = v0 * mul2 + (g * g) * mul3;
              const float nm = m0 * mul0 + g * mul1;
              return std::tuple(nv, nm, var - lr * (nm / (Sqrt(nv) + eps)));
            })

using TakesAdamApplyOneAssign = Takes<T, T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(AdamApplyOneAssign, Floats, TakesAdamApplyOneAssign,
            Sequence(kOptimizer),
            [](float g, float v0, float m0, float var, float lr, float mul0,
               float mul1, float mul2, float mul3, float eps,
               [[maybe_unused]] const Scalars& a) {
              const float nv = v0 * mul2 + (g * g) * mul3;
              const float nm = m0 * mul0 + g * mul1;
              return std::tuple(nv, nm, var - lr * (nm / (Sqrt(nv) + eps)));
            })

using TakesAdamApplyOneWithDecay = Takes<T, T, T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(AdamApplyOneWithDecay, Floats, TakesAdamApplyOneWithDecay,
            Sequence(kOptimizer),
            [](float g, float v0, float m0, float var, float lr, float mul0,
               float mul1, float mul2, float mul3, float mul4, float eps,
               [[maybe_unused]] const Scalars& a) {
              const float nv = v0 * mul2 + (g * g) * mul3;
              const float nm = m0 * mul0 + g * mul1;
              return std::tuple(
                  nv, nm, var - lr * (nm / (Sqrt(nv) + eps) + var * mul4));
            })

using TakesAdamApplyOneWithDecayAssign = Takes<T, T, T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(AdamApplyOneWithDecayAssign, Floats,
            TakesAdamApplyOneWithDecayAssign, Sequence(kOptimizer),
            [](float g, float v0, float m0, float var, float lr, float mul0,
               float mul1, float mul2, float mul3, float mul4, float eps,
               [[maybe_unused]] const Scalars& a) {
              const float nv = v0 * mul2 + (g * g) * mul3;
              const float nm = m0 * mul0 + g * mul1;
              return std::tuple(
                  nv, nm, var - lr * (nm / (Sqrt(nv) + eps) + var * mul4));
            })

}  // namespace npuemu::kernels
