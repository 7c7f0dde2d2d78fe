// File: strided_slice.h
// The places that a strided slice takes, as TensorFlow and numpy count them.

#ifndef KERNELS_OPS_SHAPE_STRIDED_SLICE_H_
#define KERNELS_OPS_SHAPE_STRIDED_SLICE_H_

#include <string>
#include <vector>

#include "kernels/op/move.h"

namespace npuemu::kernels {

// begin, end and strides as given; bits of the masks belong to their places.
struct SliceSpec {
  IntList begin;
  IntList end;
  IntList strides;
  int64_t begin_mask = 0;
  int64_t end_mask = 0;
  int64_t ellipsis_mask = 0;
  int64_t new_axis_mask = 0;
  int64_t shrink_axis_mask = 0;
};

// `count` places along an axis, from `start` on, `step` apart. `inserted` is
// an extent of 1 that x does not have, `shrunk` one that the output has not.
struct SlicePart {
  int64_t start = 0;
  int64_t step = 1;
  int64_t count = 1;
  bool inserted = false;
  bool shrunk = false;
};

// One part for each axis of x, and the inserted ones where they stand.
OpStatus SliceParts(const OpCall& call, const SliceSpec& spec, const Shape& x,
                    std::vector<SlicePart>* parts);

// The shape of what the parts take.
Shape ShapeOfParts(const std::vector<SlicePart>& parts);

// Entry i, with its bits of the masks, moves to the place of axes[i]; axes
// without an entry stay whole.
OpStatus SpreadOverAxes(const OpCall& call, const IntList& axes,
                        SliceSpec* spec);

// The way back: a tensor of `shape` has, at the places that the parts take, the
// elements of what they take, of shape `taken`, and fill elsewhere.
void AddPlaces(const std::vector<SlicePart>& parts, const Shape& shape,
               const Shape& taken, AxisMap* map);

// The masks among the attributes.
void ReadMasks(const OpCall& call, SliceSpec* spec);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_SHAPE_STRIDED_SLICE_H_
