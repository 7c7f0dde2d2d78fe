// Gradients of activations that come from several kernels, in f32, and softmax
// with masks.

#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;

Value Float32(Builder& b, double value) { return b.Constant(value, kF32); }

Value Times(Builder& b, Value x, double factor) {
  return b.Op("Mul", {x, Float32(b, factor)});
}

// Two arguments of one shape.
struct Pair {
  Value dy;
  Value x;
};

Pair PairAt(Builder& b, size_t dy_arg, size_t x_arg) {
  const Pair pair{b.Cast(b.In(dy_arg), kF32), b.Cast(b.In(x_arg), kF32)};
  b.CheckShape(pair.dy, dy_arg, b.ShapeOf(pair.x));
  return pair;
}

// (gradOutput, alpha, scale, inputScale, isResult, selfOrResult, gradInput).
void EluBackward(Builder& b) {
  const Pair in = PairAt(b, 0, 5);
  const double alpha = b.ScalarAt(1).real;
  const double scale = b.ScalarAt(2).real;
  const double input_scale = b.ScalarAt(3).real;
  const double negative = alpha * scale;
  Value slope;
  if (b.Bool(4)) {
    slope = Times(b, b.Op("Add", {in.x, Float32(b, negative)}), input_scale);
  } else {
    const Value e = b.Op("Exp", {Times(b, in.x, input_scale)});
    slope = Times(b, e, input_scale * negative);
  }
  const Value below = b.Op("LessEqual", {in.x, Float32(b, 0)});
  b.Result(b.Op("Select",
                {below, b.Op("Mul", {in.dy, slope}), Times(b, in.dy, scale)}));
}

// dy * (cdf(x) + x * pdf(x)) of the normal distribution.
Value GeluByErfGrad(Builder& b, const Pair& in) {
  const Value erf = b.Op("Erf", {Times(b, in.x, std::numbers::sqrt2 / 2)});
  const Value cdf = Times(b, b.Op("Add", {erf, Float32(b, 1)}), 0.5);
  const Value square = b.Op("Mul", {in.x, in.x});
  const Value pdf = Times(b, b.Op("Exp", {Times(b, square, -0.5)}),
                          std::numbers::inv_sqrtpi / std::numbers::sqrt2);
  const Value slope = b.Op("Add", {cdf, b.Op("Mul", {in.x, pdf})});
  return b.Op("Mul", {in.dy, slope});
}

// (gradOutput, self, approximate, gradInput).
void GeluBackwardV2(Builder& b) {
  const std::string approximate = b.String(2);
  b.Check(approximate == "none" || approximate == "tanh" || !b.ok(), 2,
          approximate, "none or tanh");
  const Pair in = PairAt(b, 0, 1);
  if (approximate == "none") return b.Result(GeluByErfGrad(b, in));
  b.Result(b.Op("GeluGrad", {in.dy, in.x, b.Op("Gelu", {in.x})}));
}

// (gradOutput, self, gradInput): with t = tanh(softplus(x)) the slope is
// t + x * sigmoid(x) * (1 - t * t).
void MishBackward(Builder& b) {
  const Pair in = PairAt(b, 0, 1);
  const Value t = b.Op("Tanh", {b.Op("Softplus", {in.x})});
  const Value rest = b.Op("Sub", {Float32(b, 1), b.Op("Mul", {t, t})});
  const Value gate = b.Op("Mul", {in.x, b.Op("Sigmoid", {in.x})});
  const Value slope = b.Op("Add", {t, b.Op("Mul", {gate, rest})});
  b.Result(b.Op("Mul", {in.dy, slope}));
}

// (self, out, buffer): the buffer is exp(-|self|), where it has room.
void LogSigmoidForward(Builder& b) {
  const Value x = b.In(0);
  b.Store(b.Op("LogSigmoid", {x}), 1);
  const Value buffer = b.In(2);
  if (!b.ok() || b.Count(buffer) == 0) return;
  const Value size = b.Op("Abs", {b.Cast(x, kF32)});
  b.Store(b.Op("Exp", {b.Op("Neg", {size})}), 2);
}

