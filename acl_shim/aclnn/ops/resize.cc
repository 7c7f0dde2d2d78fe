// Images of another size and their gradients.

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/ops/windows.h"

namespace npuemu::shim::nn {
namespace {

// The gradient (argument 0) has the size that the resized image had.
void CheckGradient(Builder& b, Value dy, const Numbers& to) {
  b.Check(Spatial(b.ShapeOf(dy), to.size()) == to || !b.ok(), 0,
          ToString(b.ShapeOf(dy)), absl::StrCat("outputSize ", ToString(to)));
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
  CheckGradient(b, dy, to);
  CheckScales(b, kLinear ? 4 : 3, from, to);
  if (!b.ok()) return;
  if constexpr (kLinear) {
    const Shape image_shape =
        kAxes == 1 ? Shape{full[0], full[1], 1, full[2]} : full;
    const Value image = FillOf(b, b.Constant(0, DataType::kFloat), image_shape);
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

// The place that is nearest to the middle of each (self, outputSize,
// scales..., out).
template <size_t kAxes>
void UpsampleNearestExact(Builder& b) {
  const Numbers size = SizeAt(b, 1, kAxes);
  const Value x = Volumes(b, b.In(0), 0, kAxes, "UpsampleNearestExact3d");
  CheckScales(b, 2, Spatial(b.ShapeOf(x), kAxes), size);
  Attrs attrs;
  attrs["output_size"] = Padded(size, 3, 1);
  StoreSame(b, b.Op("UpsampleNearestExact3d", {x}, std::move(attrs)),
            b.OutputArg());
}

// By the kernel of volumes (gradOut, outputSize, inputSize[, alignCorners],
// scales..., gradInput).
template <size_t kAxes>
void VolumeBackward(Builder& b) {
  const Numbers to = SizeAt(b, 1, kAxes);
  const Shape full = SizeAt(b, 2, kAxes + 2);
  const Numbers from = Spatial(full, kAxes);
  const Value dy = Volumes(b, b.In(0), 0, kAxes, b.kernel());
  CheckGradient(b, dy, to);
  const bool linear = std::string_view(b.kernel()) == "UpsampleTrilinear3dGrad";
  CheckScales(b, linear ? 4 : 3, from, to);
  if (!b.ok()) return;
  Attrs attrs;
  Numbers size = Padded(from, 3, 1);
  size.insert(size.begin(), {full[0], full[1]});
  attrs["input_size"] = std::move(size);
  attrs["output_size"] = Padded(to, 3, 1);
  if (linear) attrs["align_corners"] = b.Bool(3);
  StoreSame(b, b.Op(b.kernel(), {dy}, std::move(attrs)), b.OutputArg());
}

Attrs CubicAttrs(bool align_corners) {
  Attrs attrs;
  attrs["mode"] = std::string("cubic");
  attrs["cubic_coeff_a"] = -0.75f;
  attrs["coordinate_transformation_mode"] =
      std::string(align_corners ? "align_corners" : "half_pixel");
  return attrs;
}

// (self, outputSize, alignCorners, scalesH, scalesW, out).
void UpsampleBicubic2d(Builder& b) {
  const Numbers size = SizeAt(b, 1, 2);
  const Value x = Planes(b, b.In(0), 0, 2, DataType::kFloat);
  CheckScales(b, 3, Spatial(b.ShapeOf(x), 2), size);
  StoreSame(b,
            b.Op("Resize", {x, Value(), Value(), b.Constant(size)},
                 CubicAttrs(b.Bool(2))),
            5);
}

// (gradOut, outputSize, inputSize, alignCorners, scalesH, scalesW, gradInput).
void UpsampleBicubic2dBackward(Builder& b) {
  const Numbers to = SizeAt(b, 1, 2);
  const Numbers from = Spatial(SizeAt(b, 2, 4), 2);
  const Value dy = Planes(b, b.In(0), 0, 2, DataType::kFloat);
  CheckGradient(b, dy, to);
  CheckScales(b, 4, from, to);
  StoreSame(b,
            b.Op("ResizeGrad", {dy, Value(), Value(), b.Constant(from)},
                 CubicAttrs(b.Bool(3))),
            6);
}

// Resizing that averages what a smaller image has no room for: each place of
// the result is a weighted mean along both axes, a product with a matrix of
// weights [in, out] for each.
enum class Filter { kTriangle, kCubic };

double Weight(Filter filter, double distance) {
  const double d = std::fabs(distance);
  if (filter == Filter::kTriangle) return std::max(1 - d, 0.0);
  constexpr double a = -0.5;
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

std::vector<float> WeightsOf(Filter filter, int64_t in, int64_t out,
                             bool align_corners) {
  double scale = static_cast<double>(in) / static_cast<double>(out);
  if (align_corners) {
    scale = out > 1 ? static_cast<double>(in - 1) / static_cast<double>(out - 1)
                    : 0;
  }
  const double stretch = std::max(scale, 1.0);
  const double support = (filter == Filter::kTriangle ? 1 : 2) * stretch;
  std::vector<float> matrix(static_cast<size_t>(in * out), 0.0f);
  for (int64_t o = 0; o < out; ++o) {
    const double middle = scale * (static_cast<double>(o) + 0.5);
    const auto first =
        std::max<int64_t>(static_cast<int64_t>(middle - support + 0.5), 0);
    const auto end = std::min(static_cast<int64_t>(middle + support + 0.5), in);
    std::vector<double> weights;
    double sum = 0;
    for (int64_t i = first; i < end; ++i) {
      const double distance = static_cast<double>(i) - middle + 0.5;
      weights.push_back(Weight(filter, distance / stretch));
      sum += weights.back();
    }
    for (int64_t i = first; i < end; ++i) {
      const auto k = static_cast<size_t>(i - first);
      matrix[static_cast<size_t>(i * out + o)] =
          static_cast<float>(weights[k] / sum);
    }
  }
  return matrix;
}

// x [rows, n] times the matrix [in, out], or its transpose if n is `out`.
Value Mixed(Builder& b, Value x, Filter filter, int64_t in, int64_t out,
            bool align, bool transpose) {
  if (!CanList(b, {in, out}, 1)) return {};
  const Value matrix = b.Constant(WeightsOf(filter, in, out, align), {in, out});
  Attrs attrs;
  attrs["transpose_x2"] = transpose;
  return b.Op("MatMulV2", {x, matrix, Value(), Value()}, std::move(attrs),
              DataType::kFloat);
}

// Both axes of `x` from one size to the other; backward takes it back.
void Smooth(Builder& b, Filter filter, Value x, const Numbers& in,
            const Numbers& out, bool align, bool backward) {
  if (!b.ok()) return;
  const Numbers& from = backward ? out : in;
  const Numbers& to = backward ? in : out;
  const int64_t planes = b.Extent(x, 0) * b.Extent(x, 1);
  const int64_t turned[] = {0, 2, 1};
  x = b.Reshape(b.As(x, Format::kNd), {planes * from[0], from[1]});
  Value y = Mixed(b, x, filter, in[1], out[1], align, backward);
  y = b.Permute(b.Reshape(y, {planes, from[0], to[1]}), turned);
  y = b.Reshape(y, {planes * to[1], from[0]});
  y = Mixed(b, y, filter, in[0], out[0], align, backward);
  y = b.Permute(b.Reshape(y, {planes, to[1], to[0]}), turned);
  StoreSame(b, y, b.OutputArg());
}

// (x, outputSize, alignCorners, scalesH, scalesW, out).
template <Filter kFilter>
void UpsampleSmooth(Builder& b) {
  const Numbers size = SizeAt(b, 1, 2);
  const Value x = Planes(b, b.In(0), 0, 2, DataType::kFloat);
  const Numbers from = Spatial(b.ShapeOf(x), 2);
  CheckScales(b, 3, from, size);
  for (const Numbers* extents : {&from, &size}) {
    b.Check(((*extents)[0] > 0 && (*extents)[1] > 0) || !b.ok(), 1,
            ToString(*extents), "extents > 0");
  }
  Smooth(b, kFilter, x, from, size, b.Bool(2), false);
}

// (gradOutput, outputSize, inputSize, alignCorners, scalesH, scalesW, out).
template <Filter kFilter>
void UpsampleSmoothBackward(Builder& b) {
  const Numbers to = SizeAt(b, 1, 2);
  const Numbers from = Spatial(SizeAt(b, 2, 4), 2);
  const Value dy = Planes(b, b.In(0), 0, 2, DataType::kFloat);
  CheckGradient(b, dy, to);
  b.Check((from[0] > 0 && from[1] > 0) || !b.ok(), 2, ToString(from),
          "extents > 0");
  CheckScales(b, 4, from, to);
  Smooth(b, kFilter, dy, from, to, b.Bool(3), true);
}

constexpr NnOp kOps[] = {
    {"UpsampleNearest1d", UpsampleNearest<1>},
    {"UpsampleNearest1dV2", UpsampleNearest<1>},
    {"UpsampleNearest2dV2", UpsampleNearest<2>},
    {"UpsampleNearest3d", UpsampleNearest<3>},
    {"UpsampleTrilinear3d", UpsampleTrilinear3d},
    {"UpsampleLinear1d", UpsampleLinear1d},
    {"UpsampleNearest1dBackward", UpsampleBackward<1, false>},
    {"UpsampleNearest2dBackward", UpsampleBackward<2, false>},
    {"UpsampleLinear1dBackward", UpsampleBackward<1, true>},
    {"UpsampleBilinear2dBackward", UpsampleBackward<2, true>},
    {"UpsampleBilinear2dBackwardV2", UpsampleBackward<2, true>},
    {"UpsampleNearest3dBackward", VolumeBackward<3>, "UpsampleNearest3dGrad"},
    {"UpsampleTrilinear3dBackward", VolumeBackward<3>,
     "UpsampleTrilinear3dGrad"},
    {"UpsampleNearestExact1d", UpsampleNearestExact<1>},
    {"UpsampleNearestExact2d", UpsampleNearestExact<2>},
    {"UpsampleNearestExact3d", UpsampleNearestExact<3>},
    {"UpsampleNearestExact1dBackward", VolumeBackward<1>,
     "UpsampleNearestExact3dGrad"},
    {"UpsampleNearestExact2dBackward", VolumeBackward<2>,
     "UpsampleNearestExact3dGrad"},
    {"UpsampleNearestExact3dBackward", VolumeBackward<3>,
     "UpsampleNearestExact3dGrad"},
    {"UpsampleBicubic2d", UpsampleBicubic2d},
    {"UpsampleBicubic2dBackward", UpsampleBicubic2dBackward},
    {"UpsampleBilinear2dAA", UpsampleSmooth<Filter::kTriangle>},
    {"UpsampleBilinear2dAABackward", UpsampleSmoothBackward<Filter::kTriangle>},
    {"UpsampleBicubic2dAA", UpsampleSmooth<Filter::kCubic>},
    {"UpsampleBicubic2dAAGrad", UpsampleSmoothBackward<Filter::kCubic>},
};

}  // namespace

std::span<const NnOp> ResizeOps() { return kOps; }

}  // namespace npuemu::shim::nn
