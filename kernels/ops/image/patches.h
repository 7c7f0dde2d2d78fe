// File: patches.h
// Windows over height and width that are copied out of an image, or added up
// to one (docs/windows.md, Patches). Thread-safe (pure).

#ifndef KERNELS_OPS_IMAGE_PATCHES_H_
#define KERNELS_OPS_IMAGE_PATCHES_H_

#include <cstdint>

#include "kernels/op/op_def.h"
#include "kernels/ops/conv/layout.h"

namespace npuemu::kernels {

// Windows over height and width.
struct Patches {
  Image x;
  int64_t window[2] = {1, 1};
  int64_t stride[2] = {1, 1};
  int64_t dilation[2] = {1, 1};
  int64_t before[2] = {0, 0};
  int64_t after[2] = {0, 0};
  int64_t places[2] = {0, 0};

  int64_t taps() const { return window[0] * window[1]; }
};

// An attribute with one number for both dimensions, or two; four are [1, h, w,
// 1]. Each is from `least` to kMostExtent.
OpStatus PatchPair(const OpCall& call, const char* name, int64_t least,
                   int64_t (*pair)[2]);

// The places of windows: as many as fit, or those of SAME with its padding.
OpStatus SetPatchPlaces(const OpCall& call, bool same, Patches* p);

// The element of x under a tap of a place, without n and c; -1 outside.
int64_t Under(const Patches& p, int64_t place, int64_t tap);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_IMAGE_PATCHES_H_
