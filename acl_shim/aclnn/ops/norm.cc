// Normalisations and their gradients.

#include <numeric>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

Attrs Epsilon(const char* name, double epsilon) {
  Attrs attrs;
  attrs[name] = static_cast<float>(epsilon);
  return attrs;
}

// The last axes of x must be `shape`.
void CheckTail(Builder& b, Value x, const Shape& shape, size_t arg) {
  if (!b.ok()) return;
  const Shape whole = b.ShapeOf(x);
  const bool fits = shape.size() <= whole.size() && !shape.empty() &&
                    std::equal(shape.rbegin(), shape.rend(), whole.rbegin());
  b.Check(fits, arg, ToString(shape),
          absl::StrCat("the last extents of ", ToString(whole)));
}

// (input, normalizedShape, weight?, bias?, eps, out, mean?, rstd?).
void LayerNorm(Builder& b) {
  const Value x = b.In(0);
  const std::vector<int64_t> shape = b.Ints(1);
  CheckTail(b, x, shape, 1);
  Value gamma = b.OptionalIn(2);
  Value beta = b.OptionalIn(3);
  b.CheckShape(gamma, 2, shape);
  b.CheckShape(beta, 3, shape);
  if (!b.ok()) return;
  if (gamma.empty() != beta.empty()) {  // the kernel has both or none
    const DataType type = b.TypeOf(gamma.empty() ? beta : gamma);
    if (gamma.empty()) gamma = b.Constant(1, type, shape);
    if (beta.empty()) beta = b.Constant(0, type, shape);
  }
  const std::vector<Value> y = b.Ops("LayerNormV4",
                                     {x, b.Constant(shape, DataType::kInt32),
                                      gamma, b.Cast(beta, b.TypeOf(gamma))},
                                     Epsilon("epsilon", b.Double(4)));
  if (!b.ok()) return;
  b.Store(y[0], 5);
  b.StoreFlat(y[1], 6);
  b.StoreFlat(y[2], 7);
}

// (gradOut, input, normalizedShape, mean, rstd, weight?, bias?, outputMask,
//  gradInput?, gradWeight?, gradBias?).
void LayerNormBackward(Builder& b) {
  const Value dy = b.In(0);
  const Value x = b.In(1);
  const std::vector<int64_t> shape = b.Ints(2);
  CheckTail(b, x, shape, 2);
  if (!b.ok()) return;
  Value gamma = b.OptionalIn(5);
  if (gamma.empty()) gamma = b.Constant(1, b.TypeOf(x), shape);
  const std::vector<Value> y =
      b.Ops("LayerNormGradV3",
            {b.Cast(dy, b.TypeOf(x)), x, b.Cast(b.In(4), DataType::kFloat),
             b.Cast(b.In(3), DataType::kFloat), gamma});
  const std::vector<uint8_t> mask = b.Bools(7);
  b.Check(mask.size() == 3 || !b.ok(), 7, absl::StrCat(mask.size(), " values"),
          "3 values");
  for (size_t i = 0; i < 3 && b.ok(); ++i) {
    if (mask[i] != 0) b.StoreOptional(y[i], 8 + i);
  }
}

// (self, gamma?, beta?, N, C, HxW, group, eps, out, meanOut, rstdOut).
void GroupNorm(Builder& b) {
  const Value x = b.In(0);
  const int64_t n = b.Int(3);
  const int64_t c = b.Int(4);
  const int64_t area = b.Int(5);
  b.Check(n * c * area == b.Count(x) || !b.ok(), 5, absl::StrCat(area),
          absl::StrCat("N * C * HxW to be ", b.Count(x)));
  if (!b.ok()) return;
  Attrs attrs = Epsilon("eps", b.Double(7));
  attrs["num_groups"] = b.Int(6);
  attrs["activate_silu"] = false;
  const Value gamma = b.OptionalIn(1);
  const Value beta = b.OptionalIn(2);
  const std::vector<Value> y =
      b.Ops("GroupNormSilu", {b.Reshape(x, {n, c, area, 1}), gamma, beta},
            std::move(attrs));
  if (!b.ok()) return;
  b.Store(b.Reshape(y[0], b.ShapeOf(x)), 8);
  b.StoreFlat(y[1], 9);
  b.StoreFlat(y[2], 10);
}

