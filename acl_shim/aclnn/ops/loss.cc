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
  StoreLoss(b, b.Op(b.kernel(), {x, target}, std::move(attrs)),
            b.OutputArg());
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
  StoreLoss(b, b.Op("KLDivV2", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)},
                    std::move(attrs)),
            4);
}

// (self, target, weight?, reduction, out).
void BinaryCrossEntropy(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value x = b.Cast(b.In(0), type);
  Value weight = b.OptionalIn(2);
  if (!weight.empty()) {
    weight = b.Contiguous(
        ExpandTo(b, b.Cast(weight, type), b.ShapeOf(x), 2));
  }
  StoreLoss(b, b.Op("BinaryCrossEntropy",
                    {x, b.Cast(b.In(1), type), weight}, Reduction(b, 3)),
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
    extra[i] = b.Contiguous(
        ExpandTo(b, b.Cast(extra[i], type), b.ShapeOf(x), 2 + i));
  }
  StoreLoss(b, b.Op("SigmoidCrossEntropyWithLogitsV2",
                    {x, b.Cast(b.In(1), type), extra[0], extra[1]},
                    Reduction(b, 4)),
            5);
}

// (self, target, reduction, beta, result).
void SmoothL1Loss(Builder& b) {
  Attrs attrs = Reduction(b, 2);
  attrs["sigma"] = static_cast<float>(b.Double(3));
  const DataType type = b.Promoted({0, 1});
  StoreLoss(b, b.Op("SmoothL1LossV2",
                    {b.Cast(b.In(0), type), b.Cast(b.In(1), type)},
                    std::move(attrs)),
            4);
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
};

}  // namespace

std::span<const NnOp> LossOps() { return kOps; }

}  // namespace npuemu::shim::nn
