// Which places of x make a place of the result: in f32, of areas in whole
// numbers (docs/windows.md, Resizing).

#include <algorithm>
#include <cmath>

#include "kernels/op/primitives.h"
#include "kernels/ops/image/resize.h"

namespace npuemu::kernels {
namespace {

float Coordinate(const ResizeMode& mode, int64_t out, float scale, int64_t o) {
  const auto place = static_cast<float>(o);
  switch (mode.coordinates) {
    case Coordinates::kHalfPixel:
      return (place + 0.5f) * scale - 0.5f;
    case Coordinates::kPytorchHalfPixel:
      return out > 1 ? (place + 0.5f) * scale - 0.5f : 0.0f;
    case Coordinates::kHalfOnly:
      return (place + 0.5f) * scale;
    default:
      return place * scale;
  }
}

// A whole f32 as an index of [0, size).
int64_t IndexOf(float whole, int64_t size) {
  if (!(whole > 0)) return 0;
  if (whole >= static_cast<float>(size)) return size - 1;
  return std::min(static_cast<int64_t>(whole), size - 1);
}

float Rounded(TapRounding rounding, float c) {
  switch (rounding) {
    case TapRounding::kFloor:
      return Floor(c);
    case TapRounding::kCeil:
      return Ceil(c);
    case TapRounding::kAway:
      return Round(c);
    case TapRounding::kPreferFloor:
      return Ceil(c - 0.5f);
    case TapRounding::kPreferCeil:
      break;
  }
  return Floor(c + 0.5f);
}

Taps Linear(int64_t in, float c) {
  const auto last = static_cast<float>(in - 1);
  const float at = Min(Max(c, 0.0f), last);
  const float low = Floor(at);
  const float part = at - low;
  const int64_t first = IndexOf(low, in);
  if (!(part > 0) || first + 1 >= in) return {{first, 1.0f}};
  return {{first, 1.0f - part}, {first + 1, part}};
}

// Keys' function at distance d, 0 <= d < 2.
float Keys(float a, float d) {
  if (d <= 1.0f) return ((a + 2.0f) * d - (a + 3.0f)) * d * d + 1.0f;
  return ((a * d - 5.0f * a) * d + 8.0f * a) * d - 4.0f * a;
}

Taps Cubic(const ResizeMode& mode, int64_t in, float c) {
  const float low = Floor(c);
  float part = c - low;
  if (mode.quantized) part = Rint(part * 1024.0f) / 1024.0f;
  const float weights[] = {
      Keys(mode.cubic, part + 1.0f), Keys(mode.cubic, part),
      Keys(mode.cubic, 1.0f - part), Keys(mode.cubic, 2.0f - part)};
  Taps taps;
  float sum = 0.0f;
  for (int k = 0; k < 4; ++k) {
    const float at = low + static_cast<float>(k - 1);
    const bool outside = at < 0 || at > static_cast<float>(in - 1);
    if (mode.excludes_outside && outside) continue;
    taps.push_back({IndexOf(at, in), weights[k]});
    sum = sum + weights[k];
  }
  if (mode.excludes_outside) {
    for (Tap& tap : taps) tap.weight = static_cast<float>(tap.weight) / sum;
  }
  return taps;
}

struct Ratio {
  int64_t in;
  int64_t out;
};

Ratio RatioOf(const ResizeMode& mode, int64_t in, int64_t out) {
  if (mode.coordinates == Coordinates::kAlignCorners && out > 1) {
    return {in - 1, out - 1};
  }
  return {in, out};
}

// How much of [o * in, (o + 1) * in) each place [i * out, (i + 1) * out)
// covers, in whole numbers; what lies behind x is the last place's.
Taps Area(Ratio ratio, int64_t size, int64_t o) {
  const int64_t length = std::max<int64_t>(ratio.in, 1);
  const int64_t begin = o * length;
  const int64_t end = begin + length;
  Taps taps;
  for (int64_t i = std::min(begin / ratio.out, size - 1);
       i < size && (taps.empty() || i * ratio.out < end); ++i) {
    const int64_t from = std::max(i * ratio.out, begin);
    const int64_t to = i + 1 == size ? end : std::min((i + 1) * ratio.out, end);
    taps.push_back({i, static_cast<double>(to - from)});
  }
  return taps;
}

}  // namespace

float ScaleOf(const ResizeMode& mode, int64_t in, int64_t out) {
  const Ratio ratio = RatioOf(mode, in, out);
  return static_cast<float>(ratio.in) / static_cast<float>(ratio.out);
}

Taps TapsOf(const ResizeMode& mode, int64_t in, int64_t out, float scale,
            int64_t o) {
  if (mode.interpolation == Interpolation::kArea) {
    return Area(RatioOf(mode, in, out), in, o);
  }
  const float c = Coordinate(mode, out, scale, o);
  switch (mode.interpolation) {
    case Interpolation::kLinear:
      return Linear(in, c);
    case Interpolation::kCubic:
      return Cubic(mode, in, c);
    default:
      return {{IndexOf(Rounded(mode.rounding, c), in), 1.0f}};
  }
}

}  // namespace npuemu::kernels
