// Operators StridedSlice, StridedSliceD (TensorFlow), StridedSliceV2 and V3
// (ONNX: along named axes) and StridedSliceGrad. Any format is read as
// row-major; bits are copied, StridedSliceGrad fills with zero bits.

#include "kernels/op/axes.h"
#include "kernels/ops/shape/strided_slice.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus Take(const OpCall& call, const SliceSpec& spec, Move* move) {
  const Shape& x = call.inputs[0].shape;
  std::vector<SlicePart> parts;
  if (OpStatus s = SliceParts(call, spec, x, &parts); !s.ok()) return s;
  move->y = call.inputs[0];
  move->y.shape = ShapeOfParts(parts);
  const IntList strides = SafeStrides(x);
  size_t d = 0;
  for (const SlicePart& part : parts) {
    if (part.inserted) continue;
    const int64_t stride = strides[d++];
    // Steps reach beyond x only if one place is taken.
    const int64_t step = part.count > 1 ? part.step * stride : 0;
    move->map.Add({{part.count, part.start * stride, step}});
  }
  return {};
}

OpStatus ReadSlice(const OpCall& call, const Operands* operands, size_t first,
                   SliceSpec* spec) {
  OpStatus s = ReadInts(call, first, operands, &spec->begin);
  if (s.ok()) s = ReadInts(call, first + 1, operands, &spec->end);
  return s;
}

OpStatus PlanStridedSlice(const OpCall& call, const Operands* operands,
                          Move* move) {
  SliceSpec spec;
  ReadMasks(call, &spec);
  OpStatus s = ReadSlice(call, operands, 1, &spec);
  if (s.ok()) s = ReadInts(call, 3, operands, &spec.strides);
  return s.ok() ? Take(call, spec, move) : s;
}

SliceSpec SpecOfAttrs(const OpCall& call) {
  SliceSpec spec{IntsAttr(call, "begin"), IntsAttr(call, "end"),
                 IntsAttr(call, "strides")};
  ReadMasks(call, &spec);
  return spec;
}

OpStatus PlanStridedSliceD(const OpCall& call, const Operands*, Move* move) {
  return Take(call, SpecOfAttrs(call), move);
}

OpStatus PlanStridedSliceV2(const OpCall& call, const Operands* operands,
                            Move* move) {
  SliceSpec spec;
  ReadMasks(call, &spec);
  OpStatus s = ReadSlice(call, operands, 1, &spec);
  spec.strides.assign(spec.begin.size(), 1);
  if (s.ok() && Has(call, 4)) {
    spec.strides.clear();
    s = ReadInts(call, 4, operands, &spec.strides);
  }
  if (s.ok() && Has(call, 3)) {
    IntList axes;
    s = ReadInts(call, 3, operands, &axes);
    if (s.ok()) s = SpreadOverAxes(call, axes, &spec);
  }
  return s.ok() ? Take(call, spec, move) : s;
}

// The places start, start + stride, ... before end of the last axis.
OpStatus PlanSliceLastDim(const OpCall& call, const Operands*, Move* move) {
  SliceSpec spec{{0, IntAttr(call, "start")},
                 {0, IntAttr(call, "end")},
                 {1, AttrOr<int64_t>(call.attrs, "stride", 1)}};
  spec.ellipsis_mask = 1;
  return Take(call, spec, move);
}

// dy, input `source`, at the places that the slice takes of a tensor of
// `shape`, else zero.
OpStatus Spread(const OpCall& call, const Operands* operands,
                const Shape& shape, const SliceSpec& spec, size_t source,
                Move* move) {
  if (ElementCount(shape) < 0) {
    return OpError(call, "shape", ToString(shape),
                   "extents >= 0 whose product fits in int64");
  }
  std::vector<SlicePart> parts;
  OpStatus s = SliceParts(call, spec, shape, &parts);
  if (!s.ok()) return s;
  const TensorSpec& dy = call.inputs[source];
  if (dy.shape != ShapeOfParts(parts)) {
    return OpError(call, "input dy shape", ToString(dy.shape),
                   ToString(ShapeOfParts(parts)) + ", the slice");
  }
  move->source = source;
  move->y = dy;
  move->y.shape = shape;
  if (operands == nullptr || ElementCount(shape) == 0) return {};
  AddPlaces(parts, shape, dy.shape, &move->map);
  return {};
}

OpStatus PlanStridedSliceGrad(const OpCall& call, const Operands* operands,
                              Move* move) {
  SliceSpec spec;
  ReadMasks(call, &spec);
  Shape shape;
  OpStatus s = ReadInts(call, 0, operands, &shape);
  if (s.ok()) s = ReadSlice(call, operands, 1, &spec);
  if (s.ok()) s = ReadInts(call, 3, operands, &spec.strides);
  return s.ok() ? Spread(call, operands, shape, spec, 4, move) : s;
}

OpStatus PlanStridedSliceGradD(const OpCall& call, const Operands* operands,
                               Move* move) {
  return Spread(call, operands, IntsAttr(call, "shape"), SpecOfAttrs(call), 0,
                move);
}

}  // namespace

MOVE(StridedSlice, PlanStridedSlice, 1, 2, 3)
MOVE(StridedSliceD, PlanStridedSliceD)
MOVE(StridedSliceV2, PlanStridedSliceV2, 1, 2, 3, 4)
MOVE(StridedSliceV3, PlanStridedSliceV2, 1, 2, 3, 4)
MOVE(SliceLastDim, PlanSliceLastDim)
MOVE(StridedSliceGradD, PlanStridedSliceGradD)
MOVE(StridedSliceGrad, PlanStridedSliceGrad, 0, 1, 2, 3)

}  // namespace npuemu::kernels
