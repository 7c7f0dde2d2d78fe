// Activations with parameters, gated units, softmax, and the gradients of all.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

Attrs FloatAttr(const char* name, double value) {
  Attrs attrs;
  attrs[name] = static_cast<float>(value);
  return attrs;
}

float ScalarOr(Builder& b, size_t arg, float fallback) {
  return b.Given(arg) ? static_cast<float>(b.ScalarAt(arg).real) : fallback;
}

// x in the dtype that the kernel has for it.
Value Input(Builder& b, size_t arg) {
  const Value x = b.In(arg);
  return b.Cast(x, b.ComputeType(b.kernel(), b.TypeOf(x)));
}

// The tensors `first` to `last` in their common dtype, through the kernel.
Value Through(Builder& b, std::initializer_list<size_t> args, Attrs attrs) {
  const DataType type = b.ComputeType(b.kernel(), b.Promoted(args));
  std::vector<Value> values;
  for (size_t arg : args) values.push_back(b.Cast(b.In(arg), type));
  return b.Op(b.kernel(), values, std::move(attrs));
}

// (self, alpha, scale, inputScale, out).
Attrs EluAttrs(Builder& b, size_t first) {
  Attrs attrs;
  attrs["alpha"] = static_cast<float>(b.ScalarAt(first).real);
  attrs["scale"] = static_cast<float>(b.ScalarAt(first + 1).real);
  attrs["input_scale"] = static_cast<float>(b.ScalarAt(first + 2).real);
  return attrs;
}

void Elu(Builder& b) { b.Result(b.Op("Elu", {b.In(0)}, EluAttrs(b, 1))); }

void LeakyRelu(Builder& b) {
  b.Result(b.Op("LeakyRelu", {b.In(0)},
                FloatAttr("negative_slope", b.ScalarAt(1).real)));
}

void Celu(Builder& b) {
  b.Result(b.Op("CeluV2", {b.In(0)}, FloatAttr("alpha", b.ScalarAt(1).real)));
}

void Softplus(Builder& b) {
  Attrs attrs = FloatAttr("beta", b.ScalarAt(1).real);
  attrs["threshold"] = static_cast<float>(b.ScalarAt(2).real);
  b.Result(b.Op("SoftplusV2", {b.In(0)}, std::move(attrs)));
}

void Threshold(Builder& b) {
  const Value x = b.In(0);
  b.Result(b.Op("ThresholdV2",
                {x, b.Operand(1, b.TypeOf(x)), b.Operand(2, b.TypeOf(x))}));
}

void WithLambda(Builder& b) {
  b.Result(
      b.Op(b.kernel(), {Input(b, 0)}, FloatAttr("lambd", b.ScalarAt(1).real)));
}

void Shrink(Builder& b) {
  Attrs attrs = FloatAttr("lambd", b.ScalarAt(1).real);
  attrs["bias"] = static_cast<float>(b.ScalarAt(2).real);
  b.Result(b.Op("Shrink", {Input(b, 0)}, std::move(attrs)));
}

void Hardtanh(Builder& b) {
  const Value x = b.In(0);
  const DataType type = b.TypeOf(x);
  b.Result(b.Op("Minimum", {b.Op("Maximum", {x, b.Operand(1, type)}),
                            b.Operand(2, type)}));
}

void Swish(Builder& b) {
  b.Result(b.Op("Swish", {b.In(0)}, FloatAttr("scale", ScalarOr(b, 1, 1))));
}

void Logit(Builder& b) {
  b.Result(b.Op("Logit", {AsReal(b, b.In(0))}, FloatAttr("eps", b.Double(1))));
}

// x times the normal distribution of x, by erf, in f32:
// (x * 0.5) * (erf(x * sqrt(1/2)) + 1).
Value GeluByErf(Builder& b, Value x) {
  const DataType f32 = DataType::kFloat;
  const Value wide = b.Cast(x, f32);
  const Value scaled =
      b.Op("Mul", {wide, b.Constant(0.70710678118654752440, f32)});
  const Value cdf = b.Op("Add", {b.Op("Erf", {scaled}), b.Constant(1, f32)});
  return b.Op("Mul", {b.Op("Mul", {wide, b.Constant(0.5, f32)}), cdf});
}

