// Losses and their gradients.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// 0 none, 1 mean, 2 sum.
Attrs Reduction(Builder& b, size_t arg) {
  constexpr const char* kWords[] = {"none", "mean", "sum"};
  const int64_t reduction = b.Int(arg);
  b.Check(reduction >= 0 && reduction <= 2, arg, absl::StrCat(reduction),
          "0 (none), 1 (mean) or 2 (sum)");
  Attrs attrs;
  if (b.ok()) attrs["reduction"] = std::string(kWords[reduction]);
  return attrs;
}

// A loss without axes left is a scalar, whatever the output's rank.
void StoreLoss(Builder& b, Value loss, size_t out) {
  if (!b.ok()) return;
  const Shape shape = b.Like(out).shape;
  if (b.Count(loss) == 1) loss = b.Reshape(loss, shape);
  b.Store(loss, out);
}

// (self, target, reduction, out).
void Loss(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  Attrs attrs = Reduction(b, 2);
  if (std::string_view(b.kernel()) == "LpLoss") attrs["p"] = int64_t{1};
  const Value x = b.Cast(b.In(0), type);
  const Value target = b.Cast(b.In(1), type);
  b.CheckShape(target, 1, b.ShapeOf(x));
  StoreLoss(b, b.Op(b.kernel(), {x, target}, std::move(attrs)), b.OutputArg());
}

// (gradOutput, self, target, reduction, out).
void LossBackward(Builder& b) {
  const DataType type = b.Promoted({1, 2});
  const Value x = b.Cast(b.In(1), type);
  const Value target = b.Cast(b.In(2), type);
  b.CheckShape(target, 2, b.ShapeOf(x));
  const Value dy = b.Cast(b.In(0), type);
  b.Result(b.Op(b.kernel(), {x, target, dy}, Reduction(b, 3)));
}

void L1LossBackward(Builder& b) {
  const DataType type = b.Promoted({1, 2});
  const Value x = b.Cast(b.In(1), type);
  const Value target = b.Cast(b.In(2), type);
  const Value dy = b.Cast(b.In(0), type);
  const Value wide = b.Contiguous(ExpandTo(b, dy, b.ShapeOf(x), 0));
  b.Result(b.Op("L1LossGrad", {wide, x, target}, Reduction(b, 3)));
}

// (self, target, reduction, logTarget, out).
void KlDiv(Builder& b) {
  Attrs attrs = Reduction(b, 2);
  attrs["log_target"] = b.Bool(3);
  const DataType type = b.Promoted({0, 1});
  StoreLoss(b,
            b.Op("KLDivV2", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)},
                 std::move(attrs)),
            4);
}

// (self, target, weight?, reduction, out).
void BinaryCrossEntropy(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value x = b.Cast(b.In(0), type);
  Value weight = b.OptionalIn(2);
  if (!weight.empty()) {
    weight = b.Contiguous(ExpandTo(b, b.Cast(weight, type), b.ShapeOf(x), 2));
  }
  StoreLoss(b,
            b.Op("BinaryCrossEntropy", {x, b.Cast(b.In(1), type), weight},
                 Reduction(b, 3)),
            4);
}

// (self, target, weight?, posWeight?, reduction, out).
void BinaryCrossEntropyWithLogits(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value x = b.Cast(b.In(0), type);
  Value extra[2];
  for (size_t i = 0; i < 2; ++i) {
    extra[i] = b.OptionalIn(2 + i);
    if (extra[i].empty()) continue;
    extra[i] =
        b.Contiguous(ExpandTo(b, b.Cast(extra[i], type), b.ShapeOf(x), 2 + i));
  }
  StoreLoss(
      b,
      b.Op("SigmoidCrossEntropyWithLogitsV2",
           {x, b.Cast(b.In(1), type), extra[0], extra[1]}, Reduction(b, 4)),
      5);
}

