// Momentum, RMSProp, FTRL, sign methods (docs/sequences.md).
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

// The new value and the new state.
std::tuple<float, float> Momentum(float var, float accum, float lr, float grad,
                                  float momentum, bool nesterov) {
  const float s = accum * momentum + grad;
  if (nesterov) return {var - (grad * lr + (s * momentum) * lr), s};
  return {var - s * lr, s};
}

std::tuple<float, float> KerasMomentum(float var, float accum, float lr,
                                       float grad, float momentum,
                                       bool nesterov) {
  const float s = accum * momentum - grad * lr;
  if (nesterov) return {(var + s * momentum) - grad * lr, s};
  return {var + s, s};
}

}  // namespace

using TakesApplyGradientDescent = Takes<T, T, T>;
ELEMENTWISE(ApplyGradientDescent, Floats, TakesApplyGradientDescent,
            kOptimizer.Sequence(),
            [](float var, float alpha, float delta,
               [[maybe_unused]] const Scalars& a) {
              return var - alpha * delta;
            })

using TakesApplyMomentumD = Takes<T, T, T, T, T>;
ELEMENTWISE(ApplyMomentumD, Floats, TakesApplyMomentumD, kOptimizer.Sequence(),
            [](float var, float accum, float lr, float grad, float momentum,
               const Scalars& a) {
              return Momentum(var, accum, lr, grad, momentum, a[0] != 0);
            })

using TakesApplyKerasMomentumD = Takes<T, T, T, T, T>;
ELEMENTWISE(ApplyKerasMomentumD, Floats, TakesApplyKerasMomentumD,
            kOptimizer.Sequence(),
            [](float var, float accum, float lr, float grad, float momentum,
               const Scalars& a) {
              return KerasMomentum(var, accum, lr, grad, momentum, a[1] != 0);
            })

using TakesFusedMul = Takes<T, T, T, T, T, T>;
ELEMENTWISE(FusedMulApplyMomentum, Floats, TakesFusedMul, kOptimizer.Sequence(),
            [](float var, float accum, float lr, float x1, float momentum,
               float x2, const Scalars& a) {
              return Momentum(var, accum, lr, x1 * x2, momentum, a[0] != 0);
            })
ELEMENTWISE(FusedMulApplyKerasMomentum, Floats, TakesFusedMul,
            kOptimizer.Sequence(),
            [](float var, float accum, float lr, float x1, float momentum,
               float x2, const Scalars& a) {
              return KerasMomentum(var, accum, lr, x1 * x2, momentum,
                                   a[1] != 0);
            })

// var_copy is var in f16.
using TakesFusedMulExtern = Takes<T, T, T, T, T, T, T>;
ELEMENTWISE(FusedMulApplyMomentumExtern, Floats, TakesFusedMulExtern,
            kOptimizer.Sequence(),
            [](float var, float accum, float lr, float x1, float momentum,
               float x2, [[maybe_unused]] float var_copy, const Scalars& a) {
              const auto [y, s] =
                  Momentum(var, accum, lr, x1 * x2, momentum, a[0] != 0);
              return std::tuple(y, y, s);
            })

using TakesApplyRMSPropD = Takes<T, T, T, T, T>;
ELEMENTWISE(ApplyRMSPropD, Floats, TakesApplyRMSPropD, kOptimizer.Sequence(),
            [](float var, float ms, float mom, float lr, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float nms = ms + (grad * grad - ms) * (1.0f - a[0]);
              const float nmom = mom * a[1] + (lr * grad) / Sqrt(nms + a[2]);
              return std::tuple(var - nmom, nms, nmom);
            })

using TakesApplyCenteredRMSPropD = Takes<T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyCenteredRMSPropD, Floats, TakesApplyCenteredRMSPropD,
            kOptimizer.Sequence(),
            [](float var, float mg, float ms, float mom, float lr, float rho,
               float momentum, float epsilon, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float nmg = mg + (grad - mg) * (1.0f - rho);
              const float nms = ms + (grad * grad - ms) * (1.0f - rho);
              const float nmom =
                  mom * momentum +
                  (lr * grad) / Sqrt((nms - nmg * nmg) + epsilon);
              return std::tuple(var - nmom, nmg, nms, nmom);
            })

using TakesApplyAddSignD = Takes<T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyAddSignD, Floats, TakesApplyAddSignD, kOptimizer.Sequence(),
            [](float var, float m, float lr, float alpha, float decay,
               float beta, float grad, [[maybe_unused]] const Scalars& a) {
              const float nm = m * beta + grad * (1.0f - beta);
              const float sign = SignOf(grad) * SignOf(nm);
              return std::tuple(var - (lr * (alpha + decay * sign)) * grad, nm);
            })

using TakesApplyPowerSignD = Takes<T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyPowerSignD, Floats, TakesApplyPowerSignD,
            kOptimizer.Sequence(),
            [](float var, float m, float lr, float logbase, float decay,
               float beta, float grad, [[maybe_unused]] const Scalars& a) {
              const float nm = m * beta + grad * (1.0f - beta);
              const float sign = SignOf(grad) * SignOf(nm);
              return std::tuple(
                  var - (lr * Exp((logbase * decay) * sign)) * grad, nm);
            })

using TakesApplyFtrlD = Takes<T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyFtrlD, Floats, TakesApplyFtrlD, kOptimizer.Sequence(),
            [](float var, float accum, float linear, float grad, float lr,
               float l1, float l2, float power,
               [[maybe_unused]] const Scalars& a) {
              const float g = grad;
              const float na = accum + grad * grad;
              const float p = power * -1.0f;
              const float sigma = (Pow(na, p) - Pow(accum, p)) / lr;
              const float nl = linear + (g - sigma * var);
              const float q = Pow(na, p) / lr + l2 * 2.0f;
              return std::tuple(
                  Abs(nl) > l1 ? (SignOf(nl) * l1 - nl) / q : 0.0f, na, nl);
            })

using TakesApplyFtrlV2D = Takes<T, T, T, T, T, T, T, T, T>;
ELEMENTWISE(ApplyFtrlV2D, Floats, TakesApplyFtrlV2D, kOptimizer.Sequence(),
            [](float var, float accum, float linear, float grad, float lr,
               float l1, float l2, float shrinkage, float power,
               [[maybe_unused]] const Scalars& a) {
              const float g = grad + (var * 2.0f) * shrinkage;
              const float na = accum + grad * grad;
              const float p = power * -1.0f;
              const float sigma = (Pow(na, p) - Pow(accum, p)) / lr;
              const float nl = linear + (g - sigma * var);
              const float q = Pow(na, p) / lr + l2 * 2.0f;
              return std::tuple(
                  Abs(nl) > l1 ? (SignOf(nl) * l1 - nl) / q : 0.0f, na, nl);
            })

}  // namespace npuemu::kernels