// (self, gamma?, beta?, group, eps, out, meanOut, rstdOut), V2 with a switch.
void GroupNormSilu(Builder& b) {
  const bool v2 = b.kernel() != nullptr;
  Attrs attrs = Epsilon("eps", b.Double(4));
  attrs["num_groups"] = b.Int(3);
  attrs["activate_silu"] = !v2 || b.Bool(5);
  const std::vector<Value> y =
      b.Ops("GroupNormSilu", {b.In(0), b.OptionalIn(1), b.OptionalIn(2)},
            std::move(attrs));
  if (!b.ok()) return;
  const size_t out = v2 ? 6 : 5;
  b.Store(y[0], out);
  b.StoreFlat(y[1], out + 1);
  b.StoreFlat(y[2], out + 2);
}

// (x, gamma, epsilon, yOut, rstdOut).
void RmsNorm(Builder& b) {
  const Value x = b.In(0);
  const Value gamma = b.In(1);
  CheckTail(b, x, b.ShapeOf(gamma), 1);
  const std::vector<Value> y =
      b.Ops("RmsNorm", {x, gamma}, Epsilon("epsilon", b.Double(2)));
  if (!b.ok()) return;
  b.Store(y[0], 3);
  b.StoreFlat(y[1], 4);
}

void GemmaRmsNorm(Builder& b) {
  const std::vector<Value> y = b.Ops("GemmaRmsNorm", {b.In(0), b.In(1)},
                                     Epsilon("epsilon", b.Double(2)));
  if (!b.ok()) return;
  b.Store(y[0], 3);
  b.StoreFlat(y[1], 4);
}

// (dy, x, rstd, gamma, dxOut, dgammaOut).
void RmsNormGrad(Builder& b) {
  const std::vector<Value> y =
      b.Ops("RmsNormGrad", {b.In(0), b.In(1), b.In(2), b.In(3)});
  if (!b.ok()) return;
  b.Store(y[0], 4);
  b.Store(y[1], 5);
}

// (x1, x2, gamma, epsilon, yOut, rstdOut, xOut).
void AddRmsNorm(Builder& b) {
  const std::vector<Value> y = b.Ops("AddRmsNorm", {b.In(0), b.In(1), b.In(2)},
                                     Epsilon("epsilon", b.Double(3)));
  if (!b.ok()) return;
  b.Store(y[0], 4);
  b.StoreFlat(y[1], 5);
  b.Store(y[2], 6);
}

// (x1, x2, gamma, epsilon, y1Out, y2Out, rstdOut, xOut): y1 is y2 in f32.
void AddRmsNormCast(Builder& b) {
  const std::vector<Value> y = b.Ops("AddRmsNorm", {b.In(0), b.In(1), b.In(2)},
                                     Epsilon("epsilon", b.Double(3)));
  if (!b.ok()) return;
  b.Store(b.Cast(y[0], DataType::kFloat), 4);
  b.Store(y[0], 5);
  b.StoreFlat(y[1], 6);
  b.Store(y[2], 7);
}

// (x1Ref, x2Ref, gamma, epsilon, rstdOut): x1 becomes y, x2 the sum.
void InplaceAddRmsNorm(Builder& b) {
  const std::vector<Value> y = b.Ops("AddRmsNorm", {b.In(0), b.In(1), b.In(2)},
                                     Epsilon("epsilon", b.Double(3)));
  if (!b.ok()) return;
  b.Store(y[0], 0);
  b.StoreFlat(y[1], 4);
  b.Store(y[2], 1);
}

// (dy, x, gx, gamma, mean, rstd, alpha, dxOut, dgxOut, dbetaOut, dgammaOut).
void DeepNormGrad(Builder& b) {
  const std::vector<Value> y = b.Ops(
      "DeepNormGrad", {b.In(0), b.In(1), b.In(2), b.In(3), b.In(4), b.In(5)},
      Epsilon("alpha", b.Double(6)));
  for (size_t i = 0; i < y.size() && b.ok(); ++i) b.Store(y[i], 7 + i);
}

Attrs GroupAttrs(Builder& b, size_t groups_arg) {
  Attrs attrs;
  attrs["num_groups"] = b.Int(groups_arg);
  attrs["data_format"] =
      b.Given(groups_arg + 1) ? b.String(groups_arg + 1) : std::string("NCHW");
  return attrs;
}

