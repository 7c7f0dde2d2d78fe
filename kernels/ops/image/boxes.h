// File: boxes.h
// Boxes by two corners, and how much two of them overlap, in f32: the steps of
// docs/windows.md, Boxes. Pure.

#ifndef KERNELS_OPS_IMAGE_BOXES_H_
#define KERNELS_OPS_IMAGE_BOXES_H_

#include "kernels/op/primitives.h"

namespace npuemu::kernels {

struct Box {
  float x1;
  float y1;
  float x2;
  float y2;
};

// `extra` is 1 where a box ends with a whole pixel.
inline float AreaOf(const Box& b, float extra) {
  return (b.x2 - b.x1 + extra) * (b.y2 - b.y1 + extra);
}

inline float Intersection(const Box& a, const Box& b, float extra) {
  const float w = Max(Min(a.x2, b.x2) - Max(a.x1, b.x1) + extra, 0.0f);
  const float h = Max(Min(a.y2, b.y2) - Max(a.y1, b.y1) + extra, 0.0f);
  return w * h;
}

inline float Union(const Box& a, const Box& b, float intersection,
                   float extra) {
  return AreaOf(a, extra) + AreaOf(b, extra) - intersection;
}

inline float Overlap(const Box& a, const Box& b, float extra) {
  const float both = Intersection(a, b, extra);
  return both / Union(a, b, both, extra);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_IMAGE_BOXES_H_