// approximate: 0 by erf, 1 by tanh.
void GeluV2(Builder& b) {
  const int64_t approximate = b.Int(1);
  b.Check(approximate == 0 || approximate == 1, 1, absl::StrCat(approximate),
          "0 or 1");
  const Value x = b.In(0);
  b.Result(approximate == 1 ? b.Op("Gelu", {x}) : GeluByErf(b, x));
}

void Prelu(Builder& b) {
  const Value x = b.In(0);
  b.Result(b.Op("PRelu", {x, b.Cast(b.In(1), b.TypeOf(x))}));
}

Attrs GluAttrs(Builder& b, size_t dim_arg) {
  Attrs attrs;
  attrs["dim"] = b.Int(dim_arg);
  return attrs;
}

void Glu(Builder& b) { b.Result(b.Op("GLU", {Input(b, 0)}, GluAttrs(b, 1))); }
void GluBackward(Builder& b) { b.Result(Through(b, {0, 1}, GluAttrs(b, 2))); }
void SwiGlu(Builder& b) { b.Result(b.Op("SwiGlu", {b.In(0)}, GluAttrs(b, 1))); }
void SwiGluGrad(Builder& b) { b.Result(Through(b, {0, 1}, GluAttrs(b, 2))); }

void StoreGeGlu(Builder& b, bool left, size_t out) {
  Attrs attrs = GluAttrs(b, 1);
  attrs["approximate"] = b.Int(2);
  attrs["activate_left"] = left;
  const std::vector<Value> y = b.Ops("GeGluV2", {b.In(0)}, std::move(attrs));
  if (!b.ok()) return;
  b.Store(y[0], out);
  b.Store(y[1], out + 1);
}

void GeGlu(Builder& b) { StoreGeGlu(b, false, 3); }
void GeGluV3(Builder& b) { StoreGeGlu(b, b.Bool(3), 4); }

// (gradOutput, self, gelu, dim, approximate[, activateLeft], gradInput).
void GeGluBackward(Builder& b) {
  Attrs attrs = GluAttrs(b, 3);
  attrs["approximate"] = b.Int(4);
  attrs["activate_left"] = b.arg_count() > 6 && b.Bool(5);
  b.Result(Through(b, {0, 1, 2}, std::move(attrs)));
}

// Gradients (gradOutput, self or result, out).
void Backward(Builder& b) { b.Result(Through(b, {0, 1}, {})); }
// The kernel takes the other order.
void BackwardOfResult(Builder& b) { b.Result(Through(b, {1, 0}, {})); }

void GeluBackward(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value dy = b.Cast(b.In(0), type);
  const Value x = b.Cast(b.In(1), type);
  b.Result(b.Op("GeluGrad", {dy, x, b.Op("Gelu", {x})}));
}

void LeakyReluBackward(Builder& b) {
  b.Result(Through(b, {0, 1}, FloatAttr("negative_slope", b.ScalarAt(2).real)));
}

void ThresholdBackward(Builder& b) {
  b.Result(Through(b, {0, 1}, FloatAttr("threshold", b.ScalarAt(2).real)));
}

void BackwardWithLambda(Builder& b) {
  b.Result(Through(b, {0, 1}, FloatAttr("lambd", b.ScalarAt(2).real)));
}

void SoftplusBackward(Builder& b) {
  Attrs attrs = FloatAttr("beta", b.ScalarAt(2).real);
  attrs["threshold"] = static_cast<float>(b.ScalarAt(3).real);
  b.Result(Through(b, {0, 1}, std::move(attrs)));
}

void HardtanhBackward(Builder& b) {
  Attrs attrs = FloatAttr("min_val", b.ScalarAt(2).real);
  attrs["max_val"] = static_cast<float>(b.ScalarAt(3).real);
  b.Result(Through(b, {1, 0}, std::move(attrs)));
}

void SwishBackward(Builder& b) {
  const float scale = ScalarOr(b, 2, 1);
  const DataType type = b.Promoted({0, 1});
  const Value x = b.Cast(b.In(1), type);
  const Value y = b.Op("Swish", {x}, FloatAttr("scale", scale));
  b.Result(b.Op("SwishGrad", {b.Cast(b.In(0), type), x, y},
                FloatAttr("scale", scale)));
}

