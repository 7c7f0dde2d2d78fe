// Steps of optimizers: variables and their state change in place.

#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;

// (varRef, m, v, beta1Power, beta2Power, lr, beta1, beta2, epsilon, grad,
//  useLocking, useNesterov).
void ApplyAdam(Builder& b) {
  const DataType type = b.TypeOf(b.In(0));
  std::vector<Value> inputs;
  for (size_t arg = 0; arg < 10; ++arg) {
    Value x = b.Cast(b.In(arg), type);
    if (arg >= 3 && arg < 9) {
      b.Check(b.Count(x) == 1 || !b.ok(), arg, kernels::ToString(b.ShapeOf(x)),
              "one element");
      x = b.Reshape(x, {1});
    } else {
      b.CheckShape(x, arg, b.ShapeOf(b.In(0)));
    }
    inputs.push_back(x);
  }
  Attrs attrs;
  attrs["use_nesterov"] = b.Bool(11);
  const std::vector<Value> y = b.Ops("ApplyAdamD", inputs, std::move(attrs));
  for (size_t i = 0; i < y.size() && b.ok(); ++i) b.Store(y[i], i);
}

Value Number32(Builder& b, double value) { return b.Constant(value, kF32); }

// x * a + y * c.
Value Blend(Builder& b, Value x, double a, Value y, double c) {
  return b.Op("Add", {b.Op("Mul", {x, Number32(b, a)}),
                      b.Op("Mul", {y, Number32(b, c)})});
}

// 1 - beta^(step + 1).
Value Correction(Builder& b, double beta, Value step) {
  const Value power =
      b.Op("Pow", {Number32(b, beta), b.Op("Add", {step, Number32(b, 1)})});
  return b.Op("Sub", {Number32(b, 1), power});
}

// (varRef, mRef, vRef, maxGradNormRef?, grad, step, lr, beta1, beta2,
//  weightDecay, eps, amsgrad, maximize), each step in f32:
//   var *= 1 - lr * weightDecay; m, v: moving means of grad and its square
//   var -= lr / c1 * m / (sqrt(v or the largest so far) / sqrt(c2) + eps)
// where c are Correction of the betas: step counts the steps before this one.
void ApplyAdamWV2(Builder& b) {
  const Shape shape = b.ShapeOf(b.In(0));
  Value state[4];
  for (size_t i = 0; i < 3; ++i) {
    state[i] = b.Cast(b.In(i), kF32);
    b.CheckShape(state[i], i, shape);
  }
  Value grad = b.Cast(b.In(4), kF32);
  b.CheckShape(grad, 4, shape);
  if (b.Bool(12)) grad = b.Op("Neg", {grad});
  b.Check(b.Count(b.In(5)) == 1 || !b.ok(), 5,
          kernels::ToString(b.ShapeOf(b.In(5))), "one element");
  const Value step = b.Reshape(b.Cast(b.In(5), kF32), {});
  const double lr = b.Double(6);
  const double beta1 = b.Double(7);
  const double beta2 = b.Double(8);
  const Value m = Blend(b, state[1], beta1, grad, 1 - beta1);
  const Value v =
      Blend(b, state[2], beta2, b.Op("Mul", {grad, grad}), 1 - beta2);
  Value largest = v;
  if (b.Bool(11)) {
    largest = b.Op("Maximum", {b.Cast(b.In(3), kF32), v});
    b.Store(largest, 3);
  }
  const Value root = b.Op("Sqrt", {Correction(b, beta2, step)});
  const Value below =
      b.Op("Add", {b.Op("RealDiv", {b.Op("Sqrt", {largest}), root}),
                   Number32(b, b.Double(10))});
  const Value rate =
      b.Op("RealDiv", {Number32(b, lr), Correction(b, beta1, step)});
  const Value decayed =
      b.Op("Mul", {state[0], Number32(b, 1 - lr * b.Double(9))});
  const Value moved = b.Op("Mul", {rate, b.Op("RealDiv", {m, below})});
  b.Store(b.Op("Sub", {decayed, moved}), 0);
  b.Store(m, 1);
  b.Store(v, 2);
}

constexpr NnOp kOps[] = {
    {"ApplyAdam", ApplyAdam},
    {"ApplyAdamWV2", ApplyAdamWV2},
};

}  // namespace

std::span<const NnOp> OptimizerOps() { return kOps; }

}  // namespace npuemu::shim::nn
