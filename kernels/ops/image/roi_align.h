// File: roi_align.h
// Where ROIAlign takes samples of a region, and what they are made of: the
// steps of docs/windows.md, Regions. Thread-safe (pure).

#ifndef KERNELS_OPS_IMAGE_ROI_ALIGN_H_
#define KERNELS_OPS_IMAGE_ROI_ALIGN_H_

#include <algorithm>

#include "kernels/ops/image/roi.h"

namespace npuemu::kernels {

// More samples than this along one side of a bin are not taken.
inline constexpr int64_t kMostSamples = 256;

struct Align {
  Image x;
  Image y;  // n counts regions
  float scale = 1;
  int64_t samples = 2;
  int64_t end_mode = 1;
  bool largest = false;
};

// Bins and samples along one side of a region.
struct Side {
  float start;
  float bin;
  int64_t samples;

  float At(int64_t bin_index, int64_t i) const {
    return start + static_cast<float>(bin_index) * bin +
           (static_cast<float>(i) + 0.5f) * bin / static_cast<float>(samples);
  }
};

inline Side SideOf(const Align& a, float from, float to, int64_t bins) {
  const float shift = a.end_mode == 2 ? 0.5f : 0.0f;
  const float more = a.end_mode == 1 ? 1.0f : 0.0f;
  Side side;
  side.start = from * a.scale - shift;
  float length = (to + more) * a.scale - shift - side.start;
  if (a.end_mode != 2) length = Max(length, 1.0f);
  side.bin = length / static_cast<float>(bins);
  side.samples = a.samples;
  if (a.samples == 0) {
    const int64_t wanted = ClampIndex(Ceil(side.bin), kMostSamples);
    side.samples = std::max<int64_t>(wanted, 1);
  }
  return side;
}

// The two places beside a coordinate; none if it is too far outside.
struct Beside {
  int64_t low = -1;
  int64_t high = -1;
  float part = 0;

  Beside(float c, int64_t size) {
    if (!(c >= -1.0f) || c > static_cast<float>(size)) return;
    c = Max(c, 0.0f);
    low = ClampIndex(Trunc(c), size - 1);
    high = std::min(low + 1, size - 1);
    part = low == size - 1 ? 0.0f : c - static_cast<float>(low);
  }
};

struct Corners {
  int64_t at[4];
  float weight[4];
  bool inside;

  Corners(const Image& x, float h, float w) {
    const Beside y(h, x.size[1]);
    const Beside z(w, x.size[2]);
    inside = y.low >= 0 && z.low >= 0;
    const int64_t row = x.size[2];
    at[0] = y.low * row + z.low;
    at[1] = y.low * row + z.high;
    at[2] = y.high * row + z.low;
    at[3] = y.high * row + z.high;
    weight[0] = (1.0f - y.part) * (1.0f - z.part);
    weight[1] = (1.0f - y.part) * z.part;
    weight[2] = y.part * (1.0f - z.part);
    weight[3] = y.part * z.part;
  }
};

struct Region {
  Roi roi;
  Side h;
  Side w;
};

inline Region RegionOf(const OpCall& call, const Align& a, const Reader& rois,
                       int64_t i) {
  const Roi roi = ReadRoi(call, rois, i, a.x.n);
  return {roi, SideOf(a, roi.v[1], roi.v[3], a.y.size[1]),
          SideOf(a, roi.v[0], roi.v[2], a.y.size[2])};
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_IMAGE_ROI_ALIGN_H_
