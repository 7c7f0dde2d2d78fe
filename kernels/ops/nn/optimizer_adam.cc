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

}  // namespace

using TakesApplyAdamD = Takes<T, T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyAdamD, Floats, TakesApplyAdamD, kOptimizer.Sequence(),
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
            kOptimizer.Sequence(),
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
            kOptimizer.Sequence(),
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
ELEMENTWISE(ApplyAdaMaxD, Floats, TakesApplyAdaMaxD, kOptimizer.Sequence(),
            [](float var, float m, float v, float b1p, float lr, float beta1,
               float beta2, float epsilon, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float nm = m + (grad - m) * (1.0f - beta1);
              const float nv = Max(v * beta2, Abs(grad));
              return std::tuple(
                  var - (lr / (1.0f - b1p)) * (nm / (nv + epsilon)), nm, nv);
            })

using TakesAdamApplyOne = Takes<T, T, T, T, T, T, T, T, T, T>;
constexpr auto kAdamApplyOne =
    [](float g, float v0, float m0, float var, float lr, float mul0, float mul1,
       float mul2, float mul3, float eps, [[maybe_unused]] const Scalars& a) {
      const float nv = v0 * mul2 + (g * g) * mul3;
      const float nm = m0 * mul0 + g * mul1;
      return std::tuple(nv, nm, var - lr * (nm / (Sqrt(nv) + eps)));
    };
ELEMENTWISE(AdamApplyOne, Floats, TakesAdamApplyOne, kOptimizer.Sequence(),
            kAdamApplyOne)
ELEMENTWISE(AdamApplyOneAssign, Floats, TakesAdamApplyOne,
            kOptimizer.Sequence(), kAdamApplyOne)

using TakesAdamApplyOneWithDecay = Takes<T, T, T, T, T, T, T, T, T, T, T>;
constexpr auto kAdamApplyOneWithDecay = [](float g, float v0, float m0,
                                           float var, float lr, float mul0,
                                           float mul1, float mul2, float mul3,
                                           float mul4, float eps,
                                           [[maybe_unused]] const Scalars& a) {
  const float nv = v0 * mul2 + (g * g) * mul3;
  const float nm = m0 * mul0 + g * mul1;
  return std::tuple(nv, nm, var - lr * (nm / (Sqrt(nv) + eps) + var * mul4));
};
ELEMENTWISE(AdamApplyOneWithDecay, Floats, TakesAdamApplyOneWithDecay,
            kOptimizer.Sequence(), kAdamApplyOneWithDecay)
ELEMENTWISE(AdamApplyOneWithDecayAssign, Floats, TakesAdamApplyOneWithDecay,
            kOptimizer.Sequence(), kAdamApplyOneWithDecay)

}  // namespace npuemu::kernels
