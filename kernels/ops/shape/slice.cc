// Operators that cut a box out of x: Slice, SliceD, SliceDV2, SliceWithAxes,
// Crop. Any format is read as row-major; bits are copied.

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Along axes[i]: size[i] places from offsets[i] on; -1 is all that are left.
// All other axes stay whole.
OpStatus Cut(const OpCall& call, const std::string& of, const IntList& axes,
             const IntList& offsets, const IntList& size, Move* move) {
  const Shape& x = call.inputs[0].shape;
  OpStatus s = CheckLength(call, of + " offsets", offsets.size(), axes.size());
  if (!s.ok()) return s;
  s = CheckLength(call, of + " size", size.size(), axes.size());
  if (!s.ok()) return s;
  std::vector<bool> marked;
  s = MarkAxes(call, "attribute axes", axes, x.size(), &marked);
  if (!s.ok()) return s;
  Shape start(x.size(), 0);
  move->y = call.inputs[0];
  for (size_t i = 0; i < axes.size(); ++i) {
    size_t d = 0;
    s = AxisOf(call, "attribute axes", axes[i], x.size(), &d);
    if (!s.ok()) return s;
    if (offsets[i] < 0 || offsets[i] > x[d]) {
      return OpError(call, of + " offsets", ToString(offsets),
                     "numbers from 0 to the extents " + ToString(x));
    }
    const int64_t left = x[d] - offsets[i];
    if (size[i] < -1 || size[i] > left) {
      return OpError(call, of + " size", ToString(size),
                     "-1, or numbers from 0 to what the offsets leave");
    }
    start[d] = offsets[i];
    move->y.shape[d] = size[i] == -1 ? left : size[i];
  }
  const IntList strides = SafeStrides(x);
  for (size_t d = 0; d < x.size(); ++d) {
    move->map.Add({{move->y.shape[d], start[d] * strides[d], strides[d]}});
  }
  return {};
}

IntList AllAxes(const OpCall& call) {
  IntList axes(call.inputs[0].shape.size());
  for (size_t d = 0; d < axes.size(); ++d) axes[d] = static_cast<int64_t>(d);
  return axes;
}

OpStatus CutByInputs(const OpCall& call, const Operands* operands,
                     const IntList& axes, Move* move) {
  IntList offsets;
  IntList size;
  if (OpStatus s = ReadInts(call, 1, operands, &offsets); !s.ok()) return s;
  if (OpStatus s = ReadInts(call, 2, operands, &size); !s.ok()) return s;
  return Cut(call, "input", axes, offsets, size, move);
}

OpStatus PlanSlice(const OpCall& call, const Operands* operands, Move* move) {
  return CutByInputs(call, operands, AllAxes(call), move);
}

OpStatus PlanSliceWithAxes(const OpCall& call, const Operands* operands,
                           Move* move) {
  return CutByInputs(call, operands, IntsAttr(call, "axes"), move);
}

OpStatus PlanSliceD(const OpCall& call, const Operands*, Move* move) {
  return Cut(call, "attribute", AllAxes(call), IntsAttr(call, "offsets"),
             IntsAttr(call, "size"), move);
}

OpStatus PlanSliceDV2(const OpCall& call, const Operands* operands,
                      Move* move) {
  IntList offsets;
  if (OpStatus s = ReadInts(call, 1, operands, &offsets); !s.ok()) return s;
  return Cut(call, "offsets or size:", AllAxes(call), offsets,
             IntsAttr(call, "size"), move);
}

// Caffe's: from attribute axis on, the extents are those of input size, and
// the offsets are one for all or one for each.
OpStatus PlanCrop(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const Shape& size = call.inputs[1].shape;
  size_t first = 0;
  OpStatus s = AxisOf(call, "attribute axis",
                      AttrOr<int64_t>(call.attrs, "axis", 2), x.size(), &first);
  if (!s.ok()) return s;
  if (size.size() != x.size()) {
    return OpError(call, "input size shape", ToString(size),
                   "the rank of " + ToString(x));
  }
  IntList offsets = IntsAttr(call, "offsets");
  if (offsets.size() == 1) offsets.resize(x.size() - first, offsets[0]);
  IntList axes;
  IntList extents;
  for (size_t d = first; d < x.size(); ++d) {
    axes.push_back(static_cast<int64_t>(d));
    extents.push_back(size[d]);
  }
  return Cut(call, "attribute", axes, offsets, extents, move);
}

}  // namespace

MOVE(Slice, PlanSlice, 1, 2)
MOVE(SliceD, PlanSliceD)
MOVE(SliceDV2, PlanSliceDV2, 1)
MOVE(SliceWithAxes, PlanSliceWithAxes, 1, 2)
MOVE(Crop, PlanCrop)

}  // namespace npuemu::kernels
