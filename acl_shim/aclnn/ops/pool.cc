// Pooling, windows and resizing.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// Two numbers; one stands for both, none for `fallback`.
std::vector<int64_t> Pair(Builder& b, size_t arg,
                          std::vector<int64_t> fallback) {
  std::vector<int64_t> values = b.OptionalInts(arg);
  if (values.empty()) values = std::move(fallback);
  if (values.size() == 1) values.resize(2, values[0]);
  b.Check(values.size() == 2 || !b.ok(), arg, ToString(values),
          "2 numbers, or one for both");
  values.resize(2, 1);
  return values;
}

std::vector<int64_t> Planar(const std::vector<int64_t>& pair) {
  return {1, 1, pair[0], pair[1]};
}

// Two numbers for both sides of each axis, or four: top, bottom, left, right.
std::vector<int64_t> Sides(Builder& b, size_t arg) {
  const std::vector<int64_t> given = b.OptionalInts(arg);
  if (given.size() == 4) return given;
  const std::vector<int64_t> pair = Pair(b, arg, {0, 0});
  return {pair[0], pair[0], pair[1], pair[1]};
}

// x as NCHW in a dtype that the kernel has; rank 3 is one image.
Value Images(Builder& b, size_t arg, const char* kernel) {
  Value x = b.In(arg);
  b.CheckRank(x, arg, 3, 4);
  if (!b.ok()) return {};
  x = b.Cast(x, b.ComputeType(kernel, b.TypeOf(x)));
  if (b.Rank(x) == 3) {
    Shape shape = b.ShapeOf(x);
    shape.insert(shape.begin(), 1);
    x = b.Reshape(x, shape);
  }
  return b.As(x, Format::kNchw);
}

void StoreImages(Builder& b, Value y, size_t in, size_t out) {
  if (!b.ok()) return;
  Shape shape = b.ShapeOf(y);
  if (b.Rank(b.In(in)) == 3) shape.erase(shape.begin());
  b.Store(b.Reshape(y, shape), out);
}

Attrs PoolAttrs(const std::vector<int64_t>& size,
                const std::vector<int64_t>& strides,
                const std::vector<int64_t>& pads, bool ceil) {
  Attrs attrs;
  attrs["ksize"] = Planar(size);
  attrs["strides"] = Planar(strides);
  attrs["padding_mode"] = std::string("CALCULATED");
  attrs["pads"] = pads;
  attrs["data_format"] = std::string("NCHW");
  attrs["ceil_mode"] = ceil;
  return attrs;
}

// (self, kernelSize, strides, paddings, ceilMode, countIncludePad,
//  divisorOverride, cubeMathType, out).
void AvgPool2d(Builder& b) {
  const std::vector<int64_t> size = Pair(b, 1, {1, 1});
  Attrs attrs = PoolAttrs(size, Pair(b, 2, size), Sides(b, 3), b.Bool(4));
  attrs["exclusive"] = !b.Bool(5);
  attrs["divisor_override"] = b.Int(6);
  const Value x = Images(b, 0, "AvgPoolV2");
  StoreImages(b, b.Op("AvgPoolV2", {x}, std::move(attrs)), 0, 8);
}

// (self, kernelShape, strides, autoPad, pads, dilations, ceilMode, out).
void MaxPool(Builder& b) {
  const std::vector<int64_t> size = Pair(b, 1, {1, 1});
  b.Check(b.Int(3) == 0, 3, absl::StrCat(b.Int(3)), "0 (pads as given)");
  const std::vector<int64_t> dilations = Pair(b, 5, {1, 1});
  b.Check(dilations == std::vector<int64_t>({1, 1}) || !b.ok(), 5,
          ToString(dilations), "1");
  Attrs attrs = PoolAttrs(size, Pair(b, 2, size), Sides(b, 4), b.Int(6) != 0);
  const Value x = Images(b, 0, "MaxPoolV3");
  StoreImages(b, b.Op("MaxPoolV3", {x}, std::move(attrs)), 0, 7);
}

void AdaptiveAvgPool2d(Builder& b) {
  Attrs attrs;
  attrs["output_size"] = b.Ints(1);
  const Value x = Images(b, 0, "AdaptiveAvgPool2d");
  StoreImages(b, b.Op("AdaptiveAvgPool2d", {x}, std::move(attrs)), 0, 2);
}

void GlobalAveragePool(Builder& b) {
  const Value x = Images(b, 0, "GlobalAveragePool");
  StoreImages(b, b.Op("GlobalAveragePool", {x}), 0, 1);
}

// (self, kernelSize, dilation, padding, stride, out): columns of windows.
void Im2col(Builder& b) {
  Attrs attrs;
  attrs["ksizes"] = Pair(b, 1, {1, 1});
  attrs["dilations"] = Pair(b, 2, {1, 1});
  attrs["pads"] = Sides(b, 3);
  attrs["strides"] = Pair(b, 4, {1, 1});
  attrs["padding_mode"] = std::string("CALCULATED");
  const Value x = Images(b, 0, "Im2col");
  StoreImages(b, b.As(b.Op("Im2col", {x}, std::move(attrs)), Format::kNd), 0,
              5);
}

Value SizeOf(Builder& b, size_t arg) {
  const std::vector<int64_t> size = b.Ints(arg);
  b.Check(size.size() == 2 || !b.ok(), arg, ToString(size), "height and width");
  return b.Constant(size, DataType::kInt32);
}

// (self, outputSize, out): the nearest pixel before.
void UpsampleNearest2d(Builder& b) {
  const Value size = SizeOf(b, 1);
  const Value x = Images(b, 0, "ResizeNearestNeighborV2");
  StoreImages(b, b.Op("ResizeNearestNeighborV2", {x, size}), 0,
              b.arg_count() - 1);
}

// (self, outputSize, alignCorners, scalesH, scalesW, out).
void UpsampleBilinear2d(Builder& b) {
  const Value size = SizeOf(b, 1);
  Attrs attrs;
  attrs["align_corners"] = b.Bool(2);
  attrs["half_pixel_centers"] = !b.Bool(2);
  const Value x = Images(b, 0, "ResizeBilinearV2");
  StoreImages(
      b,
      b.Op("ResizeBilinearV2", {x, size}, std::move(attrs), DataType::kFloat),
      0, 5);
}

constexpr NnOp kOps[] = {
    {"AvgPool2d", AvgPool2d},
    {"MaxPool", MaxPool},
    {"AdaptiveAvgPool2d", AdaptiveAvgPool2d},
    {"GlobalAveragePool", GlobalAveragePool},
    {"Im2col", Im2col},
    {"UpsampleNearest2d", UpsampleNearest2d},
    {"UpsampleBilinear2d", UpsampleBilinear2d},
};

}  // namespace

std::span<const NnOp> PoolOps() { return kOps; }

}  // namespace npuemu::shim::nn