// (self, target, reduction, beta, result).
void SmoothL1Loss(Builder& b) {
  Attrs attrs = Reduction(b, 2);
  attrs["sigma"] = static_cast<float>(b.Double(3));
  const DataType type = b.Promoted({0, 1});
  StoreLoss(
      b,
      b.Op("SmoothL1LossV2", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)},
           std::move(attrs)),
      4);
}

// (gradOut, self, target, reduction, beta, gradInput).
void SmoothL1LossBackward(Builder& b) {
  Attrs attrs = Reduction(b, 3);
  attrs["sigma"] = static_cast<float>(b.Double(4));
  const DataType type = b.Promoted({0, 1, 2});
  b.Result(b.Op(
      "SmoothL1LossGradV2",
      {b.Cast(b.In(1), type), b.Cast(b.In(2), type), b.Cast(b.In(0), type)},
      std::move(attrs)));
}

// (gradOutput, self, target, reduction, logTarget, out).
// The gradient of each element's loss, and of their mean.
Value Weighed(Builder& b, Value slope, size_t dy_arg, const Attrs& reduction) {
  if (!b.ok()) return {};
  const Value dy = ExpandTo(b, b.Cast(b.In(dy_arg), DataType::kFloat),
                            b.ShapeOf(slope), dy_arg);
  const Value y = b.Op("Mul", {dy, slope});
  if (std::get<std::string>(reduction.at("reduction")) != "mean") return y;
  const auto count = static_cast<double>(b.Count(slope));
  return b.Op("RealDiv", {y, b.Constant(count, DataType::kFloat)});
}

// (gradOutput, self, target, reduction, logTarget, gradTarget), in f32:
// log(target) + 1 - self, 0 where target is not above 0; of logarithms
// exp(target) * (target + 1 - self).
void KlDivTargetBackward(Builder& b) {
  const DataType f32 = DataType::kFloat;
  const Attrs reduction = Reduction(b, 3);
  const Value target = b.Cast(b.In(2), f32);
  const Value self = ExpandTo(b, b.Cast(b.In(1), f32), b.ShapeOf(target), 1);
  const Value one = b.Constant(1, f32);
  const bool logs = b.Bool(4);
  const Value log = logs ? target : b.Op("Log", {target});
  Value slope = b.Op("Sub", {b.Op("Add", {log, one}), self});
  if (logs) {
    slope = b.Op("Mul", {b.Op("Exp", {target}), slope});
  } else if (b.ok()) {
    const Value above = b.Op("Greater", {target, b.Constant(0, f32)});
    const Value zeros = FillOf(b, b.Constant(0, f32), b.ShapeOf(target));
    slope = b.Op("Select", {above, slope, zeros});
  }
  b.Result(Weighed(b, slope, 0, reduction));
}

// (gradOutput, self, target, weight?, posWeight?, reduction, gradTarget), in
// f32: the loss is target * posWeight * softplus(-x) + (1 - target) *
// softplus(x), times weight; without posWeight its slope is -x * weight.
void BceWithLogitsTargetBackward(Builder& b) {
  const DataType f32 = DataType::kFloat;
  const Attrs reduction = Reduction(b, 5);
  const Value x = b.Cast(b.In(1), f32);
  b.CheckShape(b.In(2), 2, b.ShapeOf(x));
  if (!b.ok()) return;
  Value slope = b.Op("Neg", {x});
  if (b.Given(4)) {
    const Value pos = ExpandTo(b, b.Cast(b.In(4), f32), b.ShapeOf(x), 4);
    slope = b.Op("Sub", {b.Op("Mul", {pos, b.Op("Softplus", {slope})}),
                         b.Op("Softplus", {x})});
  }
  if (b.Given(3)) {
    const Value weight = ExpandTo(b, b.Cast(b.In(3), f32), b.ShapeOf(x), 3);
    slope = b.Op("Mul", {slope, weight});
  }
  b.Result(Weighed(b, slope, 0, reduction));
}

