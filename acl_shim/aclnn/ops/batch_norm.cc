// Normalisation by channels over a batch, and gradients by channels.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;

// x as [N, C, rest, 1]: kernels know images.
Value Channels(Builder& b, Value x) {
  b.Check(b.Rank(x) >= 2 || !b.ok(), 0, ToString(b.ShapeOf(x)),
          "rank 2 or more");
  if (!b.ok()) return {};
  const int64_t n = b.Extent(x, 0);
  const int64_t c = b.Extent(x, 1);
  const int64_t rest = n * c == 0 ? 0 : b.Count(x) / (n * c);
  return b.As(b.Reshape(x, {n, c, rest, 1}), Format::kNchw);
}

// The result in the shape of the output.
void StoreChannels(Builder& b, Value y, size_t arg) {
  if (b.ok()) b.StoreFlat(b.As(y, Format::kNd), arg);
}

// One number for each channel, in f32; `fallback` where there is none.
Value Parameter(Builder& b, size_t arg, Value x, double fallback) {
  const Shape channels{b.Extent(x, 1)};
  const Value given = b.OptionalIn(arg);
  if (given.empty()) return b.Constant(fallback, kF32, channels);
  b.CheckShape(given, arg, channels);
  return b.Cast(given, kF32);
}

Attrs Images(double epsilon, bool training) {
  Attrs attrs;
  attrs["epsilon"] = static_cast<float>(epsilon);
  attrs["is_training"] = training;
  return attrs;
}

// (input, weight?, bias?, runningMean?, runningVar?, training, momentum, eps,
//  output, saveMean, saveInvstd). What is saved, and moves, is of training.
void BatchNorm(Builder& b) {
  const Value x = Channels(b, b.In(0));
  if (!b.ok()) return;
  const bool training = b.Bool(5);
  b.Check(training || (b.Given(3) && b.Given(4)), 3, "nullptr",
          "running statistics where training is false");
  Attrs attrs = Images(b.Double(7), training);
  attrs["momentum"] = static_cast<float>(b.Double(6));
  const std::vector<Value> y =
      b.Ops("BatchNormV3",
            {x, Parameter(b, 1, x, 1), Parameter(b, 2, x, 0),
             Parameter(b, 3, x, 0), Parameter(b, 4, x, 1)},
            std::move(attrs));
  if (!b.ok()) return;
  StoreChannels(b, y[0], 8);
  if (!training) return;
  b.StoreOptional(y[1], 3);
  b.StoreOptional(y[2], 4);
  b.StoreFlat(y[3], 9);
  b.StoreFlat(y[4], 10);
}

// 1 / s^2: kernels want the variance whose reciprocal root is s.
Value VarianceOf(Builder& b, Value invstd) {
  return b.Op("Reciprocal", {b.Op("Mul", {invstd, invstd})});
}

// (gradOut, input, weight?, runningMean?, runningVar?, saveMean?, saveInvstd?,
//  training, eps, outputMask, gradInput?, gradWeight?, gradBias?).
void BatchNormBackward(Builder& b) {
  const DataType type = b.ComputeType("BatchNormGrad", b.Promoted({0, 1}));
  const Value dy = Channels(b, b.Cast(b.In(0), type));
  const Value x = Channels(b, b.Cast(b.In(1), type));
  if (!b.ok()) return;
  const bool training = b.Bool(7);
  const size_t statistics = training ? 5 : 3;
  for (size_t i : {statistics, statistics + 1}) {
    b.Check(b.Given(i), i, "nullptr",
            absl::StrCat("statistics where training is ", training));
  }
  const Value mean = Parameter(b, statistics, x, 0);
  Value variance = Parameter(b, statistics + 1, x, 1);
  if (training) variance = VarianceOf(b, variance);
  Attrs attrs = Images(training ? 0 : b.Double(8), training);
  attrs["data_format"] = std::string("NCHW");
  const std::vector<Value> y = b.Ops(
      "BatchNormGrad", {dy, x, Parameter(b, 2, x, 1), mean, variance, Value()},
      std::move(attrs));
  const std::vector<uint8_t> mask = b.Bools(9);
  b.Check(mask.size() == 3 || !b.ok(), 9, absl::StrCat(mask.size(), " values"),
          "3 values");
  for (size_t i = 0; i < 3 && b.ok(); ++i) {
    if (mask[i] != 0) StoreChannels(b, y[i], 10 + i);
  }
}

