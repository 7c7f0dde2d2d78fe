// Pooling by maxima that tells their places, its gradients, and what undoes it.
// Windows of three axes are those of two, then of the third.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/ops/windows.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;
constexpr DataType kI32 = DataType::kInt32;

// Maxima and their places h * W + w, or (d * H + h) * W + w.
struct Maxima {
  Value values;
  Value places;  // int32
};

// (…, kernelSize, stride, padding, dilation, ceilMode, …).
struct Windows {
  Numbers size;
  Numbers strides;
  Numbers pads;
  Numbers dilations;
  bool ceil = false;
};

Windows WindowsAt(Builder& b, size_t first, size_t axes) {
  Windows windows;
  windows.size = PerAxis(b, first, axes, {1});
  windows.strides = PerAxis(b, first + 1, axes, windows.size);
  windows.pads = PerAxis(b, first + 2, axes, Numbers(axes, 0));
  windows.dilations = PerAxis(b, first + 3, axes, Numbers(axes, 1));
  windows.ceil = b.Bool(first + 4);
  for (size_t i = 0; i < axes; ++i) {
    b.Check(windows.strides[i] > 0 || !b.ok(), first + 1,
            ToString(windows.strides), "numbers > 0");
    b.Check(windows.dilations[i] > 0 || !b.ok(), first + 3,
            ToString(windows.dilations), "numbers > 0");
  }
  return windows;
}

// In height and width, the last two axes of the windows.
Maxima OfPlanes(Builder& b, Value planes, const Windows& windows) {
  const auto planar = [](const Numbers& numbers) {
    return Numbers{1, numbers[numbers.size() - 2], numbers.back(), 1};
  };
  Attrs attrs;
  attrs["ksize"] = planar(windows.size);
  attrs["strides"] = planar(windows.strides);
  attrs["pads"] = planar(windows.pads);
  attrs["dilation"] = planar(windows.dilations);
  attrs["ceil_mode"] = windows.ceil;
  const std::vector<Value> y =
      b.Ops("MaxPoolWithArgmaxV1", {planes}, std::move(attrs), {kF32, kI32});
  return {b.As(y[0], Format::kNd), b.As(y[1], Format::kNd)};
}

// (self, ..., out, indices).
void MaxPool2dWithIndices(Builder& b) {
  const Windows windows = WindowsAt(b, 1, 2);
  const Value x = Planes(b, b.In(0), 0, 2, kF32);
  const Maxima y = OfPlanes(b, x, windows);
  StoreSame(b, y.values, 6);
  StoreSame(b, y.places, 7);
}

// Slices of depth that one place of the result sees.
struct Depths {
  int64_t first = 0;
  int64_t count = 0;
  int64_t step = 1;
};

// The largest of the slices, for each place of the result along the depth;
// values and places are [planes, depth, height, width].
Maxima OverDepth(Builder& b, const Maxima& x, const std::vector<Depths>& seen,
                 int64_t plane) {
  std::vector<Value> values;
  std::vector<Value> places;
  for (const Depths& depths : seen) {
    if (!b.ok()) return {};
    const auto slices = [&](Value all) {
      return b.Narrow(all, 1, depths.first, depths.count, depths.step);
    };
    Attrs attrs = AxisAttr("dimension", 1);
    attrs["keep_dims"] = true;
    const std::vector<Value> best =
        b.Ops("ArgMaxWithValue", {slices(x.values)}, std::move(attrs), {kI32});
    const Value within =
        b.Op("GatherElements", {slices(x.places), best[0]}, AxisAttr("dim", 1));
    const auto number = [&](int64_t value) {
      return b.Constant(static_cast<double>(value), kI32);
    };
    const Value start =
        b.Op("Add", {b.Op("Mul", {best[0], number(depths.step * plane)}),
                     number(depths.first * plane)});
    values.push_back(best[1]);
    places.push_back(b.Op("Add", {within, start}));
  }
  const auto joined = [&](const std::vector<Value>& parts) {
    Attrs attrs = AxisAttr("concat_dim", 1);
    attrs["N"] = static_cast<int64_t>(parts.size());
    return b.Op("ConcatD", parts, std::move(attrs));
  };
  return {joined(values), joined(places)};
}