void KlDivBackward(Builder& b) {
  Attrs attrs = Reduction(b, 3);
  attrs["log_target"] = b.Bool(4);
  const DataType type = b.Promoted({0, 1, 2});
  b.Result(b.Op(
      "KlDivLossGrad",
      {b.Cast(b.In(0), type), b.Cast(b.In(1), type), b.Cast(b.In(2), type)},
      std::move(attrs)));
}

// (gradOutput, self, target, weight?, reduction, out).
void BinaryCrossEntropyBackward(Builder& b) {
  const DataType type = b.Promoted({0, 1, 2});
  const Value x = b.Cast(b.In(1), type);
  const auto wide = [&](size_t arg) {
    return b.Contiguous(
        ExpandTo(b, b.Cast(b.In(arg), type), b.ShapeOf(x), arg));
  };
  const Value weight = b.Given(3) ? wide(3) : Value();
  b.Result(b.Op("BinaryCrossEntropyGrad", {x, wide(2), wide(0), weight},
                Reduction(b, 4)));
}

// (gradOutput, self, target, weight?, posWeight?, reduction, out).
void BinaryCrossEntropyWithLogitsBackward(Builder& b) {
  const DataType type = b.Promoted({0, 1, 2});
  const Value x = b.Cast(b.In(1), type);
  Value extra[2];
  for (size_t i = 0; i < 2; ++i) {
    if (b.Given(3 + i)) {
      extra[i] = ExpandTo(b, b.Cast(b.In(3 + i), type), b.ShapeOf(x), 3 + i);
    }
  }
  b.Result(b.Op(
      "SigmoidCrossEntropyWithLogitsGradV2",
      {x, b.Cast(b.In(2), type), b.Cast(b.In(0), type), extra[0], extra[1]},
      Reduction(b, 5)));
}

// Scores [N, C, ...] as rows of classes [N * ..., C].
Value RowsOfClasses(Builder& b, Value x) {
  if (!b.ok() || b.Rank(x) < 3) return x;
  std::vector<int64_t> order{0};
  for (int64_t i = 2; i < b.Rank(x); ++i) order.push_back(i);
  order.push_back(1);
  const int64_t classes = b.Extent(x, 1);
  return b.Reshape(b.Permute(x, order),
                   {classes == 0 ? 0 : b.Count(x) / classes, classes});
}

Attrs Ignoring(Builder& b, size_t reduction) {
  Attrs attrs = Reduction(b, reduction);
  attrs["ignore_index"] = b.Int(reduction + 1);
  return attrs;
}

// int64 targets become int32, as the kernels have them.
Value Targets(Builder& b, size_t arg) {
  const Value target = b.In(arg);
  const DataType type = b.TypeOf(target);
  b.Check(type == DataType::kInt32 || type == DataType::kInt64 ||
              type == DataType::kUint8 || !b.ok(),
          arg, kernels::NameOf(type), "int32, int64 or uint8");
  return b.Cast(target, DataType::kInt32);
}

// (self, target, weight?, reduction, ignoreIndex, out, totalWeightOut).
void NllLoss(Builder& b) {
  const DataType type = b.ComputeType("NLLLoss", b.TypeOf(b.In(0)));
  const Value x = RowsOfClasses(b, b.Cast(b.In(0), type));
  Value target = Targets(b, 1);
  const Value weight = b.Cast(b.OptionalIn(2), type);
  if (!b.ok()) return;
  if (b.Rank(target) > 1) target = b.Reshape(target, {b.Count(target)});
  const std::vector<Value> y =
      b.Ops("NLLLoss", {x, target, weight}, Ignoring(b, 3));
  if (!b.ok()) return;
  b.StoreFlat(y[0], 5);
  b.StoreFlat(y[1], 6);
}

