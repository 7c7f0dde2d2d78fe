// Operators that are one kernel, with their arguments as it has them.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// (tensors, equation, output).
void Einsum(Builder& b) {
  std::vector<Value> inputs = b.InList(0);
  b.Check(!inputs.empty() || !b.ok(), 0, "an empty list", "tensors");
  if (!b.ok()) return;
  const DataType type = b.ComputeType("Einsum", b.TypeOf(inputs[0]));
  for (Value& x : inputs) x = b.Cast(x, type);
  Attrs attrs = AxisAttr("N", std::ssize(inputs));
  attrs["equation"] = b.String(1);
  b.Result(b.Op("Einsum", inputs, std::move(attrs)));
}

// (x1, x2, bias?, scale?, permX1?, permX2?, permY?, cubeMathType,
//  batchSplitFactor, out).
void TransposeBatchMatMul(Builder& b) {
  if (b.Given(3)) b.Refuse(3, "a tensor", "nullptr (not quantised)");
  const CubeMode mode = ModeOf(b, b.Promoted({0, 1}), 7);
  Attrs attrs;
  constexpr const char* kOrders[] = {"perm_x1", "perm_x2", "perm_y"};
  for (size_t i = 0; i < std::size(kOrders); ++i) {
    attrs[kOrders[i]] = b.OptionalInts(4 + i);
  }
  attrs["enable_hf32"] = mode.hf32;
  attrs["batch_split_factor"] = b.Int(8);
  b.Result(b.Op("TransposeBatchMatMul",
                {b.Cast(b.In(0), mode.type), b.Cast(b.In(1), mode.type),
                 b.Cast(b.OptionalIn(2), mode.type), Value()},
                std::move(attrs), mode.type));
}

// (varRef, inputValue, begin, end, strides, axes?).
void StridedSliceAssign(Builder& b) {
  const Value x = b.In(0);
  const DataType type = CarrierOf(b, "StridedSliceAssignV2", b.TypeOf(x));
  const auto numbers = [&](size_t arg) { return b.Constant(b.Ints(arg)); };
  b.Result(b.Op("StridedSliceAssignV2",
                {b.Cast(x, type), b.Cast(b.In(1), type), numbers(2), numbers(3),
                 numbers(4), b.Given(5) ? numbers(5) : Value()}));
}

// (x, scale, bias?, axis, numAxes, scaleFromBlob, y).
void Scale(Builder& b) {
  const Value x = b.In(0);
  const DataType type = b.TypeOf(x);
  Attrs attrs = AxisAttr("axis", b.Int(3));
  attrs["num_axes"] = b.Int(4);
  attrs["scale_from_blob"] = b.Bool(5);
  b.Store(
      b.Op("Scale", {x, b.Cast(b.In(1), type), b.Cast(b.OptionalIn(2), type)},
           std::move(attrs)),
      6);
}

// (bBoxes, gtBoxes, mode, eps, aligned, overlap).
void Iou(Builder& b) {
  const DataType type = b.ComputeType("Iou", b.Promoted({0, 1}));
  Attrs attrs;
  attrs["mode"] = b.String(2);
  attrs["eps"] = static_cast<float>(b.Double(3));
  attrs["aligned"] = b.Bool(4);
  b.Store(b.Op("Iou", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)},
               std::move(attrs)),
          5);
}

// (bBoxes, gtBoxes, trans, isCross, mode, overlap, atanSub).
void CIoU(Builder& b) {
  const DataType type = b.ComputeType("CIoU", b.Promoted({0, 1}));
  Attrs attrs;
  attrs["trans"] = b.Bool(2);
  attrs["is_cross"] = b.Bool(3);
  attrs["mode"] = b.String(4);
  attrs["atan_sub_flag"] = true;
  const std::vector<Value> y = b.Ops(
      "CIoU", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)}, std::move(attrs));
  if (!b.ok()) return;
  b.StoreFlat(y[0], 5);
  b.StoreFlat(y[1], 6);
}

