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

// Entry i, with its bits of the masks, moves to the place of axes[i]; axes
// without an entry stay whole.
OpStatus SpreadOverAxes(const OpCall& call, const IntList& axes,
                        SliceSpec* spec) {
  const size_t rank = call.inputs[0].shape.size();
  OpStatus s = CheckLength(call, "input axes", axes.size(), spec->begin.size());
  if (s.ok()) s = CheckLength(call, "end", spec->end.size(), axes.size());
  if (s.ok())
    s = CheckLength(call, "strides", spec->strides.size(), axes.size());
  std::vector<bool> marked;
  if (s.ok()) s = MarkAxes(call, "input axes", axes, rank, &marked);
  if (!s.ok()) return s;
  if (rank > 60 || spec->ellipsis_mask != 0 || spec->new_axis_mask != 0) {
    return OpError(call, "input axes", "present",
                   "none beside ellipsis_mask or new_axis_mask");
  }
  SliceSpec spread{IntList(rank, 0), IntList(rank, 0), IntList(rank, 1)};
  const int64_t whole = (int64_t{1} << rank) - 1;
  spread.begin_mask = whole;
  spread.end_mask = whole;
  for (size_t i = 0; i < axes.size(); ++i) {
    size_t d = 0;
    s = AxisOf(call, "input axes", axes[i], rank, &d);
    if (!s.ok()) return s;
    spread.begin[d] = spec->begin[i];
    spread.end[d] = spec->end[i];
    spread.strides[d] = spec->strides[i];
    const int64_t bit = int64_t{1} << d;
    if ((spec->begin_mask >> i & 1) == 0) spread.begin_mask &= ~bit;
    if ((spec->end_mask >> i & 1) == 0) spread.end_mask &= ~bit;
    if ((spec->shrink_axis_mask >> i & 1) != 0) spread.shrink_axis_mask |= bit;
  }
  *spec = spread;
  return {};
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

// Axis by axis, places of x that the slice took, and fill between them.
AxisRuns PlacesOf(const SlicePart& part, int64_t extent, int64_t stride) {
  if (part.count == 0) return {FillRun(extent)};
  const int64_t size = part.step < 0 ? -part.step : part.step;
  int64_t first = part.start;
  if (part.step < 0) first -= (part.count - 1) * size;
  AxisRuns runs = {FillRun(first)};
  int64_t next = first;
  for (int64_t i = 0; i < part.count; ++i) {
    if (size > 1 && i > 0) {
      runs.push_back(FillRun(size - 1));
      next += size - 1;
    }
    const int64_t k = part.step < 0 ? part.count - 1 - i : i;
    runs.push_back({1, k * stride, 0});
    ++next;
  }
  runs.push_back(FillRun(extent - next));
  return runs;
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
  const IntList strides = SafeStrides(dy.shape);
  size_t d = 0;
  size_t e = 0;
  for (const SlicePart& part : parts) {
    const int64_t stride = part.shrunk ? 0 : strides[e++];
    if (part.inserted) continue;
    move->map.Add(PlacesOf(part, shape[d++], stride));
  }
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
