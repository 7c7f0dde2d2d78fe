// Operators that keep all elements in their order: Reshape, ExpandDims,
// Squeeze, Unsqueeze, Flatten and their versions, Identity, TensorMove; and
// OnesLike. Any format is read as row-major; bits are copied.

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// All elements of input 0 under another shape.
OpStatus Keep(const OpCall& call, Shape shape, Move* move) {
  move->y = call.inputs[0];
  move->map.Step(move->y.count(), 1);
  move->y.shape = std::move(shape);
  return {};
}

OpStatus Same(const OpCall& call, const Operands*, Move* move) {
  return Keep(call, call.inputs[0].shape, move);
}

OpStatus Ones(const OpCall& call, const Operands*, Move* move) {
  move->y = call.inputs[0];
  move->map.Step(move->y.count(), 0);
  move->constant = true;
  move->value = NumberBits(move->y.dtype, 1);
  return {};
}

// Extents x[first, last) become `shape`, of which one may be -1, and a 0 stands
// for the extent of x at its place unless x is empty.
OpStatus ReshapePart(const OpCall& call, const Shape& given, size_t first,
                     size_t last, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const int64_t total = Product(x, first, last);
  Shape shape = given;
  size_t open = shape.size();
  int64_t known = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && total != 0 && first + i < last)
      shape[i] = x[first + i];
    if (shape[i] == -1 && open == shape.size()) {
      open = i;
    } else if (shape[i] < 0 ||
               __builtin_mul_overflow(known, shape[i], &known)) {
      return OpError(call, "input shape", ToString(given),
                     "extents >= 0, and -1 at most once");
    }
  }
  if (open < shape.size()) shape[open] = known == 0 ? 0 : total / known;
  if (Product(shape, 0, shape.size()) != total) {
    return OpError(call, "input shape", ToString(given),
                   "as many elements as " + ToString(x));
  }
  Shape y(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(first));
  y.insert(y.end(), shape.begin(), shape.end());
  y.insert(y.end(), x.begin() + static_cast<std::ptrdiff_t>(last), x.end());
  return Keep(call, std::move(y), move);
}

OpStatus PlanReshape(const OpCall& call, const Operands* operands, Move* move) {
  const size_t rank = call.inputs[0].shape.size();
  IntList shape;
  if (OpStatus s = ReadInts(call, 1, operands, &shape); !s.ok()) return s;
  const int64_t axis = IntAttr(call, "axis");
  const int64_t num_axes = AttrOr<int64_t>(call.attrs, "num_axes", -1);
  const auto limit = static_cast<int64_t>(rank);
  const int64_t first = axis < 0 ? axis + limit + 1 : axis;
  if (first < 0 || first > limit) {
    return OpError(call, "attribute axis", std::to_string(axis),
                   "an axis of " + ToString(call.inputs[0].shape));
  }
  if (num_axes < -1 || num_axes > limit - first) {
    return OpError(call, "attribute num_axes", std::to_string(num_axes),
                   "-1, or axes from " + std::to_string(first) + " on");
  }
  const int64_t last = num_axes == -1 ? limit : first + num_axes;
  return ReshapePart(call, shape, static_cast<size_t>(first),
                     static_cast<size_t>(last), move);
}

// Extents of 1 at places `axes` of the output.
OpStatus Insert(const OpCall& call, const std::string& argument,
                const IntList& axes, Move* move) {
  const Shape& x = call.inputs[0].shape;
  std::vector<bool> marked;
  OpStatus status =
      MarkAxes(call, argument, axes, x.size() + axes.size(), &marked);
  if (!status.ok()) return status;
  Shape y;
  size_t next = 0;
  for (const bool inserted : marked) y.push_back(inserted ? 1 : x[next++]);
  return Keep(call, std::move(y), move);
}

