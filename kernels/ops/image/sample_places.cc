#include <algorithm>
#include <cmath>

#include "kernels/op/primitives.h"
#include "kernels/ops/image/sample.h"

namespace npuemu::kernels {

OpStatus MakeSampler(const OpCall& call, size_t x, int rank, bool cubic_too,
                     Sampler* s) {
  const std::string letters = rank == 2 ? "NCHW" : "NCDHW";
  OpStatus status =
      ImageOf(call, "input x", InputOr(call, x).shape, letters, &s->x);
  if (!status.ok()) return status;
  const Shape& grid = InputOr(call, x + 1).shape;
  bool valid = grid.size() == size_t(rank) + 2 && grid[0] == s->x.n &&
               grid.back() == rank;
  s->y = s->x;
  for (size_t d = 0; valid && d < size_t(rank); ++d) {
    s->y.size[3 - size_t(rank) + d] = grid[d + 1];
    valid = grid[d + 1] >= 0 && grid[d + 1] <= kMostExtent;
  }
  if (!valid) {
    return OpError(call, "input grid shape", ToString(grid),
                   rank == 2 ? "[N,H,W,2]" : "[N,D,H,W,3]");
  }
  if (RoomOf(ShapeOf(s->y, letters)) < 0 || s->x.places() == 0) {
    return OpError(call, "output shape", ToString(ShapeOf(s->y, letters)),
                   "some image, and a product of extents that fits in int64");
  }
  SetStrides(letters, &s->y);
  const auto mode = AttrOf<std::string>(call, "interpolation_mode");
  const bool cubic = rank == 2 && cubic_too;
  if (mode != "bilinear" && mode != "nearest" &&
      !(cubic && mode == "bicubic")) {
    return OpError(
        call, "attribute interpolation_mode", mode,
        cubic ? "bilinear, nearest or bicubic" : "bilinear or nearest");
  }
  s->mode = mode == "nearest"   ? SampleMode::kNearest
            : mode == "bicubic" ? SampleMode::kCubic
                                : SampleMode::kLinear;
  const auto fill = AttrOf<std::string>(call, "padding_mode");
  if (fill != "zeros" && fill != "border" && fill != "reflection") {
    return OpError(call, "attribute padding_mode", fill,
                   "zeros, border or reflection");
  }
  s->fill = fill == "zeros"    ? SampleFill::kZeros
            : fill == "border" ? SampleFill::kBorder
                               : SampleFill::kReflection;
  s->align = AttrOf<bool>(call, "align_corners");
  return {};
}

namespace {

// A coordinate and its slope.
struct Place {
  float at;
  float slope;
};

// c reflected between low / 2 and high / 2.
Place Reflected(Place c, float low, float high) {
  if (low == high) return {0.0f, 0.0f};
  const float least = low / 2.0f;
  const float span = (high - low) / 2.0f;
  const float from = Abs(c.at - least);
  const float sign = c.at < least ? -c.slope : c.slope;
  const float flips = Floor(from / span);
  const float extra = from - flips * span;
  const float half = flips * 0.5f;
  if (Floor(half) == half) return {extra + least, sign};
  return {span - extra + least, -sign};
}

// A coordinate of the grid as a place in `size` places.
Place PlaceOf(const Sampler& s, float g, int64_t size) {
  const auto places = static_cast<float>(size);
  if (s.align) return {(g + 1.0f) / 2.0f * (places - 1.0f), (places - 1) / 2};
  return {((g + 1.0f) * places - 1.0f) / 2.0f, places / 2};
}

// The place with what is beyond the image filled.
Place Filled(const Sampler& s, Place c, int64_t size) {
  const auto places = static_cast<float>(size);
  if (s.fill == SampleFill::kReflection) {
    c = s.align ? Reflected(c, 0.0f, 2.0f * (places - 1.0f))
                : Reflected(c, -1.0f, 2.0f * places - 1.0f);
  }
  if (s.fill != SampleFill::kZeros) {
    const bool inside = c.at > 0 && c.at < places - 1.0f;
    c.at = c.at != c.at ? 0.0f : Min(Max(c.at, 0.0f), places - 1.0f);
    if (!inside) c.slope = 0.0f;
  }
  return c;
}

int64_t Inside(float whole, int64_t size) {
  const bool inside = whole >= 0 && whole < static_cast<float>(size);
  return inside ? std::min(static_cast<int64_t>(whole), size - 1) : -1;
}

// Keys' function at distance d.
float Keys(float d) {
  constexpr float a = -0.75f;
  if (d <= 1.0f) return ((a + 2.0f) * d - (a + 3.0f)) * d * d + 1.0f;
  return ((a * d - 5.0f * a) * d + 8.0f * a) * d - 4.0f * a;
}

}  // namespace

Around AroundOf(const Sampler& s, float g, int64_t size) {
  Around around;
  const Place c = Filled(s, PlaceOf(s, g, size), size);
  if (s.mode == SampleMode::kNearest) {
    around.index[0] = Inside(Rint(c.at), size);
    around.weight[0] = 1.0f;
    return around;
  }
  const float low = Floor(c.at);
  around.index[0] = Inside(low, size);
  around.index[1] = Inside(low + 1.0f, size);
  around.weight[0] = low + 1.0f - c.at;
  around.weight[1] = c.at - low;
  around.slope = c.slope;
  return around;
}

CubicAround CubicAroundOf(const Sampler& s, float g, int64_t size) {
  const float c = PlaceOf(s, g, size).at;
  const float low = Floor(c);
  const float part = c - low;
  CubicAround around{
      {},
      {Keys(part + 1.0f), Keys(part), Keys(1.0f - part), Keys(2.0f - part)}};
  for (int k = 0; k < 4; ++k) {
    const float at = low + static_cast<float>(k - 1);
    around.index[k] = Inside(Filled(s, {at, 0.0f}, size).at, size);
  }
  return around;
}

}  // namespace npuemu::kernels
