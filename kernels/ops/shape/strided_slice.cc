// The counting of strided slices, after TensorFlow's documentation of
// tf.strided_slice; a begin or end beyond the axis is clamped as in numpy.

#include "kernels/ops/shape/strided_slice.h"

#include <algorithm>

#include "kernels/op/axes.h"

namespace npuemu::kernels {
namespace {

bool Bit(int64_t mask, size_t i) { return i < 63 && (mask >> i & 1) != 0; }

// A place given by the program, from the end if negative, clamped to
// [low, high].
int64_t Clamped(int64_t place, int64_t extent, int64_t low, int64_t high) {
  return std::clamp(place < 0 ? place + extent : place, low, high);
}

// Entry i of the spec on an axis of `extent`.
OpStatus PartOf(const OpCall& call, const SliceSpec& spec, size_t i,
                int64_t extent, SlicePart* part) {
  const int64_t stride = spec.strides[i];
  if (Bit(spec.shrink_axis_mask, i)) {
    const int64_t place =
        spec.begin[i] < 0 ? spec.begin[i] + extent : spec.begin[i];
    if (place < 0 || place >= extent || stride <= 0) {
      return OpError(
          call, "begin with shrink_axis_mask",
          std::to_string(spec.begin[i]) + " by " + std::to_string(stride),
          "a place of the axis of " + std::to_string(extent) +
              " and a positive stride");
    }
    *part = {place, 1, 1, false, true};
    return {};
  }
  const bool forward = stride > 0;
  const int64_t low = forward ? 0 : -1;
  const int64_t high = forward ? extent : extent - 1;
  int64_t begin = forward ? low : high;
  int64_t end = forward ? high : low;
  if (!Bit(spec.begin_mask, i)) {
    begin = Clamped(spec.begin[i], extent, low, high);
  }
  if (!Bit(spec.end_mask, i)) end = Clamped(spec.end[i], extent, low, high);
  // Beyond the extent all strides take one place.
  const int64_t most = std::max<int64_t>(extent, 1);
  const int64_t step = std::clamp(stride, -most, most);
  const int64_t span = forward ? end - begin : begin - end;
  const int64_t size = forward ? step : -step;
  *part = {begin, step, span <= 0 ? 0 : 1 + (span - 1) / size};
  return {};
}

OpStatus CheckSpec(const OpCall& call, const SliceSpec& spec) {
  const size_t entries = spec.begin.size();
  OpStatus s = CheckLength(call, "end", spec.end.size(), entries);
  if (s.ok()) s = CheckLength(call, "strides", spec.strides.size(), entries);
  if (!s.ok()) return s;
  for (int64_t stride : spec.strides) {
    if (stride == 0) {
      return OpError(call, "strides", ToString(spec.strides), "no 0");
    }
  }
  int ellipses = 0;
  for (size_t i = 0; i < 63; ++i) ellipses += Bit(spec.ellipsis_mask, i);
  if (ellipses > 1 || spec.ellipsis_mask < 0) {
    return OpError(call, "attribute ellipsis_mask",
                   std::to_string(spec.ellipsis_mask), "one bit at most");
  }
  return {};
}

// The places of an axis that the slice takes, and fill between them.
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

}  // namespace

OpStatus SliceParts(const OpCall& call, const SliceSpec& spec, const Shape& x,
                    std::vector<SlicePart>* parts) {
  if (OpStatus s = CheckSpec(call, spec); !s.ok()) return s;
  const size_t entries = spec.begin.size();
  size_t taken = 0;  // axes of x that entries other than the ellipsis name
  for (size_t i = 0; i < entries; ++i) {
    const bool ellipsis = Bit(spec.ellipsis_mask, i);
    if (!ellipsis && !Bit(spec.new_axis_mask, i)) ++taken;
  }
  if (taken > x.size()) {
    return OpError(call, "begin", std::to_string(taken) + " axes",
                   "those of " + ToString(x));
  }
  size_t d = 0;
  for (size_t i = 0; i < entries; ++i) {
    SlicePart part;
    if (Bit(spec.ellipsis_mask, i)) {
      for (size_t k = taken; k < x.size(); ++k) {
        parts->push_back({0, 1, x[d++]});
      }
      continue;
    }
    if (Bit(spec.new_axis_mask, i)) {
      part.inserted = true;
    } else if (OpStatus s = PartOf(call, spec, i, x[d++], &part); !s.ok()) {
      return s;
    }
    parts->push_back(part);
  }
  while (d < x.size()) parts->push_back({0, 1, x[d++]});
  return {};
}

Shape ShapeOfParts(const std::vector<SlicePart>& parts) {
  Shape shape;
  for (const SlicePart& part : parts) {
    if (!part.shrunk) shape.push_back(part.count);
  }
  return shape;
}

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

void AddPlaces(const std::vector<SlicePart>& parts, const Shape& shape,
               const Shape& taken, AxisMap* map) {
  const IntList strides = SafeStrides(taken);
  size_t d = 0;
  size_t e = 0;
  for (const SlicePart& part : parts) {
    const int64_t stride = part.shrunk ? 0 : strides[e++];
    if (part.inserted) continue;
    map->Add(PlacesOf(part, shape[d++], stride));
  }
}

void ReadMasks(const OpCall& call, SliceSpec* spec) {
  spec->begin_mask = IntAttr(call, "begin_mask");
  spec->end_mask = IntAttr(call, "end_mask");
  spec->ellipsis_mask = IntAttr(call, "ellipsis_mask");
  spec->new_axis_mask = IntAttr(call, "new_axis_mask");
  spec->shrink_axis_mask = IntAttr(call, "shrink_axis_mask");
}

}  // namespace npuemu::kernels
