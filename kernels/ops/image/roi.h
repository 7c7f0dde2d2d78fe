// File: roi.h
// Regions of images: a list of (image, x1, y1, x2, y2), as rows [n, 5], or as
// columns of batches [b, 5, n]. Thread-safe (pure).

#ifndef KERNELS_OPS_IMAGE_ROI_H_
#define KERNELS_OPS_IMAGE_ROI_H_

#include <cmath>
#include <string>

#include "kernels/op/primitives.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/pixels.h"

namespace npuemu::kernels {

// How many; an error is about input `rois`, which is number 1.
inline OpStatus CountRois(const OpCall& call, bool rows_only, int64_t* count) {
  const Shape& shape = InputOr(call, 1).shape;
  const bool rows = shape.size() == 2 && shape[1] == 5;
  const bool columns = !rows_only && shape.size() == 3 && shape[1] == 5;
  if (!rows && !columns) {
    return OpError(call, "input rois shape", ToString(shape),
                   rows_only ? "[n,5]" : "[n,5] or [b,5,n]");
  }
  *count = rows ? shape[0] : ElementCount({shape[0], shape[2]});
  if (*count >= 0) return {};
  return OpError(call, "input rois shape", ToString(shape), "fewer regions");
}

struct Roi {
  int64_t image;  // -1 if there is no such image
  float v[4];     // x1, y1, x2, y2
};

inline Roi ReadRoi(const OpCall& call, const Reader& rois, int64_t i,
                   int64_t images) {
  const Shape& shape = call.inputs[1].shape;
  float v[5];
  for (int64_t k = 0; k < 5; ++k) {
    const int64_t at = shape.size() == 2
                           ? i * 5 + k
                           : (i / shape[2] * 5 + k) * shape[2] + i % shape[2];
    v[k] = rois(at);
  }
  const float image = Trunc(v[0]);
  const bool found = image >= 0 && image < static_cast<float>(images);
  return {found ? static_cast<int64_t>(image) : -1, {v[1], v[2], v[3], v[4]}};
}

// A whole f32 clamped to [0, most]; NaN is 0.
inline int64_t ClampIndex(float whole, int64_t most) {
  if (!(whole > 0)) return 0;
  return whole >= static_cast<float>(most) ? most : static_cast<int64_t>(whole);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_IMAGE_ROI_H_