// (self, dim, out) and (gradOutput, output, dim, out).
void Softmax(Builder& b) {
  const Value x = b.In(0);
  Attrs attrs;
  attrs["axes"] =
      IntList({static_cast<int64_t>(b.Axis(b.Int(1), b.Rank(x), 1))});
  b.Result(b.Op(b.kernel(), {AsReal(b, x)}, std::move(attrs)));
}

void SoftmaxBackward(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value dy = b.Cast(b.In(0), type);
  const Value y = b.Cast(b.In(1), type);
  Attrs attrs;
  const bool log = std::string_view(b.kernel()) == "LogSoftmaxGrad";
  attrs[log ? "axis" : "axes"] =
      IntList({static_cast<int64_t>(b.Axis(b.Int(2), b.Rank(y), 2))});
  b.Result(log ? b.Op(b.kernel(), {dy, y}, std::move(attrs))
               : b.Op(b.kernel(), {y, dy}, std::move(attrs)));
}

constexpr NnOp kOps[] = {
    {"Elu", Elu},
    {"InplaceElu", Elu},
    {"LeakyRelu", LeakyRelu},
    {"InplaceLeakyRelu", LeakyRelu},
    {"Celu", Celu},
    {"InplaceCelu", Celu},
    {"Softplus", Softplus},
    {"Threshold", Threshold},
    {"InplaceThreshold", Threshold},
    {"Hardshrink", WithLambda, "HardShrink"},
    {"Softshrink", WithLambda, "SoftShrink"},
    {"Shrink", Shrink, "Shrink"},
    {"Hardtanh", Hardtanh},
    {"InplaceHardtanh", Hardtanh},
    {"Swish", Swish},
    {"Logit", Logit},
    {"GeluV2", GeluV2},
    {"Prelu", Prelu},
    {"Glu", Glu, "GLU"},
    {"GluBackward", GluBackward, "GLUGrad"},
    {"SwiGlu", SwiGlu},
    {"SwiGluGrad", SwiGluGrad, "SwiGluGrad"},
    {"GeGlu", GeGlu},
    {"GeGluV3", GeGluV3},
    {"GeGluBackward", GeGluBackward, "GeGluGradV2"},
    {"GeGluV3Backward", GeGluBackward, "GeGluGradV2"},
    {"GeluBackward", GeluBackward},
    {"SiluBackward", Backward, "SiluGrad"},
    {"SigmoidBackward", BackwardOfResult, "SigmoidGrad"},
    {"TanhBackward", BackwardOfResult, "TanhGrad"},
    {"SeluBackward", Backward, "SeluGrad"},
    {"HardswishBackward", Backward, "HardSwishGrad"},
    {"HardswishBackwardV2", Backward, "HardSwishGrad"},
    {"FastGeluBackward", Backward, "FastGeluGrad"},
    {"HardsigmoidBackward", Backward, "HardSigmoidGrad"},
    {"LeakyReluBackward", LeakyReluBackward, "LeakyReluGrad"},
    {"ThresholdBackward", ThresholdBackward, "ThresholdGradV2D"},
    {"HardshrinkBackward", BackwardWithLambda, "HardShrinkGrad"},
    {"SoftshrinkBackward", BackwardWithLambda, "SoftShrinkGrad"},
    {"SoftplusBackward", SoftplusBackward, "SoftplusV2Grad"},
    {"HardtanhBackward", HardtanhBackward, "HardtanhGrad"},
    {"SwishBackward", SwishBackward},
    {"Softmax", Softmax, "SoftmaxV2"},
    {"LogSoftmax", Softmax, "LogSoftmaxV2"},
    {"SoftmaxBackward", SoftmaxBackward, "SoftmaxGrad"},
    {"LogSoftmaxBackward", SoftmaxBackward, "LogSoftmaxGrad"},
};

}  // namespace

std::span<const NnOp> ActivationOps() { return kOps; }

}  // namespace npuemu::shim::nn