// Volumes as planes: [N * C, D, H, W].
Value Slices(Builder& b, size_t arg) {
  const Value x = b.In(arg);
  b.CheckRank(x, arg, 4, 5);
  b.Check(b.Count(x) > 0 || !b.ok(), arg, ToString(b.ShapeOf(x)), "elements");
  if (!b.ok()) return {};
  const Numbers size = Spatial(b.ShapeOf(x), 3);
  const int64_t planes = b.Count(x) / (size[0] * size[1] * size[2]);
  return b.As(b.Reshape(b.Cast(x, kF32), {planes, size[0], size[1], size[2]}),
              Format::kNchw);
}

// The slices that windows see along the depth.
std::vector<Depths> WindowDepths(Builder& b, const Windows& w, int64_t depth) {
  const int64_t reach = (w.size[0] - 1) * w.dilations[0] + 1;
  const int64_t room = depth + 2 * w.pads[0] - reach;
  b.Check(room >= 0, 1, ToString(w.size), "windows within the padded input");
  b.Check(w.pads[0] >= 0 && w.pads[0] < reach, 3, ToString(w.pads),
          "numbers from 0, less than a window reaches");
  std::vector<Depths> seen;
  if (!b.ok()) return seen;
  int64_t places = (room + (w.ceil ? w.strides[0] - 1 : 0)) / w.strides[0] + 1;
  if ((places - 1) * w.strides[0] >= depth + w.pads[0]) --places;
  if (!CanList(b, {places, w.size[0]}, 1, kMostSteps)) return seen;
  for (int64_t o = 0; o < places; ++o) {
    Depths depths{.step = w.dilations[0]};
    int64_t at = o * w.strides[0] - w.pads[0];
    for (int64_t k = 0; k < w.size[0]; ++k, at += depths.step) {
      if (at < 0 || at >= depth) continue;
      if (depths.count++ == 0) depths.first = at;
    }
    seen.push_back(depths);
  }
  return seen;
}

// (self, ..., out, indices).
void MaxPool3dWithArgmax(Builder& b) {
  const Windows windows = WindowsAt(b, 1, 3);
  const Value x = Slices(b, 0);
  if (!b.ok()) return;
  const Maxima planes = OfPlanes(b, x, windows);
  const Maxima y =
      OverDepth(b, planes, WindowDepths(b, windows, b.Extent(x, 1)),
                b.Extent(x, 2) * b.Extent(x, 3));
  StoreSame(b, y.values, 6);
  StoreSame(b, y.places, 7);
}

Maxima AdaptivePlanes(Builder& b, Value x, const Numbers& size) {
  Attrs attrs;
  attrs["output_size"] = size;
  const std::vector<Value> y =
      b.Ops("AdaptiveMaxPool2d", {x}, std::move(attrs), {kF32, kI32});
  return {b.As(y[0], Format::kNd), b.As(y[1], Format::kNd)};
}

// (self, outputSize, outputOut, indicesOut).
void AdaptiveMaxPool2d(Builder& b) {
  const Numbers size = SizeAt(b, 1, 2);
  const Value x = Planes(b, b.In(0), 0, 2, kF32);
  const Maxima y = AdaptivePlanes(b, x, size);
  StoreSame(b, y.values, 2);
  StoreSame(b, y.places, 3);
}

void AdaptiveMaxPool3d(Builder& b) {
  const Numbers size = SizeAt(b, 1, 3);
  b.Check(size[0] > 0, 1, ToString(size), "numbers > 0");
  const Value x = Slices(b, 0);
  if (!CanList(b, {size[0]}, 1, kMostSteps)) return;
  const int64_t depth = b.Extent(x, 1);
  std::vector<Depths> seen;
  for (int64_t o = 0; o < size[0]; ++o) {
    const int64_t first = o * depth / size[0];
    const int64_t end = ((o + 1) * depth + size[0] - 1) / size[0];
    seen.push_back({first, end - first, 1});
  }
  const Maxima planes = AdaptivePlanes(b, x, {size[1], size[2]});
  const Maxima y = OverDepth(b, planes, seen, b.Extent(x, 2) * b.Extent(x, 3));
  StoreSame(b, y.values, 2);
  StoreSame(b, y.places, 3);
}

// (self, out).
void GlobalMaxPool(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  b.CheckRank(x, 0, 3, 5);
  if (!b.ok()) return;
  Numbers axes;
  for (int64_t i = 2; i < b.Rank(x); ++i) axes.push_back(i);
  Attrs attrs;
  attrs["keep_dims"] = true;
  b.Result(b.Op("ReduceMax", {x, b.Constant(axes)}, std::move(attrs)));
}

