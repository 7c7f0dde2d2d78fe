// Convolutions.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

std::string Text(const std::vector<int64_t>& values) {
  return kernels::ToString(values);
}

// One number per spatial axis; one number stands for all.
std::vector<int64_t> PerAxis(Builder& b, size_t arg, size_t axes) {
  std::vector<int64_t> values = b.Ints(arg);
  if (values.size() == 1) values.resize(axes, values[0]);
  b.Check(values.size() == axes || !b.ok(), arg, Text(values),
          absl::StrCat(axes, " numbers, or one for all"));
  values.resize(axes, 1);
  return values;
}

// A second axis of 1 before the last: convolutions of one axis as of two.
Value WithRow(Builder& b, Value x) {
  if (x.empty() || b.Rank(x) != 3) return x;
  Shape shape = b.ShapeOf(x);
  shape.insert(shape.begin() + 2, 1);
  return b.Reshape(x, std::move(shape));
}

// What all kernels take; `flat`: the first spatial axis is the one of WithRow.
struct Window {
  std::vector<int64_t> strides;
  std::vector<int64_t> pads;
  std::vector<int64_t> dilations;
  std::vector<int64_t> output_padding;
  size_t axes;
  bool flat;
};

std::vector<int64_t> Row(std::vector<int64_t> values, bool flat,
                         int64_t neutral) {
  if (flat) values.insert(values.begin(), neutral);
  return values;
}

Window WindowOf(Builder& b, int64_t rank, size_t stride, size_t padding,
                size_t dilation) {
  Window w;
  w.flat = rank == 3;
  const auto given = static_cast<size_t>(rank) - 2;
  w.axes = w.flat ? 2 : given;
  w.strides = Row(PerAxis(b, stride, given), w.flat, 1);
  w.dilations = Row(PerAxis(b, dilation, given), w.flat, 1);
  const std::vector<int64_t> pad = b.Ints(padding);
  // One for each axis, or one for each side.
  const bool sides = pad.size() == 2 * given && given > 1;
  const std::vector<int64_t> each =
      sides ? pad : PerAxis(b, padding, given);
  if (w.flat) w.pads = {0, 0};
  for (size_t i = 0; i < given; ++i) {
    w.pads.push_back(sides ? each[2 * i] : each[i]);
    w.pads.push_back(sides ? each[2 * i + 1] : each[i]);
  }
  return w;
}

std::vector<int64_t> WithChannels(const std::vector<int64_t>& values,
                                  int64_t neutral) {
  std::vector<int64_t> all{neutral, neutral};
  all.insert(all.end(), values.begin(), values.end());
  return all;
}

Attrs ConvAttrs(const Window& w, int64_t groups) {
  Attrs attrs;
  attrs["strides"] = WithChannels(w.strides, 1);
  attrs["pads"] = w.pads;
  attrs["dilations"] = WithChannels(w.dilations, 1);
  attrs["groups"] = groups;
  attrs["data_format"] = std::string(w.axes == 3 ? "NCDHW" : "NCHW");
  return attrs;
}

// (input, weight, bias?, stride, padding, dilation, transposed, outputPadding,
//  groups, output, cubeMathType).
void Convolution(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value in = b.In(0);
  const int64_t rank = b.Rank(in);
  b.CheckRank(in, 0, 3, 5);
  b.CheckRank(b.In(1), 1, rank, rank);
  if (!b.ok()) return;
  const Window w = WindowOf(b, rank, 3, 4, 5);
  const Format format = w.axes == 3 ? Format::kNcdhw : Format::kNchw;
  const Value x = b.As(WithRow(b, b.Cast(in, type)), format);
  const Value filter = b.As(WithRow(b, b.Cast(b.In(1), type)), format);
  const Value bias = b.OptionalIn(2);
  Attrs attrs = ConvAttrs(w, b.Int(8));
  Shape wanted = b.Like(9).shape;
  Value y;
  if (b.Bool(6)) {
    Shape full = wanted;
    if (w.flat && full.size() == 3) full.insert(full.begin() + 2, 1);
    const std::vector<int64_t> added =
        Row(PerAxis(b, 7, static_cast<size_t>(rank) - 2), w.flat, 0);
    attrs["output_padding"] = WithChannels(added, 0);
    y = b.Op(w.axes == 3 ? "Conv3DTranspose" : "Conv2DTranspose",
             {b.Constant(full), x, filter, bias, Value()}, std::move(attrs),
             type);
  } else {
    y = b.Op(w.axes == 3 ? "Conv3D" : "Conv2D", {x, filter, bias, Value()},
             std::move(attrs), type);
  }
  if (!b.ok()) return;
  Shape shape = b.ShapeOf(y);
  if (w.flat) shape.erase(shape.begin() + 2);
  b.Result(b.Reshape(y, shape));
}

constexpr NnOp kOps[] = {
    {"Convolution", Convolution, nullptr,
     "float operands are computed as float, not as HF32, with every "
     "cubeMathType"},
};

}  // namespace

std::span<const NnOp> ConvOps() { return kOps; }

}  // namespace npuemu::shim::nn
