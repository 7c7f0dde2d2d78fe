// Convolutions.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// One number per spatial axis; one number stands for all.
std::vector<int64_t> PerAxis(Builder& b, size_t arg, size_t axes) {
  std::vector<int64_t> values = b.Ints(arg);
  if (values.size() == 1) values.resize(axes, values[0]);
  b.Check(values.size() == axes || !b.ok(), arg, ToString(values),
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
  const std::vector<int64_t> each = sides ? pad : PerAxis(b, padding, given);
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

Attrs ConvAttrs(const Window& w, int64_t groups, const CubeMode& mode) {
  Attrs attrs;
  attrs["strides"] = WithChannels(w.strides, 1);
  attrs["pads"] = w.pads;
  attrs["dilations"] = WithChannels(w.dilations, 1);
  attrs["groups"] = groups;
  attrs["data_format"] = std::string(w.axes == 3 ? "NCDHW" : "NCHW");
  if (mode.hf32) attrs["enable_hf32"] = true;
  return attrs;
}

// A tensor as kernels take it.
Value Image(Builder& b, Value x, const Window& w, DataType type) {
  return b.As(WithRow(b, b.Cast(x, type)),
              w.axes == 3 ? Format::kNcdhw : Format::kNchw);
}

// What WithRow would make of a shape.
Shape FlatShape(Shape shape, const Window& w) {
  if (w.flat && shape.size() == 3) shape.insert(shape.begin() + 2, 1);
  return shape;
}

// The result in the shape of the output `out`, without the axis of WithRow.
void StoreImage(Builder& b, Value y, const Window& w, size_t out) {
  if (!b.ok()) return;
  Shape shape = b.ShapeOf(y);
  if (w.flat) shape.erase(shape.begin() + 2);
  b.Store(b.Reshape(b.As(y, Format::kNd), shape), out);
}

// (input, weight, bias?, stride, padding, dilation, transposed, outputPadding,
//  groups, output, cubeMathType).
void Convolution(Builder& b) {
  const CubeMode mode = ModeOf(b, b.Promoted({0, 1}), 10);
  const int64_t rank = b.Rank(b.In(0));
  b.CheckRank(b.In(0), 0, 3, 5);
  b.CheckRank(b.In(1), 1, rank, rank);
  if (!b.ok()) return;
  const Window w = WindowOf(b, rank, 3, 4, 5);
  const Value x = Image(b, b.In(0), w, mode.type);
  const Value filter = Image(b, b.In(1), w, mode.type);
  const Value bias = b.OptionalIn(2);
  Attrs attrs = ConvAttrs(w, b.Int(8), mode);
  if (!b.Bool(6)) {
    return StoreImage(
        b,
        b.Op(w.axes == 3 ? "Conv3D" : "Conv2D", {x, filter, bias, Value()},
             std::move(attrs), mode.type),
        w, 9);
  }
  const std::vector<int64_t> added =
      Row(PerAxis(b, 7, static_cast<size_t>(rank) - 2), w.flat, 0);
  attrs["output_padding"] = WithChannels(added, 0);
  const Shape full = FlatShape(b.Like(9).shape, w);
  StoreImage(b,
             b.Op(w.axes == 3 ? "Conv3DTranspose" : "Conv2DTranspose",
                  {b.Constant(full), x, filter, bias, Value()},
                  std::move(attrs), mode.type),
             w, 9);
}

// (self, weight, kernelSize, bias?, stride, padding, dilation, out,
//  cubeMathType): a filter for each channel, or some.
void ConvDepthwise2d(Builder& b) {
  const CubeMode mode = ModeOf(b, b.Promoted({0, 1}), 8);
  b.CheckRank(b.In(0), 0, 4, 4);
  b.CheckRank(b.In(1), 1, 4, 4);
  if (!b.ok()) return;
  const Window w = WindowOf(b, 4, 4, 5, 6);
  const Value x = Image(b, b.In(0), w, mode.type);
  const Value filter = Image(b, b.In(1), w, mode.type);
  const std::vector<int64_t> size = PerAxis(b, 2, 2);
  b.Check(size[0] == b.Extent(filter, 2) && size[1] == b.Extent(filter, 3), 2,
          ToString(size), "the last two extents of weight");
  StoreImage(b,
             b.Op("Conv2D", {x, filter, b.OptionalIn(3), Value()},
                  ConvAttrs(w, b.Extent(x, 1), mode), mode.type),
             w, 7);
}

// The gradients of a convolution and of a transposed one, which is the
// gradient of a convolution by its input.
class Gradients {
 public:
  Gradients(Builder& b, const Window& w, const CubeMode& mode)
      : b_(b), w_(w), mode_(mode), attrs_(ConvAttrs(w, b.Int(9), mode)) {}

  Value Convolved(Value x, Value filter) {
    return Kernel("Conv2D", "Conv3D", {x, filter, Value(), Value()});
  }
  Value OfInput(Value dy, Value filter, const Shape& shape) {
    return Kernel("Conv2DBackpropInput", "Conv3DBackpropInput",
                  {b_.Constant(shape, DataType::kInt32), filter, dy});
  }
  Value OfFilter(Value x, Value dy, const Shape& shape) {
    return Kernel("Conv2DBackpropFilter", "Conv3DBackpropFilter",
                  {x, b_.Constant(shape, DataType::kInt32), dy},
                  DataType::kFloat);
  }

 private:
  Value Kernel(const char* planar, const char* deep,
               std::initializer_list<Value> inputs,
               DataType type = DataType::kUndefined) {
    return b_.Op(w_.axes == 3 ? deep : planar, inputs, attrs_,
                 type == DataType::kUndefined ? mode_.type : type);
  }

  Builder& b_;
  const Window& w_;
  const CubeMode mode_;
  const Attrs attrs_;
};

// The sum over all but the channels.
Value SumOfChannels(Builder& b, Value dy, const Window& w) {
  Attrs attrs;
  attrs["data_format"] = std::string(w.axes == 3 ? "NCDHW" : "NCHW");
  return b.Op("BiasAddGrad", {dy}, std::move(attrs), DataType::kFloat);
}

// (gradOutput, input, weight, biasSizes?, stride, padding, dilation,
//  transposed, outputPadding, groups, outputMask, cubeMathType, gradInput?,
//  gradWeight?, gradBias?).
void ConvolutionBackward(Builder& b) {
  const CubeMode mode = ModeOf(b, b.Promoted({0, 1, 2}), 11);
  const int64_t rank = b.Rank(b.In(1));
  b.CheckRank(b.In(1), 1, 3, 5);
  b.CheckRank(b.In(0), 0, rank, rank);
  b.CheckRank(b.In(2), 2, rank, rank);
  const std::vector<uint8_t> mask = b.Bools(10);
  b.Check(mask.size() == 3 || !b.ok(), 10, absl::StrCat(mask.size(), " values"),
          "3 values");
  if (!b.ok()) return;
  const Window w = WindowOf(b, rank, 4, 5, 6);
  const Value dy = Image(b, b.In(0), w, mode.type);
  const Value x = Image(b, b.In(1), w, mode.type);
  const Value filter = Image(b, b.In(2), w, mode.type);
  const bool transposed = b.Bool(7);
  Gradients gradients(b, w, mode);
  if (mask[0] != 0) {
    StoreImage(b,
               transposed ? gradients.Convolved(dy, filter)
                          : gradients.OfInput(dy, filter, b.ShapeOf(x)),
               w, 12);
  }
  if (mask[1] != 0) {
    const Shape shape = b.ShapeOf(filter);
    StoreImage(b,
               transposed ? gradients.OfFilter(dy, x, shape)
                          : gradients.OfFilter(x, dy, shape),
               w, 13);
  }
  if (mask[2] != 0) b.Store(SumOfChannels(b, dy, w), 14);
}

constexpr NnOp kOps[] = {
    {"Convolution", Convolution},
    {"ConvDepthwise2d", ConvDepthwise2d},
    {"ConvolutionBackward", ConvolutionBackward},
};

}  // namespace

std::span<const NnOp> ConvOps() { return kOps; }

}  // namespace npuemu::shim::nn