// (input, eps, mean, invstd).
void BatchNormStats(Builder& b) {
  const Value x = Channels(b, b.In(0));
  if (!b.ok()) return;
  const Shape channels{b.Extent(x, 1)};
  const Value one = b.Constant(1, kF32, channels);
  const Value zero = b.Constant(0, kF32, channels);
  const std::vector<Value> y = b.Ops("BatchNormV3", {x, one, zero, zero, one},
                                     Images(b.Double(1), true));
  if (!b.ok()) return;
  b.StoreFlat(y[3], 2);
  b.StoreFlat(y[4], 3);
}

// (input, weight?, bias?, mean, invstd, eps, output).
void BatchNormElemt(Builder& b) {
  const Value x = Channels(b, b.In(0));
  if (!b.ok()) return;
  const Value variance = VarianceOf(b, Parameter(b, 4, x, 1));
  Attrs attrs;
  attrs["epsilon"] = 0.0f;
  StoreChannels(b,
                b.Op("BNInfer",
                     {x, Parameter(b, 1, x, 1), Parameter(b, 2, x, 0),
                      Parameter(b, 3, x, 0), variance},
                     std::move(attrs)),
                6);
}

// (x, sum, squareSum).
void BatchNormReduce(Builder& b) {
  const std::vector<Value> y =
      b.Ops("BNTrainingReduce", {Channels(b, b.In(0))});
  if (!b.ok()) return;
  b.StoreFlat(b.As(y[0], Format::kNd), 1);
  b.StoreFlat(b.As(y[1], Format::kNd), 2);
}

// (gradOut, input, mean, rstd, gamma?, N, C, HxW, group, outputMask,
//  gradInput?, gradGamma?, gradBeta?).
void GroupNormBackward(Builder& b) {
  const Value x = b.In(1);
  const DataType type = b.TypeOf(x);
  const int64_t n = b.Int(5);
  const int64_t c = b.Int(6);
  const int64_t area = b.Int(7);
  const int64_t groups = b.Int(8);
  b.Check(n * c * area == b.Count(x) || !b.ok(), 7, absl::StrCat(area),
          absl::StrCat("N * C * HxW to be ", b.Count(x)));
  b.Check(groups > 0 && c % groups == 0, 8, absl::StrCat(groups),
          absl::StrCat("a divisor of ", c));
  const std::vector<uint8_t> mask = b.Bools(9);
  b.Check(mask.size() == 3 || !b.ok(), 9, absl::StrCat(mask.size(), " values"),
          "3 values");
  if (!b.ok()) return;
  const auto images = [&](size_t arg) {
    return b.As(b.Reshape(b.Cast(b.In(arg), type), {n, c, area, 1}),
                Format::kNchw);
  };
  const auto statistics = [&](size_t arg) {
    return b.Reshape(b.Cast(b.In(arg), type), {n, groups});
  };
  Value gamma = b.OptionalIn(4);
  if (gamma.empty()) gamma = b.Constant(1, type, {c});
  Attrs attrs;
  attrs["num_groups"] = groups;
  const std::vector<Value> y = b.Ops(
      "GroupNormGrad",
      {images(0), statistics(2), statistics(3), images(1), b.Cast(gamma, type)},
      std::move(attrs));
  for (size_t i = 0; i < 3 && b.ok(); ++i) {
    if (mask[i] != 0) StoreChannels(b, y[i], 10 + i);
  }
}

constexpr NnOp kOps[] = {
    {"BatchNorm", BatchNorm},
    {"BatchNormBackward", BatchNormBackward},
    {"BatchNormStats", BatchNormStats},
    {"BatchNormElemt", BatchNormElemt},
    {"BatchNormReduce", BatchNormReduce},
    {"GroupNormBackward", GroupNormBackward},
};

}  // namespace

std::span<const NnOp> BatchNormOps() { return kOps; }

}  // namespace npuemu::shim::nn