// (gradOutput, self, target, weight?, reduction, ignoreIndex, totalWeight,
//  out).
void NllLossBackward(Builder& b) {
  const DataType type = b.ComputeType("NLLLossGrad", b.TypeOf(b.In(1)));
  const Value self = b.In(1);
  const Value x = RowsOfClasses(b, b.Cast(self, type));
  Value target = Targets(b, 2);
  Value dy = b.Cast(b.In(0), type);
  const Value total = b.Cast(b.In(6), type);
  if (!b.ok()) return;
  const int64_t rows = b.Count(target);
  if (b.Rank(target) > 1) target = b.Reshape(target, {rows});
  if (b.Rank(dy) > 1) dy = b.Reshape(dy, {b.Count(dy)});
  Value weight = b.Cast(b.OptionalIn(3), type);
  if (weight.empty()) weight = b.Constant(1, type, {b.Extent(x, -1)});
  Value dx = b.Op("NLLLossGrad", {x, dy, target, weight, b.Reshape(total, {1})},
                  Ignoring(b, 4));
  if (b.ok() && b.Rank(self) > 2) {
    Shape shape = b.ShapeOf(self);
    shape.push_back(shape[1]);
    shape.erase(shape.begin() + 1);
    std::vector<int64_t> order{0, b.Rank(self) - 1};
    for (int64_t i = 1; i + 1 < b.Rank(self); ++i) order.push_back(i);
    dx = b.Permute(b.Reshape(dx, shape), order);
  }
  b.Result(dx);
}

// (self, target, reduction, out, isTarget).
void MultilabelMarginLoss(Builder& b) {
  const std::vector<Value> y =
      b.Ops("MultilabelMarginLoss", {b.In(0), Targets(b, 1)}, Reduction(b, 2));
  if (!b.ok()) return;
  b.StoreFlat(y[0], 3);
  b.Store(y[1], 4);
}

// (features, labels, loss, backprop).
void SoftmaxCrossEntropyWithLogits(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const std::vector<Value> y =
      b.Ops("SoftmaxCrossEntropyWithLogits",
            {b.Cast(b.In(0), type), b.Cast(b.In(1), type)});
  if (!b.ok()) return;
  StoreLoss(b, y[0], 2);
  b.Store(y[1], 3);
}

constexpr NnOp kOps[] = {
    {"MseLoss", Loss, "MseLoss"},
    {"MseLossOut", Loss, "MseLoss"},
    {"L1Loss", Loss, "LpLoss"},
    {"SoftMarginLoss", Loss, "SoftMarginLoss"},
    {"MseLossBackward", LossBackward, "MseLossGrad"},
    {"SoftMarginLossBackward", LossBackward, "SoftMarginLossGrad"},
    {"L1LossBackward", L1LossBackward},
    {"KlDiv", KlDiv},
    {"BinaryCrossEntropy", BinaryCrossEntropy},
    {"BinaryCrossEntropyWithLogits", BinaryCrossEntropyWithLogits},
    {"SmoothL1Loss", SmoothL1Loss},
    {"SoftmaxCrossEntropyWithLogits", SoftmaxCrossEntropyWithLogits},
    {"SmoothL1LossBackward", SmoothL1LossBackward},
    {"KlDivBackward", KlDivBackward},
    {"KlDivTargetBackward", KlDivTargetBackward},
    {"BinaryCrossEntropyWithLogitsTargetBackward", BceWithLogitsTargetBackward},
    {"BinaryCrossEntropyBackward", BinaryCrossEntropyBackward},
    {"BinaryCrossEntropyWithLogitsBackward",
     BinaryCrossEntropyWithLogitsBackward},
    {"NLLLoss", NllLoss},
    {"NLLLoss2d", NllLoss},
    {"NLLLossBackward", NllLossBackward},
    {"NLLLoss2dBackward", NllLossBackward},
    {"MultilabelMarginLoss", MultilabelMarginLoss},
};

}  // namespace

std::span<const NnOp> LossOps() { return kOps; }

}  // namespace npuemu::shim::nn
