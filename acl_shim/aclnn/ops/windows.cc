// Windows and resizing beyond pool.cc: three axes, maxima with their places,
// gradients.

#include <cmath>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {
namespace {

using Numbers = std::vector<int64_t>;

// One number for each of `axes`; one stands for all, none for `fallback`.
Numbers PerAxis(Builder& b, size_t arg, size_t axes, Numbers fallback) {
  Numbers values = b.OptionalInts(arg);
  if (values.empty()) values = std::move(fallback);
  if (values.size() == 1) values.resize(axes, values[0]);
  b.Check(values.size() == axes || !b.ok(), arg, kernels::ToString(values),
          absl::StrCat(axes, " numbers, or one for all"));
  values.resize(axes, 1);
  return values;
}

// x as [N, C, D, H, W] of `axes` axes in space; absent N and axes are 1.
Value Volumes(Builder& b, Value x, size_t arg, size_t axes,
              const char* kernel) {
  const auto rank = static_cast<int64_t>(axes);
  b.CheckRank(x, arg, rank + 1, rank + 2);
  if (!b.ok()) return {};
  Shape shape = b.ShapeOf(x);
  if (b.Rank(x) == rank + 1) shape.insert(shape.begin(), 1);
  while (shape.size() < 5) shape.insert(shape.begin() + 2, 1);
  const Value wide = b.Cast(x, b.ComputeType(kernel, b.TypeOf(x)));
  return b.As(b.Reshape(wide, std::move(shape)), Format::kNcdhw);
}

// The same for the kernels of images: [N, C, H, W].
Value Planes(Builder& b, Value x, size_t arg, size_t axes, DataType type) {
  const auto rank = static_cast<int64_t>(axes);
  b.CheckRank(x, arg, rank + 1, rank + 2);
  if (!b.ok()) return {};
  Shape shape = b.ShapeOf(x);
  if (b.Rank(x) == rank + 1) shape.insert(shape.begin(), 1);
  while (shape.size() < 4) shape.insert(shape.begin() + 2, 1);
  return b.As(b.Reshape(b.Cast(x, type), std::move(shape)), Format::kNchw);
}

// In the output's shape, which must have as many elements.
void StoreSame(Builder& b, Value y, size_t out) {
  if (b.ok()) b.StoreFlat(b.As(y, Format::kNd), out);
}

Numbers Padded(Numbers values, size_t size, int64_t neutral) {
  values.insert(values.begin(), size - values.size(), neutral);
  return values;
}

// (…, kernelSize, stride, padding, ceilMode, countIncludePad,
//  divisorOverride, …) of kernels of three axes.
Attrs AverageAttrs(Builder& b, size_t first, size_t axes) {
  const Numbers size = PerAxis(b, first, axes, {1});
  const Numbers strides = PerAxis(b, first + 1, axes, size);
  const Numbers pads = PerAxis(b, first + 2, axes, Numbers(axes, 0));
  Numbers sides;
  for (int64_t pad : Padded(pads, 3, 0)) sides.insert(sides.end(), 2, pad);
  Attrs attrs;
  attrs["ksize"] = Padded(size, 5, 1);
  attrs["strides"] = Padded(strides, 5, 1);
  attrs["pads"] = std::move(sides);
  attrs["ceil_mode"] = b.Bool(first + 3);
  attrs["count_include_pad"] = b.Bool(first + 4);
  attrs["divisor_override"] = b.Int(first + 5);
  attrs["data_format"] = std::string("NCDHW");
  return attrs;
}

void AvgPool3d(Builder& b) {
  const Value x = Volumes(b, b.In(0), 0, 3, "AvgPool3D");
  StoreSame(b, b.Op("AvgPool3D", {x}, AverageAttrs(b, 1, 3)), 7);
}

// (gradOutput, self, kernelSize, ..., out): the output is the last tensor.
template <size_t kAxes>
void AvgPoolBackward(Builder& b) {
  const Value dy = Volumes(b, b.In(0), 0, kAxes, "AvgPool3DGrad");
  const Value x = Volumes(b, b.In(1), 1, kAxes, "AvgPool3DGrad");
  const Value shape = b.Constant(b.ShapeOf(x), DataType::kInt32);
  StoreSame(b, b.Op("AvgPool3DGrad", {shape, dy}, AverageAttrs(b, 2, kAxes)),
            b.OutputArg());
}

// (…, kernelSize, stride, padding, dilation, ceilMode, …).
Attrs MaximumAttrs(Builder& b, size_t first) {
  const auto planar = [](const Numbers& pair) {
    return Numbers{1, pair[0], pair[1], 1};
  };
  const Numbers size = PerAxis(b, first, 2, {1});
  Attrs attrs;
  attrs["ksize"] = planar(size);
  attrs["strides"] = planar(PerAxis(b, first + 1, 2, size));
  attrs["pads"] = planar(PerAxis(b, first + 2, 2, {0, 0}));
  attrs["dilation"] = planar(PerAxis(b, first + 3, 2, {1, 1}));
  attrs["ceil_mode"] = b.Bool(first + 4);
  return attrs;
}

// (self, ..., out, indices): places h * W + w.
void MaxPool2dWithIndices(Builder& b) {
  const DataType f32 = DataType::kFloat;
  const Value x = Planes(b, b.In(0), 0, 2, f32);
  const std::vector<Value> y = b.Ops(
      "MaxPoolWithArgmaxV1", {x}, MaximumAttrs(b, 1), {f32, DataType::kInt32});
  if (!b.ok()) return;
  StoreSame(b, b.Cast(y[0], b.Like(6).dtype), 6);
  StoreSame(b, y[1], 7);
}

// (gradOutput, self, indices, ..., gradInput).
void MaxPool2dWithIndicesBackward(Builder& b) {
  const DataType f32 = DataType::kFloat;
  const Value dy = Planes(b, b.In(0), 0, 2, f32);
  const Value x = Planes(b, b.In(1), 1, 2, f32);
  const Value places = Planes(b, b.In(2), 2, 2, DataType::kInt32);
  StoreSame(
      b, b.Op("MaxPoolGradWithArgmaxV1", {x, dy, places}, MaximumAttrs(b, 3)),
      8);
}

// (gradOutput, self, out).
void AdaptiveAvgPool2dBackward(Builder& b) {
  const DataType type =
      b.ComputeType("AdaptiveAvgPool2dGrad", b.TypeOf(b.In(0)));
  const Value dy = Planes(b, b.In(0), 0, 2, type);
  Attrs attrs;
  attrs["orig_input_shape"] = b.ShapeOf(Planes(b, b.In(1), 1, 2, type));
  StoreSame(b, b.Op("AdaptiveAvgPool2dGrad", {dy}, std::move(attrs)), 2);
}

void AdaptiveAvgPool3d(Builder& b) {
  Attrs attrs;
  attrs["output_size"] = PerAxis(b, 1, 3, {1});
  attrs["data_format"] = std::string("NCDHW");
  const Value x = Volumes(b, b.In(0), 0, 3, "AdaptiveAvgPool3d");
  StoreSame(b, b.Op("AdaptiveAvgPool3d", {x}, std::move(attrs)), 2);
}

// Resizing: kernels take the ratio from the sizes, so a factor that is given
// must be theirs.
void CheckScales(Builder& b, size_t first, const Numbers& from,
                 const Numbers& to) {
  for (size_t i = 0; i < to.size() && b.ok(); ++i) {
    const double scale = b.Double(first + i);
    const double exact =
        static_cast<double>(to[i]) / static_cast<double>(from[i]);
    if (scale <= 0 || std::fabs(scale - exact) <= 1e-5 * exact) continue;
    b.Refuse(first + i, absl::StrCat(scale),
             absl::StrCat(exact, ", the ratio of the sizes, or 0"));
  }
}

Numbers SizeAt(Builder& b, size_t arg, size_t axes) {
  const Numbers size = b.Ints(arg);
  b.Check(size.size() == axes || !b.ok(), arg, kernels::ToString(size),
          absl::StrCat(axes, " extents"));
  return b.ok() ? size : Numbers(axes, 1);
}

// The last extents of a shape, which are those in space.
Numbers Spatial(const Shape& shape, size_t axes) {
  if (shape.size() < axes) return Numbers(axes, 1);
  return {shape.end() - static_cast<std::ptrdiff_t>(axes), shape.end()};
}

// (self, outputSize[, scales...], out).
template <size_t kAxes>
void UpsampleNearest(Builder& b) {
  const Numbers size = SizeAt(b, 1, kAxes);
  const Value x = Volumes(b, b.In(0), 0, kAxes, "UpsampleNearest3d");
  if (b.arg_count() > 3) {
    CheckScales(b, 2, Spatial(b.ShapeOf(x), kAxes), size);
  }
  Attrs attrs;
  attrs["output_size"] = Padded(size, 3, 1);
  StoreSame(b, b.Op("UpsampleNearest3d", {x}, std::move(attrs)), b.OutputArg());
}

// (self, outputSize, alignCorners, scalesD, scalesH, scalesW, out).
void UpsampleTrilinear3d(Builder& b) {
  const Numbers size = SizeAt(b, 1, 3);
  const Value x = Volumes(b, b.In(0), 0, 3, "UpsampleTrilinear3d");
  CheckScales(b, 3, Spatial(b.ShapeOf(x), 3), size);
  Attrs attrs;
  attrs["output_size"] = size;
  attrs["align_corners"] = b.Bool(2);
  StoreSame(b, b.Op("UpsampleTrilinear3d", {x}, std::move(attrs)), 6);
}

Attrs LinearAttrs(bool align_corners) {
  Attrs attrs;
  attrs["align_corners"] = align_corners;
  attrs["half_pixel_centers"] = !align_corners;
  return attrs;
}

// (self, outputSize, alignCorners, scales, out).
void UpsampleLinear1d(Builder& b) {
  const Numbers size = SizeAt(b, 1, 1);
  const Value x = Planes(b, b.In(0), 0, 1, DataType::kFloat);
  CheckScales(b, 3, Spatial(b.ShapeOf(x), 1), size);
  const Value to = b.Constant(Padded(size, 2, 1), DataType::kInt32);
  StoreSame(b,
            b.Op("ResizeBilinearV2", {x, to}, LinearAttrs(b.Bool(2)),
                 DataType::kFloat),
            4);
}

// (gradOut, outputSize, inputSize[, alignCorners], scales..., gradInput).
template <size_t kAxes, bool kLinear>
void UpsampleBackward(Builder& b) {
  const Numbers to = SizeAt(b, 1, kAxes);
  const Shape full = SizeAt(b, 2, kAxes + 2);
  const Numbers from = Spatial(full, kAxes);
  const Value dy = Planes(b, b.In(0), 0, kAxes, DataType::kFloat);
  b.Check(Spatial(b.ShapeOf(dy), kAxes) == to || !b.ok(), 0,
          kernels::ToString(b.ShapeOf(dy)),
          absl::StrCat("outputSize ", kernels::ToString(to)));
  CheckScales(b, kLinear ? 4 : 3, from, to);
  if (!b.ok()) return;
  if constexpr (kLinear) {
    const Value image = FillOf(b, b.Constant(0, DataType::kFloat), full);
    StoreSame(b,
              b.Op("ResizeBilinearV2Grad", {dy, b.As(image, Format::kNchw)},
                   LinearAttrs(b.Bool(3))),
              b.OutputArg());
  } else {
    const Value size = b.Constant(Padded(from, 2, 1), DataType::kInt32);
    StoreSame(b, b.Op("ResizeNearestNeighborV2Grad", {dy, size}),
              b.OutputArg());
  }
}

// (gradOutput, inputSize, kernelSize, dilation, padding, stride, out).
void Im2colBackward(Builder& b) {
  Attrs attrs;
  attrs["kernel_size"] = PerAxis(b, 2, 2, {1});
  attrs["dilation"] = PerAxis(b, 3, 2, {1});
  attrs["padding"] = PerAxis(b, 4, 2, {0});
  attrs["stride"] = PerAxis(b, 5, 2, {1});
  Value dy = b.In(0);
  b.CheckRank(dy, 0, 2, 3);
  if (!b.ok()) return;
  if (b.Rank(dy) == 2) {
    dy = b.Reshape(dy, {1, b.Extent(dy, 0), b.Extent(dy, 1)});
  }
  const Value size = b.Constant(SizeAt(b, 1, 2), DataType::kInt32);
  StoreSame(b, b.Op("Col2im", {dy, size}, std::move(attrs)), 6);
}

// (gradOutput, self, padding, gradInput): pairs from the last axis on.
void PadBackward(Builder& b) {
  const DataType type = b.ComputeType("PadV3Grad", b.TypeOf(b.In(0)));
  const Value dy = b.Cast(b.In(0), type);
  const Numbers pad = b.Ints(2);
  const auto axes = static_cast<int64_t>(pad.size()) / 2;
  b.Check((pad.size() % 2 == 0 && axes <= b.Rank(dy)) || !b.ok(), 2,
          kernels::ToString(pad), "pairs of numbers, at most one per axis");
  if (!b.ok()) return;
  Numbers pairs(2 * static_cast<size_t>(b.Rank(dy)), 0);
  for (int64_t i = 0; i < axes; ++i) {
    const auto to = static_cast<size_t>(2 * (b.Rank(dy) - 1 - i));
    pairs[to] = pad[static_cast<size_t>(2 * i)];
    pairs[to + 1] = pad[static_cast<size_t>(2 * i + 1)];
  }
  Attrs attrs;
  attrs["mode"] = std::string(b.kernel());
  const Value dx = b.Op("PadV3Grad", {dy, b.Constant(pairs)}, std::move(attrs));
  b.CheckShape(dx, 2, b.ShapeOf(b.In(1)));
  b.Result(dx);
}

// (input, grid, interpolationMode, paddingMode, alignCorners, out).
void GridSampler2D(Builder& b) {
  constexpr const char* kModes[] = {"bilinear", "nearest", "bicubic"};
  constexpr const char* kPads[] = {"zeros", "border", "reflection"};
  const int64_t mode = b.Int(2);
  const int64_t pad = b.Int(3);
  b.Check(mode >= 0 && mode <= 2, 2, absl::StrCat(mode),
          "0 (bilinear), 1 (nearest) or 2 (bicubic)");
  b.Check(pad >= 0 && pad <= 2, 3, absl::StrCat(pad),
          "0 (zeros), 1 (border) or 2 (reflection)");
  if (!b.ok()) return;
  Attrs attrs;
  attrs["interpolation_mode"] = std::string(kModes[mode]);
  attrs["padding_mode"] = std::string(kPads[pad]);
  attrs["align_corners"] = b.Bool(4);
  const DataType type = b.ComputeType("GridSampler2D", b.Promoted({0, 1}));
  const Value x = Planes(b, b.In(0), 0, 2, type);
  StoreSame(b,
            b.Op("GridSampler2D", {x, b.Cast(b.In(1), type)}, std::move(attrs)),
            5);
}

constexpr NnOp kOps[] = {
    {"AvgPool2dBackward", AvgPoolBackward<2>},
    {"AvgPool3d", AvgPool3d},
    {"AvgPool3dBackward", AvgPoolBackward<3>},
    {"MaxPool2dWithIndices", MaxPool2dWithIndices},
    {"MaxPool2dWithIndicesBackward", MaxPool2dWithIndicesBackward},
    {"AdaptiveAvgPool2dBackward", AdaptiveAvgPool2dBackward},
    {"AdaptiveAvgPool3d", AdaptiveAvgPool3d},
    {"UpsampleNearest1d", UpsampleNearest<1>},
    {"UpsampleNearest1dV2", UpsampleNearest<1>},
    {"UpsampleNearest2dV2", UpsampleNearest<2>},
    {"UpsampleNearest3d", UpsampleNearest<3>},
    {"UpsampleTrilinear3d", UpsampleTrilinear3d},
    {"UpsampleLinear1d", UpsampleLinear1d},
    {"UpsampleNearest1dBackward", UpsampleBackward<1, false>},
    {"UpsampleNearest2dBackward", UpsampleBackward<2, false>},
    {"UpsampleBilinear2dBackward", UpsampleBackward<2, true>},
    {"UpsampleBilinear2dBackwardV2", UpsampleBackward<2, true>},
    {"Im2colBackward", Im2colBackward},
    {"ReflectionPad1dBackward", PadBackward, "reflect"},
    {"ReflectionPad2dBackward", PadBackward, "reflect"},
    {"ReflectionPad3dBackward", PadBackward, "reflect"},
    {"ReplicationPad1dBackward", PadBackward, "edge"},
    {"ReplicationPad2dBackward", PadBackward, "edge"},
    {"ReplicationPad3dBackward", PadBackward, "edge"},
    {"GridSampler2D", GridSampler2D},
};

}  // namespace

std::span<const NnOp> WindowOps() { return kOps; }

}  // namespace npuemu::shim::nn