// (gradOutput, self, buffer, gradInput).
void LogSigmoidBackward(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  b.In(2);
  b.Result(
      b.Op("LogSigmoidGrad", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)}));
}

// (x, dy, eps, out).
void LogitGrad(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  Attrs attrs;
  attrs["eps"] = static_cast<float>(b.Double(2));
  b.Result(b.Op("LogitGrad", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)},
                std::move(attrs)));
}

// (gradOutput, self, weight, gradInput, gradWeight): one weight for all, or
// one for each channel (axis 1).
void PreluBackward(Builder& b) {
  const Pair in = PairAt(b, 0, 1);
  Value weight = b.Cast(b.In(2), kF32);
  const int64_t channels = b.Count(weight);
  const int64_t rank = b.Rank(in.x);
  b.Check(
      channels == 1 || channels == b.Extent(in.x, rank > 1 ? 1 : 0) || !b.ok(),
      2, absl::StrCat(channels, " elements"), "1, or one for each channel");
  if (!b.ok()) return;
  Shape shape(static_cast<size_t>(rank), 1);
  const size_t at = rank > 1 ? 1 : 0;
  if (channels > 1) shape[at] = channels;
  weight = b.Reshape(weight, shape);
  const Value above = b.Op("Greater", {in.x, Float32(b, 0)});
  b.Store(b.Op("Select", {above, in.dy, b.Op("Mul", {in.dy, weight})}), 3);
  const Value zeros = FillOf(b, Float32(b, 0), b.ShapeOf(in.x));
  const Value part = b.Op("Select", {above, zeros, b.Op("Mul", {in.dy, in.x})});
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < rank; ++i) {
    if (channels == 1 || i != static_cast<int64_t>(at)) axes.push_back(i);
  }
  const Value sum =
      axes.empty() ? part : b.Op("ReduceSum", {part, b.Constant(axes)});
  b.StoreFlat(sum, 4);
}

Attrs MaskAttrs(Builder& b, size_t scale_arg) {
  Attrs attrs;
  attrs["scale"] = static_cast<float>(b.Double(scale_arg));
  attrs["fixed_triu_mask"] = b.Bool(scale_arg + 1);
  return attrs;
}

// (x, mask, scale, fixedTriuMask, y).
void ScaledMaskedSoftmax(Builder& b) {
  const Value mask = b.Given(1) ? b.Cast(b.In(1), DataType::kBool) : Value();
  b.Result(b.Op("ScaledMaskedSoftmax", {b.In(0), mask}, MaskAttrs(b, 2)));
}

// (gradOutput, y, mask, scale, fixTriuMask, out).
void ScaledMaskedSoftmaxBackward(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value mask = b.Given(2) ? b.Cast(b.In(2), DataType::kBool) : Value();
  b.Result(b.Op("ScaledMaskedSoftmaxGrad",
                {b.Cast(b.In(0), type), b.Cast(b.In(1), type), mask},
                MaskAttrs(b, 3)));
}

constexpr NnOp kOps[] = {
    {"EluBackward", EluBackward},
    {"GeluBackwardV2", GeluBackwardV2},
    {"MishBackward", MishBackward},
    {"LogSigmoidForward", LogSigmoidForward},
    {"LogSigmoidBackward", LogSigmoidBackward},
    {"LogitGrad", LogitGrad},
    {"PreluBackward", PreluBackward},
    {"ScaledMaskedSoftmax", ScaledMaskedSoftmax},
    {"ScaledMaskedSoftmaxBackward", ScaledMaskedSoftmaxBackward},
};

}  // namespace

std::span<const NnOp> GradientOps() { return kOps; }

}  // namespace npuemu::shim::nn