// x as [planes, places in space].
Value PlanesOf(Builder& b, Value x, size_t arg, size_t axes) {
  const auto rank = static_cast<int64_t>(axes);
  b.CheckRank(x, arg, rank + 1, rank + 2);
  if (!b.ok()) return {};
  int64_t places = 1;
  for (int64_t extent : Spatial(b.ShapeOf(x), axes)) places *= extent;
  return b.Reshape(x, {places == 0 ? 0 : b.Count(x) / places, places});
}

// Values go to the places in planes of zeros, [planes, places of a plane].
Value Spread(Builder& b, Value values, Value places, int64_t plane,
             const char* reduction) {
  if (!b.ok()) return {};
  const Value zeros =
      FillOf(b, b.Constant(0, b.TypeOf(values)), {b.Extent(values, 0), plane});
  Attrs attrs = AxisAttr("axis", 1);
  attrs["reduction"] = std::string(reduction);
  return b.Op("ScatterElements", {zeros, places, values}, std::move(attrs));
}

Value PlacesAt(Builder& b, size_t arg, size_t axes) {
  return PlanesOf(b, IndicesAt(b, arg), arg, axes);
}

// The gradient of each maximum goes to where it was found.
void StoreGradient(Builder& b, Value places, size_t axes) {
  const Value dy = PlanesOf(b, b.Cast(b.In(0), kF32), 0, axes);
  const Value x = PlanesOf(b, b.In(1), 1, axes);
  b.CheckShape(dy, 0, b.ShapeOf(places));
  b.Check(b.Extent(dy, 0) == b.Extent(x, 0) || !b.ok(), 0,
          ToString(b.ShapeOf(b.In(0))),
          "as many planes as " + ToString(b.ShapeOf(x)));
  const Value dx = Spread(b, dy, places, b.Extent(x, 1), "add");
  StoreSame(b, dx, b.OutputArg());
}

// (gradOutput, self, indices, ..., gradInput).
template <size_t kAxes>
void Backward(Builder& b) {
  StoreGradient(b, PlacesAt(b, 2, kAxes), kAxes);
}

// What each tap of a window sees for each place of the result, or -1: [taps,
// places].
Numbers TapPlaces(const Windows& w, const Numbers& in, const Numbers& out) {
  Numbers places;
  for (int64_t tap = 0; tap < w.size[0] * w.size[1]; ++tap) {
    for (int64_t o = 0; o < out[0] * out[1]; ++o) {
      const int64_t h = o / out[1] * w.strides[0] - w.pads[0] +
                        tap / w.size[1] * w.dilations[0];
      const int64_t v = o % out[1] * w.strides[1] - w.pads[1] +
                        tap % w.size[1] * w.dilations[1];
      const bool inside = h >= 0 && h < in[0] && v >= 0 && v < in[1];
      places.push_back(inside ? h * in[1] + v : -1);
    }
  }
  return places;
}

struct Mask {
  Value places;  // of taps, [taps, places of the result]
  Shape shape;   // of the mask: [planes, taps, bytes]
};

// The mask has a row of bytes for each tap of a window. Its extents are
// published, its bytes are not: here byte i says whether the tap has the
// maximum of place i.
Mask MaskOf(Builder& b, const Windows& w, Value x, const Shape& y) {
  const Numbers in = Spatial(b.ShapeOf(x), 2);
  const Numbers out = Spatial(y, 2);
  const int64_t taps = w.size[0] * w.size[1];
  const int64_t count = out[0] * out[1];
  const int64_t planes = in[0] * in[1] == 0 ? 0 : b.Count(x) / (in[0] * in[1]);
  if (!CanList(b, {w.size[0], w.size[1], out[0], out[1]}, 1)) return {};
  return {b.Reshape(b.Constant(TapPlaces(w, in, out), kI32), {taps, count}),
          {planes, taps, ((count + 15) / 16 + 1) * 32}};
}

Value MaskAt(Builder& b, size_t arg, const Mask& mask) {
  if (!b.ok()) return {};
  const Value given = b.In(arg);
  b.Check(b.Count(given) == kernels::ElementCount(mask.shape) || !b.ok(), arg,
          ToString(b.ShapeOf(given)),
          absl::StrCat(kernels::ElementCount(mask.shape),
                       " elements, as masks of ", mask.shape[1], " taps"));
  return given;
}

