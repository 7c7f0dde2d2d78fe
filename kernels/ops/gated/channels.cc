// Operators with parameters that lie along some axes: PRelu and its gradient
// (one weight, or one for each channel: axis 1, or the last of NHWC), Caffe's
// Scale. In f32, one cast back; the sum of PReluGrad by arithmetic.md 7.8. In
// order: docs/quantisation.md.

#include <string>

#include "kernels/op/elementwise.h"
#include "kernels/op/primitives.h"
#include "kernels/op/rows.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

size_t ChannelOf(const TensorSpec& x) {
  return x.format == Format::kNhwc ? x.shape.size() - 1 : 1;
}

OpStatus CheckWeight(const OpCall& call, const Shape& x, size_t index) {
  const TensorSpec& weight = call.inputs[index];
  if (weight.count() == 1) return {};
  const bool has_channels = x.size() > 1;
  const int64_t channels = has_channels ? x[ChannelOf(call.inputs[0])] : 1;
  if (weight.count() == channels) return {};
  return OpError(call,
                 std::string("input ") + call.op->inputs[index].name + " shape",
                 ToString(weight.shape),
                 "[1] or [" + std::to_string(channels) + "], the channels of " +
                     ToString(x));
}

OpStatus InferPRelu(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckWeight(call, call.inputs[0].shape, 1); !s.ok()) {
    return s;
  }
  *outputs = {call.inputs[0]};
  return {};
}

Shape AlignWeight(const OpCall& call, size_t input) {
  const TensorSpec& x = call.inputs[0];
  if (input == 0) return x.shape;
  const int64_t count = call.inputs[input].count();
  if (count == 1) return {};
  Shape shape(x.shape.size() - ChannelOf(x), 1);
  shape[0] = count;
  return shape;
}

// Inputs grads, features, weights; the row has one weight.
void PReluSlopes(Row& r) {
  const float* g = r.x(0);
  const float* x = r.x(1);
  const float w = r.x(2)[0];
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = x[j] > 0 ? g[j] : g[j] * w;
  r.y(1)[0] = r.Sum([&](int64_t j) { return x[j] > 0 ? 0.0f : g[j] * x[j]; });
}

OpStatus LayPRelu(const OpCall& call, const Operands*, RowLayout* layout) {
  const TensorSpec& x = call.inputs[0];
  if (OpStatus s = CheckWeight(call, x.shape, 2); !s.ok()) return s;
  layout->view = x.shape;
  layout->along.assign(x.shape.size(), true);
  layout->row_shape = call.inputs[2].shape;
  if (call.inputs[2].count() != 1 ||
      (x.shape.size() > 1 && x.shape[ChannelOf(x)] == 1)) {
    layout->along[ChannelOf(x)] = false;
  }
  return {};
}

struct Placed {
  size_t axis;
  size_t count;
};

// Where scale lies in x.
OpStatus PlaceOfScale(const OpCall& call, Placed* placed) {
  const Shape& x = call.inputs[0].shape;
  const Shape& scale = call.inputs[1].shape;
  const auto rank = static_cast<int64_t>(x.size());
  const auto axis = AttrOr<int64_t>(call.attrs, "axis", 1);
  const auto axes = AttrOr<int64_t>(call.attrs, "num_axes", 1);
  if (axis < -rank || axis >= rank) {
    return OpError(call, "attribute axis", std::to_string(axis),
                   "an axis of " + ToString(x));
  }
  placed->axis = static_cast<size_t>(axis < 0 ? axis + rank : axis);
  placed->count = scale.size();
  const bool from_blob = AttrOr<bool>(call.attrs, "scale_from_blob", true);
  if (from_blob && axes == -1) placed->count = x.size() - placed->axis;
  if (from_blob && axes >= 0 && axes <= rank) {
    placed->count = static_cast<size_t>(axes);
  }
  if (axes < -1 || axes > rank || placed->axis + placed->count > x.size()) {
    return OpError(call, "attribute num_axes", std::to_string(axes),
                   "-1, or axes of " + ToString(x) + " from axis " +
                       std::to_string(placed->axis));
  }
  return {};
}

OpStatus InferScale(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Placed placed;
  if (OpStatus s = PlaceOfScale(call, &placed); !s.ok()) return s;
  const auto from =
      call.inputs[0].shape.begin() + static_cast<std::ptrdiff_t>(placed.axis);
  const Shape expected(from, from + static_cast<std::ptrdiff_t>(placed.count));
  for (size_t i = 1; i < call.inputs.size(); ++i) {
    const TensorSpec& given = call.inputs[i];
    if (given.absent() || given.shape == expected || given.count() == 1) {
      continue;
    }
    return OpError(call,
                   std::string("input ") + call.op->inputs[i].name + " shape",
                   ToString(given.shape), ToString(expected));
  }
  *outputs = {call.inputs[0]};
  return {};
}

Shape AlignScale(const OpCall& call, size_t input) {
  Shape shape = call.inputs[input].shape;
  if (input == 0) return shape;
  if (call.inputs[input].count() == 1) return {};
  Placed placed;
  (void)PlaceOfScale(call, &placed);
  shape.resize(call.inputs[0].shape.size() - placed.axis, 1);
  return shape;
}

}  // namespace

BINARY(
    PRelu, Floats,
    Steps(kVmul, kVcmp, kVsel).Sequence().Infer(InferPRelu).Align(AlignWeight),
    x > 0 ? x : x * y)
ROW_OP(PReluGrad, {.inputs = "xxr",
                   .outputs = "xr",
                   .layout = LayPRelu,
                   .stages = {{"012", "01", PReluSlopes, nullptr, true}},
                   .steps = {kVcmp, kVmul, kVsel, kVcadd}})
// x + -0 is x: what stands for a bias that is left out.
TERNARY(Scale, Floats,
        Steps(kVmul, kVadd)
            .Sequence()
            .Infer(InferScale)
            .Align(AlignScale)
            .Absent(-0.0f),
        x* y + z)

}  // namespace npuemu::kernels