// (gradY, groupIdx?[, groupIdxType], out).
void GroupedBiasAddGrad(Builder& b) {
  Attrs attrs;
  if (b.arg_count() > 3) attrs["group_idx_type"] = b.Int(2);
  b.Store(
      b.Op("GroupedBiasAddGrad", {b.In(0), b.OptionalIn(1)}, std::move(attrs)),
      b.arg_count() - 1);
}

// (x, attenMask?, relativePosBias, scaleValue, innerPrecisionMode, out).
void MaskedSoftmaxWithRelPosBias(Builder& b) {
  const DataType type = b.TypeOf(b.In(0));
  Attrs attrs = AxisAttr("inner_precision_mode", b.Int(4));
  attrs["scale_value"] = static_cast<float>(b.Double(3));
  b.Store(b.Op("MaskedSoftmaxWithRelPosBias",
               {b.In(0), b.Cast(b.OptionalIn(1), type), b.Cast(b.In(2), type)},
               std::move(attrs)),
          5);
}

// (x, gamma, beta, dataFormat, eps, y, mean, variance).
void InstanceNorm(Builder& b) {
  const Value x = b.In(0);
  const DataType type = b.TypeOf(x);
  const std::string format = b.String(3);
  Attrs attrs;
  attrs["data_format"] = format;
  attrs["epsilon"] = static_cast<float>(b.Double(4));
  const bool channels_last = format == "NHWC" || format == "NDHWC";
  const bool volumes = b.Rank(x) == 5;
  const Format layout = channels_last
                            ? (volumes ? Format::kNdhwc : Format::kNhwc)
                            : (volumes ? Format::kNcdhw : Format::kNchw);
  const std::vector<Value> y =
      b.Ops("InstanceNorm",
            {b.As(x, layout), b.Cast(b.In(1), type), b.Cast(b.In(2), type)},
            std::move(attrs));
  for (size_t i = 0; i < 3 && b.ok(); ++i) {
    b.StoreFlat(b.As(y[i], Format::kNd), 5 + i);
  }
}

// (x, weight1, weight2, expertTokens?, bias1?, bias2?, scale?, offset?,
//  deqScale1?, deqScale2?, antiquantScale1?, antiquantScale2?,
//  antiquantOffset1?, antiquantOffset2?, activation, innerPrecise
//  [, tokensIndexFlag], y).
void FeedForward(Builder& b) {
  for (size_t arg = 6; arg < 14; ++arg) {
    if (b.Given(arg)) b.Refuse(arg, "a tensor", "nullptr (not quantised)");
  }
  Value tokens;
  if (b.Given(3)) {
    tokens = b.KindOf(3) == ArgKind::kIntArray
                 ? b.Constant(b.Ints(3))
                 : b.Cast(b.In(3), DataType::kInt64);
  }
  std::vector<Value> inputs = {b.In(0), b.In(1),         b.In(2),
                               tokens,  b.OptionalIn(4), b.OptionalIn(5)};
  inputs.resize(14);
  Attrs attrs;
  attrs["activation"] = b.String(14);
  attrs["inner_precise"] = b.Int(15);
  if (b.arg_count() > 17) attrs["tokens_index_flag"] = b.Bool(16);
  b.Store(b.Op("FFN", inputs, std::move(attrs), b.TypeOf(b.In(0))),
          b.arg_count() - 1);
}

constexpr const char* kPlain = "not quantised";

constexpr NnOp kOps[] = {
    {"Einsum", Einsum},
    {"TransposeBatchMatMul", TransposeBatchMatMul, nullptr, kPlain},
    {"StridedSliceAssignV2", StridedSliceAssign},
    {"Scale", Scale},
    {"Iou", Iou},
    {"CIoU", CIoU},
    {"GroupedBiasAddGrad", GroupedBiasAddGrad},
    {"GroupedBiasAddGradV2", GroupedBiasAddGrad},
    {"MaskedSoftmaxWithRelPosBias", MaskedSoftmaxWithRelPosBias},
    {"InstanceNorm", InstanceNorm},
    {"FFN", FeedForward, nullptr, kPlain},
    {"FFNV2", FeedForward, nullptr, kPlain},
    {"FFNV3", FeedForward, nullptr, kPlain},
};

}  // namespace

std::span<const NnOp> DirectOps() { return kOps; }

}  // namespace npuemu::shim::nn