// (self, ..., out, indices).
void MaxPool2dWithMask(Builder& b) {
  const Windows windows = WindowsAt(b, 1, 2);
  const Value x = Planes(b, b.In(0), 0, 2, kF32);
  const Maxima y = OfPlanes(b, x, windows);
  if (!b.ok()) return;
  StoreSame(b, y.values, 6);
  const Mask mask = MaskOf(b, windows, x, b.ShapeOf(y.values));
  const Value out = MaskAt(b, 7, mask);
  if (!b.ok()) return;
  const int64_t count = b.Extent(mask.places, 1);
  const Value chosen = b.Op(
      "Equal", {b.Reshape(y.places, {mask.shape[0], 1, count}), mask.places});
  const int64_t room = mask.shape[2] - count;
  const Numbers pads = {0, 0, 0, 0, 0, room};
  const Value bytes =
      b.Op("PadV3", {b.Cast(chosen, b.TypeOf(out)), b.Constant(pads), Value()});
  StoreSame(b, bytes, 7);
}

// (gradOutput, self, indices, ..., gradInput).
void MaxPool2dWithMaskBackward(Builder& b) {
  const Windows windows = WindowsAt(b, 3, 2);
  const Value dy = b.In(0);
  const Value x = b.In(1);
  b.CheckRank(dy, 0, 3, 4);
  b.CheckRank(x, 1, 3, 4);
  if (!b.ok()) return;
  const Mask mask = MaskOf(b, windows, x, b.ShapeOf(dy));
  const Value given = MaskAt(b, 2, mask);
  if (!b.ok()) return;
  const int64_t count = b.Extent(mask.places, 1);
  const Value bytes = b.Narrow(b.Reshape(given, mask.shape), 2, 0, count);
  const int64_t axes[] = {1};
  const Value weighed = b.Op("Mul", {b.Cast(bytes, kI32), mask.places});
  StoreGradient(b, b.Op("ReduceSum", {weighed, b.Constant(axes)}), 2);
}

// (self, indices, outputSize, ..., out): values where their places say, zeros
// elsewhere.
template <size_t kAxes>
void MaxUnpool(Builder& b) {
  Numbers size = SizeAt(b, 2, kAxes);
  int64_t plane = 1;
  for (int64_t extent : size) plane *= extent;
  const Value x = PlanesOf(b, b.In(0), 0, kAxes);
  const Value places = PlacesAt(b, 1, kAxes);
  b.CheckShape(places, 1, b.ShapeOf(x));
  const DataType type = CarrierOf(b, "ScatterElements", b.TypeOf(x));
  StoreSame(b, Spread(b, b.Cast(x, type), places, plane, "none"),
            b.OutputArg());
}

// (gradOutput, self, indices, outputSize, ..., out).
template <size_t kAxes>
void MaxUnpoolBackward(Builder& b) {
  const Value dy = PlanesOf(b, b.In(0), 0, kAxes);
  const Value places = PlacesAt(b, 2, kAxes);
  b.CheckShape(PlanesOf(b, b.In(1), 1, kAxes), 1, b.ShapeOf(places));
  StoreSame(b, b.Op("GatherElements", {dy, places}, AxisAttr("dim", 1)),
            b.OutputArg());
}

constexpr NnOp kOps[] = {
    {"MaxPool2dWithIndices", MaxPool2dWithIndices},
    {"MaxPool2dWithIndicesBackward", Backward<2>},
    {"MaxPool2dWithMask", MaxPool2dWithMask, nullptr,
     "indices are for the backward operator alone"},
    {"MaxPool2dWithMaskBackward", MaxPool2dWithMaskBackward},
    {"MaxPool3dWithArgmax", MaxPool3dWithArgmax},
    {"MaxPool3dWithArgmaxBackward", Backward<3>},
    {"AdaptiveMaxPool2d", AdaptiveMaxPool2d},
    {"AdaptiveMaxPool2dBackward", Backward<2>},
    {"AdaptiveMaxPool3d", AdaptiveMaxPool3d},
    {"AdaptiveMaxPool3dBackward", Backward<3>},
    {"GlobalMaxPool", GlobalMaxPool},
    {"MaxUnpool2d", MaxUnpool<2>},
    {"MaxUnpool2dBackward", MaxUnpoolBackward<2>},
    {"MaxUnpool3d", MaxUnpool<3>},
    {"MaxUnpool3dBackward", MaxUnpoolBackward<3>},
};

}  // namespace

std::span<const NnOp> MaximaOps() { return kOps; }

}  // namespace npuemu::shim::nn