// Without the extents of 1 at `axes`; with none given, without all of them.
OpStatus Remove(const OpCall& call, const std::string& argument,
                const IntList& axes, Move* move) {
  const Shape& x = call.inputs[0].shape;
  std::vector<bool> marked;
  OpStatus status = MarkAxes(call, argument, axes, x.size(), &marked);
  if (!status.ok()) return status;
  Shape y;
  for (size_t d = 0; d < x.size(); ++d) {
    if (marked[d] && x[d] != 1) {
      return OpError(call, argument, std::to_string(d),
                     "an extent of 1 in " + ToString(x));
    }
    if (axes.empty() ? x[d] != 1 : !marked[d]) y.push_back(x[d]);
  }
  return Keep(call, std::move(y), move);
}

OpStatus PlanExpandDims(const OpCall& call, const Operands* operands,
                        Move* move) {
  int64_t axis = 0;
  if (OpStatus s = ReadInt(call, 1, operands, &axis); !s.ok()) return s;
  return Insert(call, "input axis", {axis}, move);
}

OpStatus PlanUnsqueeze(const OpCall& call, const Operands*, Move* move) {
  const char* name = call.op->attrs[0].name;
  return Insert(call, AttrName(name), IntsAttr(call, name), move);
}

OpStatus PlanUnsqueezeV3(const OpCall& call, const Operands* operands,
                         Move* move) {
  IntList axes;
  if (OpStatus s = ReadInts(call, 1, operands, &axes); !s.ok()) return s;
  return Insert(call, "input axes", axes, move);
}

OpStatus PlanSqueeze(const OpCall& call, const Operands*, Move* move) {
  return Remove(call, "attribute axis", IntsAttr(call, "axis"), move);
}

OpStatus PlanSqueezeV3(const OpCall& call, const Operands* operands,
                       Move* move) {
  IntList axes;
  if (Has(call, 1)) {
    if (OpStatus s = ReadInts(call, 1, operands, &axes); !s.ok()) return s;
  }
  return Remove(call, "input axes", axes, move);
}

// Two extents: those before axis and those from it on (ONNX).
OpStatus PlanFlatten(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const int64_t axis = AttrOr<int64_t>(call.attrs, "axis", 1);
  const auto limit = static_cast<int64_t>(x.size());
  if (axis < -limit || axis > limit) {
    return OpError(call, "attribute axis", std::to_string(axis),
                   "an axis of " + ToString(x) + " or its rank");
  }
  const auto at = static_cast<size_t>(axis < 0 ? axis + limit : axis);
  return Keep(call, {Product(x, 0, at), Product(x, at, x.size())}, move);
}

// Extents from axis to end_axis as one (PyTorch); a scalar has one element.
OpStatus PlanFlattenV2(const OpCall& call, const Operands*, Move* move) {
  Shape x = call.inputs[0].shape;
  if (x.empty()) x = {1};
  size_t first = 0;
  size_t last = 0;
  OpStatus status =
      AxisOf(call, "attribute axis", AttrOr<int64_t>(call.attrs, "axis", 1),
             x.size(), &first);
  if (!status.ok()) return status;
  const int64_t end = AttrOr<int64_t>(call.attrs, "end_axis", -1);
  status = AxisOf(call, "attribute end_axis", end, x.size(), &last);
  if (!status.ok()) return status;
  if (last < first) {
    return OpError(call, "attribute end_axis", std::to_string(end),
                   "axis or one after it");
  }
  Shape y(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(first));
  y.push_back(Product(x, first, last + 1));
  y.insert(y.end(), x.begin() + static_cast<std::ptrdiff_t>(last) + 1, x.end());
  return Keep(call, std::move(y), move);
}

}  // namespace

MOVE(Identity, Same)
MOVE(TensorMove, Same)
MOVE(OnesLike, Ones)
MOVE(Reshape, PlanReshape, 1)
MOVE(ExpandDims, PlanExpandDims, 1)
MOVE(Unsqueeze, PlanUnsqueeze)
MOVE(UnsqueezeV2, PlanUnsqueeze)
MOVE(UnsqueezeV3, PlanUnsqueezeV3, 1)
MOVE(Squeeze, PlanSqueeze)
MOVE(SqueezeV2, PlanSqueeze)
MOVE(SqueezeV3, PlanSqueezeV3, 1)
MOVE(Flatten, PlanFlatten)
MOVE(FlattenV2, PlanFlattenV2)

}  // namespace npuemu::kernels