// (x, gamma, beta, numGroups, dataFormat?, eps, activateSwish, swishScale,
//  yOut, meanOut, rstdOut).
void GroupNormSwish(Builder& b) {
  Attrs attrs = GroupAttrs(b, 3);
  attrs["eps"] = static_cast<float>(b.Double(5));
  attrs["activate_swish"] = b.Bool(6);
  attrs["swish_scale"] = static_cast<float>(b.Double(7));
  const DataType type = b.TypeOf(b.In(0));
  const std::vector<Value> y = b.Ops(
      "GroupNormSwish", {b.In(0), b.Cast(b.In(1), type), b.Cast(b.In(2), type)},
      std::move(attrs));
  if (!b.ok()) return;
  b.Store(y[0], 8);
  b.StoreFlat(y[1], 9);
  b.StoreFlat(y[2], 10);
}

// (dy, mean, rstd, x, gamma, beta, numGroups, dataFormat?, swishScale,
//  dgammaIsRequire, dbetaIsRequire, dxOut, dgammaOut, dbetaOut).
void GroupNormSwishGrad(Builder& b) {
  Attrs attrs = GroupAttrs(b, 6);
  attrs["swish_scale"] = static_cast<float>(b.Double(8));
  const DataType type = b.TypeOf(b.In(0));
  std::vector<Value> inputs;
  for (size_t arg = 0; arg < 6; ++arg) {
    inputs.push_back(b.Cast(b.In(arg), type));
  }
  const std::vector<Value> y =
      b.Ops("GroupNormSwishGrad", inputs, std::move(attrs));
  if (!b.ok()) return;
  b.Store(y[0], 11);
  if (b.Bool(9)) b.Store(y[1], 12);
  if (b.Bool(10)) b.Store(y[2], 13);
}

// (x1, x2, gamma, beta, bias?, epsilon, additionalOutput, yOut, meanOut,
//  rstdOut, xOut).
void AddLayerNorm(Builder& b) {
  Attrs attrs = Epsilon("epsilon", b.Double(5));
  attrs["additional_output"] = b.Bool(6);
  const std::vector<Value> y = b.Ops(
      "AddLayerNorm", {b.In(0), b.In(1), b.In(2), b.In(3), b.OptionalIn(4)},
      std::move(attrs));
  if (!b.ok()) return;
  b.Store(y[0], 7);
  b.StoreFlat(y[1], 8);
  b.StoreFlat(y[2], 9);
  if (b.Bool(6)) b.Store(y[3], 10);
}

void AddLayerNormGrad(Builder& b) {
  const std::vector<Value> y = b.Ops(
      "AddLayerNormGrad",
      {b.In(0), b.In(1), b.In(2), b.In(3), b.In(4), b.In(5), b.OptionalIn(6)});
  if (!b.ok()) return;
  for (size_t i = 0; i < 3; ++i) b.Store(y[i], 7 + i);
}

// (x, gx, beta, gamma, alpha, epsilon, meanOut, rstdOut, yOut).
void DeepNorm(Builder& b) {
  Attrs attrs = Epsilon("epsilon", b.Double(5));
  attrs["alpha"] = static_cast<float>(b.Double(4));
  const std::vector<Value> y =
      b.Ops("DeepNorm", {b.In(0), b.In(1), b.In(2), b.In(3)}, std::move(attrs));
  if (!b.ok()) return;
  b.StoreFlat(y[0], 6);
  b.StoreFlat(y[1], 7);
  b.Store(y[2], 8);
}

constexpr NnOp kOps[] = {
    {"LayerNorm", LayerNorm},
    {"LayerNormWithImplMode", LayerNorm},
    {"FastLayerNorm", LayerNorm},
    {"LayerNormBackward", LayerNormBackward},
    {"GroupNorm", GroupNorm},
    {"GroupNormSilu", GroupNormSilu},
    {"GroupNormSiluV2", GroupNormSilu, "V2"},
    {"RmsNorm", RmsNorm},
    {"GemmaRmsNorm", GemmaRmsNorm},
    {"RmsNormGrad", RmsNormGrad},
    {"AddRmsNorm", AddRmsNorm},
    {"AddRmsNormCast", AddRmsNormCast},
    {"InplaceAddRmsNorm", InplaceAddRmsNorm},
    {"DeepNormGrad", DeepNormGrad},
    {"GroupNormSwish", GroupNormSwish},
    {"GroupNormSwishGrad", GroupNormSwishGrad},
    {"AddLayerNorm", AddLayerNorm},
    {"AddLayerNormGrad", AddLayerNormGrad},
    {"DeepNorm", DeepNorm},
};

}  // namespace

std::span<const NnOp> NormOps() { return kOps; }

}  // namespace npuemu::shim::nn
