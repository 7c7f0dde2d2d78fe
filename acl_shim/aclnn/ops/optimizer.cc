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
      b.Check(b.Count(x) == 1 || !b.ok(), arg, ToString(b.ShapeOf(x)),
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

// A beta of AdamW, and what is left of 1.
struct Beta {
  Value kept;
  Value rest;
};

// x * kept + y * rest.
Value Blend(Builder& b, Value x, const Beta& beta, Value y) {
  return b.Op("Add",
              {b.Op("Mul", {x, beta.kept}), b.Op("Mul", {y, beta.rest})});
}

Value OneLess(Builder& b, Value x) { return b.Op("Sub", {Number32(b, 1), x}); }

// A tensor of one element.
Value NumberAt(Builder& b, size_t arg) {
  const Value x = b.In(arg);
  b.Check(b.Count(x) == 1 || !b.ok(), arg, ToString(b.ShapeOf(x)),
          "one element");
  return b.Reshape(b.Cast(x, kF32), {});
}

// What the two forms of AdamW tell differently; scalars in f32.
struct AdamW {
  size_t grad;     // the argument
  size_t largest;  // the argument, if amsgrad
  bool amsgrad;
  bool maximize;
  Beta beta1;
  Beta beta2;
  Value correction1;  // 1 - beta1^t
  Value correction2;
  Value lr;
  Value decay;  // 1 - lr * weightDecay
  Value epsilon;
};

// Of var, m and v (arguments 0 to 2), each step in f32:
//   var *= decay; m, v: moving means of grad and its square
//   var -= lr / c1 * m / (sqrt(v or the largest so far) / sqrt(c2) + eps)
// The largest so far.
Value StepAdamW(Builder& b, const AdamW& x) {
  Value state[3];
  for (size_t i = 0; i < 3; ++i) {
    state[i] = b.Cast(b.In(i), kF32);
    b.CheckShape(state[i], i, b.ShapeOf(b.In(0)));
  }
  Value grad = b.Cast(b.In(x.grad), kF32);
  b.CheckShape(grad, x.grad, b.ShapeOf(b.In(0)));
  if (x.maximize) grad = b.Op("Neg", {grad});
  const Value m = Blend(b, state[1], x.beta1, grad);
  const Value v = Blend(b, state[2], x.beta2, b.Op("Mul", {grad, grad}));
  Value largest = v;
  if (x.amsgrad) {
    largest = b.Op("Maximum", {b.Cast(b.In(x.largest), kF32), v});
  }
  const Value root = b.Op("Sqrt", {x.correction2});
  const Value below = b.Op(
      "Add", {b.Op("RealDiv", {b.Op("Sqrt", {largest}), root}), x.epsilon});
  const Value rate = b.Op("RealDiv", {x.lr, x.correction1});
  const Value moved = b.Op("Mul", {rate, b.Op("RealDiv", {m, below})});
  b.Store(b.Op("Sub", {b.Op("Mul", {state[0], x.decay}), moved}), 0);
  b.Store(m, 1);
  b.Store(v, 2);
  return largest;
}

// (varRef, mRef, vRef, beta1Power, beta2Power, lr, weightDecay, beta1, beta2,
//  eps, grad, maxGradNorm?, amsgrad, maximize): powers are those of the step
// before, and maxGradNorm is not changed.
void ApplyAdamW(Builder& b) {
  AdamW x{10, 11, b.Bool(12), b.Bool(13), {}, {}, {}, {}, {}, {}, {}};
  const auto beta = [&](size_t arg) {
    const Value kept = NumberAt(b, arg);
    return Beta{kept, OneLess(b, kept)};
  };
  x.beta1 = beta(7);
  x.beta2 = beta(8);
  const auto correction = [&](size_t arg, const Beta& of) {
    return OneLess(b, b.Op("Mul", {NumberAt(b, arg), of.kept}));
  };
  x.correction1 = correction(3, x.beta1);
  x.correction2 = correction(4, x.beta2);
  x.lr = NumberAt(b, 5);
  x.decay = OneLess(b, b.Op("Mul", {x.lr, NumberAt(b, 6)}));
  x.epsilon = NumberAt(b, 9);
  StepAdamW(b, x);
}

// (varRef, mRef, vRef, maxGradNormRef?, grad, step, lr, beta1, beta2,
//  weightDecay, eps, amsgrad, maximize): step is the t of beta^t, 1 at first.
void ApplyAdamWV2(Builder& b) {
  AdamW x{4, 3, b.Bool(11), b.Bool(12), {}, {}, {}, {}, {}, {}, {}};
  const Value step = NumberAt(b, 5);
  const auto beta = [&](size_t arg) {
    return Beta{Number32(b, b.Double(arg)), Number32(b, 1 - b.Double(arg))};
  };
  const auto correction = [&](const Beta& of) {
    return OneLess(b, b.Op("Pow", {of.kept, step}));
  };
  x.beta1 = beta(7);
  x.beta2 = beta(8);
  x.correction1 = correction(x.beta1);
  x.correction2 = correction(x.beta2);
  const double lr = b.Double(6);
  x.lr = Number32(b, lr);
  x.decay = Number32(b, 1 - lr * b.Double(9));
  x.epsilon = Number32(b, b.Double(10));
  const Value largest = StepAdamW(b, x);
  if (x.amsgrad) b.Store(largest, 3);
}

constexpr NnOp kOps[] = {
    {"ApplyAdam", ApplyAdam},
    {"ApplyAdamW", ApplyAdamW},
    {"ApplyAdamWV2", ApplyAdamWV2},
};

}  // namespace

std::span<const NnOp> OptimizerOps() { return kOps; }

}  // namespace npuemu::shim::nn
