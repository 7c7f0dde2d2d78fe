// Optimizers of the Adagrad family (docs/sequences.md).
// Outputs may be the memory of the inputs that they replace; scalars broadcast.

#include <tuple>

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// The soft threshold of proximal methods.
float Proximal(float p, float rate, float l1, float l2) {
  const float d = rate * l2 + 1.0f;
  if (l1 > 0) return (SignOf(p) * Max(Abs(p) - rate * l1, 0.0f)) / d;
  return p / d;
}

const ElementwiseRule kOptimizer =
    Steps(kVmul, kVmul, kVadd, kVmul, kVadd, kVsqrt, kVadds, kVdiv, kVadd);

}  // namespace

using TakesApplyProximalGradientDescent = Takes<T, T, T, T, T>;
ELEMENTWISE(ApplyProximalGradientDescent, Floats,
            TakesApplyProximalGradientDescent, kOptimizer.Sequence(),
            [](float var, float alpha, float l1, float l2, float delta,
               [[maybe_unused]] const Scalars& a) {
              return Proximal(var - alpha * delta, alpha, l1, l2);
            })

using TakesApplyAdagradD = Takes<T, T, T, T>;
ELEMENTWISE(ApplyAdagradD, Floats, TakesApplyAdagradD, kOptimizer.Sequence(),
            [](float var, float accum, float lr, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float s = a[0] != 0 ? accum + grad * grad : accum;
              return std::tuple(var - (lr * grad) / Sqrt(s), s);
            })

using TakesApplyAdagradV2D = Takes<T, T, T, T>;
ELEMENTWISE(ApplyAdagradV2D, Floats, TakesApplyAdagradV2D,
            kOptimizer.Sequence(),
            [](float var, float accum, float lr, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float s = a[1] != 0 ? accum + grad * grad : accum;
              return std::tuple(var - (lr * grad) / (Sqrt(s) + a[0]), s);
            })

using TakesApplyProximalAdagradD = Takes<T, T, T, T, T, T>;
ELEMENTWISE(ApplyProximalAdagradD, Floats, TakesApplyProximalAdagradD,
            kOptimizer.Sequence(),
            [](float var, float accum, float lr, float l1, float l2, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float s = accum + grad * grad;
              const float rate = lr / Sqrt(s);
              return std::tuple(Proximal(var - rate * grad, rate, l1, l2), s);
            })

using TakesApplyAdagradDAD = Takes<T, T, T, T, T, T, T, int32_t>;
ELEMENTWISE(ApplyAdagradDAD, Floats, TakesApplyAdagradDAD,
            kOptimizer.Sequence(),
            [](float var, float ga, float gs, float grad, float lr, float l1,
               float l2, int32_t step, [[maybe_unused]] const Scalars& a) {
              const float na = ga + grad;
              const float ns = gs + grad * grad;
              const auto t = static_cast<float>(step);
              const float soft = SignOf(na) * Max(Abs(na) - l1 * t, 0.0f);
              const float p = (l1 > 0 ? soft : na) * -1.0f;
              return std::tuple(
                  ((void)var, (p * lr) / ((l2 * t) * lr + Sqrt(ns))), na, ns);
            })

using TakesApplyAdadeltaD = Takes<T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyAdadeltaD, Floats, TakesApplyAdadeltaD, kOptimizer.Sequence(),
            [](float var, float accum, float update, float lr, float rho,
               float epsilon, float grad, [[maybe_unused]] const Scalars& a) {
              const float s = accum * rho + (grad * grad) * (1.0f - rho);
              const float u =
                  (Sqrt(update + epsilon) / Sqrt(s + epsilon)) * grad;
              return std::tuple(var - u * lr, s,
                                update * rho + (u * u) * (1.0f - rho));
            })

}  // namespace npuemu::kernels
