// Windows beyond pool.cc: three axes, gradients, padding, sampling.

#include "acl_shim/aclnn/ops/windows.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {
namespace {

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

// (gradOutput, self, out).
void AdaptiveAvgPool2dBackward(Builder& b) {
  const DataType type =
      b.ComputeType("AdaptiveAvgPool2dGrad", b.TypeOf(b.In(0)));
  const Value dy = Planes(b, b.In(0), 0, 2, type);
  Attrs attrs;
  attrs["orig_input_shape"] = b.ShapeOf(Planes(b, b.In(1), 1, 2, type));
  StoreSame(b, b.Op("AdaptiveAvgPool2dGrad", {dy}, std::move(attrs)), 2);
}

// (gradOutput, self, out): in height and width, then along the depth.
void AdaptiveAvgPool3dBackward(Builder& b) {
  const DataType f32 = DataType::kFloat;
  const Value dy = Volumes(b, b.Cast(b.In(0), f32), 0, 3, "AvgPool3DGrad");
  const Value x = Volumes(b, b.In(1), 1, 3, "AvgPool3DGrad");
  if (!b.ok()) return;
  const Numbers from = Spatial(b.ShapeOf(dy), 3);
  const Numbers to = Spatial(b.ShapeOf(x), 3);
  const int64_t planes = b.Extent(dy, 0) * b.Extent(dy, 1);
  b.Check(planes == b.Extent(x, 0) * b.Extent(x, 1), 1,
          ToString(b.ShapeOf(b.In(1))),
          absl::StrCat(planes, " volumes, as gradOutput"));
  const auto spread = [&](Value images, Numbers shape, Numbers size) {
    Attrs attrs;
    attrs["orig_input_shape"] = std::move(size);
    return b.Op("AdaptiveAvgPool2dGrad",
                {b.As(b.Reshape(images, std::move(shape)), Format::kNchw)},
                std::move(attrs));
  };
  const int64_t plane = to[1] * to[2];
  const Value flat = spread(dy, {planes, from[0], from[1], from[2]},
                            {planes, from[0], to[1], to[2]});
  StoreSame(
      b, spread(flat, {planes, 1, from[0], plane}, {planes, 1, to[0], plane}),
      2);
}

void AdaptiveAvgPool3d(Builder& b) {
  Attrs attrs;
  attrs["output_size"] = PerAxis(b, 1, 3, {1});
  attrs["data_format"] = std::string("NCDHW");
  const Value x = Volumes(b, b.In(0), 0, 3, "AdaptiveAvgPool3d");
  StoreSame(b, b.Op("AdaptiveAvgPool3d", {x}, std::move(attrs)), 2);
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
          ToString(pad), "pairs of numbers, at most one per axis");
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

// (…, interpolationMode, paddingMode, alignCorners, …).
Attrs SamplerAttrs(Builder& b, size_t first) {
  constexpr const char* kModes[] = {"bilinear", "nearest", "bicubic"};
  constexpr const char* kPads[] = {"zeros", "border", "reflection"};
  const int64_t mode = b.Int(first);
  const int64_t pad = b.Int(first + 1);
  b.Check(mode >= 0 && mode <= 2, first, absl::StrCat(mode),
          "0 (bilinear), 1 (nearest) or 2 (bicubic)");
  b.Check(pad >= 0 && pad <= 2, first + 1, absl::StrCat(pad),
          "0 (zeros), 1 (border) or 2 (reflection)");
  Attrs attrs;
  if (!b.ok()) return attrs;
  attrs["interpolation_mode"] = std::string(kModes[mode]);
  attrs["padding_mode"] = std::string(kPads[pad]);
  attrs["align_corners"] = b.Bool(first + 2);
  return attrs;
}

template <size_t kAxes>
Value SampledAt(Builder& b, size_t arg, DataType type) {
  const Value x = b.Cast(b.In(arg), type);
  return kAxes == 2 ? Planes(b, x, arg, 2, type)
                    : Volumes(b, x, arg, 3, b.kernel());
}

// (input, grid, interpolationMode, paddingMode, alignCorners, out).
template <size_t kAxes>
void GridSampler(Builder& b) {
  const DataType type = b.ComputeType(b.kernel(), b.Promoted({0, 1}));
  const Value x = SampledAt<kAxes>(b, 0, type);
  StoreSame(b, b.Op(b.kernel(), {x, b.Cast(b.In(1), type)}, SamplerAttrs(b, 2)),
            5);
}

// (gradOutput, input, grid, interpolationMode, paddingMode, alignCorners,
//  outputMask, inputGrad, gridGrad).
template <size_t kAxes>
void GridSamplerBackward(Builder& b) {
  const DataType type = b.ComputeType(b.kernel(), b.Promoted({0, 1, 2}));
  const std::vector<Value> y =
      b.Ops(b.kernel(),
            {SampledAt<kAxes>(b, 0, type), SampledAt<kAxes>(b, 1, type),
             b.Cast(b.In(2), type)},
            SamplerAttrs(b, 3));
  const std::vector<uint8_t> mask = b.Bools(6);
  b.Check(mask.size() == 2 || !b.ok(), 6, absl::StrCat(mask.size(), " values"),
          "2 values");
  if (!b.ok()) return;
  if (mask[0] != 0) StoreSame(b, y[0], 7);
  if (mask[1] != 0) StoreSame(b, y[1], 8);
}

constexpr NnOp kOps[] = {
    {"AvgPool2dBackward", AvgPoolBackward<2>},
    {"AvgPool3d", AvgPool3d},
    {"AvgPool3dBackward", AvgPoolBackward<3>},
    {"AdaptiveAvgPool2dBackward", AdaptiveAvgPool2dBackward},
    {"AdaptiveAvgPool3d", AdaptiveAvgPool3d},
    {"AdaptiveAvgPool3dBackward", AdaptiveAvgPool3dBackward},
    {"Im2colBackward", Im2colBackward},
    {"ReflectionPad1dBackward", PadBackward, "reflect"},
    {"ReflectionPad2dBackward", PadBackward, "reflect"},
    {"ReflectionPad3dBackward", PadBackward, "reflect"},
    {"ReplicationPad1dBackward", PadBackward, "edge"},
    {"ReplicationPad2dBackward", PadBackward, "edge"},
    {"ReplicationPad3dBackward", PadBackward, "edge"},
    {"GridSampler2D", GridSampler<2>, "GridSampler2D"},
    {"GridSampler3D", GridSampler<3>, "GridSampler3D", "not bicubic"},
    {"GridSampler2DBackward", GridSamplerBackward<2>, "GridSampler2DGrad",
     "not bicubic"},
    {"GridSampler3DBackward", GridSamplerBackward<3>, "GridSampler3DGrad",
     "not bicubic"},
};

}  // namespace

std::span<const NnOp> WindowOps() { return kOps; }

}  // namespace npuemu::shim::nn
