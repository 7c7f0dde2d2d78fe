// Operators that repeat elements: BroadcastTo, Expand, Tile, RepeatInterleave
// and their versions. Any format is read as row-major; bits are copied.

#include <limits>

#include "kernels/op/axes.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// x under `shape`, aligned at the last extent; an extent of 1 is repeated.
OpStatus Broadcast(const OpCall& call, const Shape& shape, Move* move) {
  const Shape& x = call.inputs[0].shape;
  move->y = call.inputs[0];
  move->y.shape = shape;
  const IntList strides = SafeStrides(x);
  const size_t added = shape.size() - x.size();
  for (size_t d = 0; d < shape.size(); ++d) {
    const bool repeated = d < added || x[d - added] == 1;
    move->map.Step(shape[d], repeated ? 0 : strides[d - added]);
  }
  return {};
}

// To exactly `shape`, or, both ways (ONNX), to what the two broadcast to.
OpStatus BroadcastChecked(const OpCall& call, const std::string& argument,
                          const Shape& shape, bool both, Move* move) {
  const Shape& x = call.inputs[0].shape;
  if (ElementCount(shape) < 0) {
    return OpError(call, argument, ToString(shape),
                   "extents >= 0 whose product fits in int64");
  }
  const auto y = BroadcastShape(x, shape);
  if (!y || (!both && *y != shape)) {
    return OpError(call, argument, ToString(shape),
                   "a shape that " + ToString(x) + " broadcasts to");
  }
  return Broadcast(call, *y, move);
}

OpStatus PlanBroadcastTo(const OpCall& call, const Operands* operands,
                         Move* move) {
  IntList shape;
  if (OpStatus s = ReadInts(call, 1, operands, &shape); !s.ok()) return s;
  return BroadcastChecked(call, "input shape", shape, false, move);
}

OpStatus PlanExpand(const OpCall& call, const Operands* operands, Move* move) {
  IntList shape;
  if (OpStatus s = ReadInts(call, 1, operands, &shape); !s.ok()) return s;
  return BroadcastChecked(call, "input shape", shape, true, move);
}

OpStatus PlanExpandD(const OpCall& call, const Operands*, Move* move) {
  return BroadcastChecked(call, "attribute shape", IntsAttr(call, "shape"),
                          true, move);
}

OpStatus PlanBroadcastToD(const OpCall& call, const Operands*, Move* move) {
  return BroadcastChecked(call, "attribute shape", IntsAttr(call, "shape"),
                          false, move);
}

// The whole of x, multiples[d] times along each axis; more multiples than axes
// give x leading extents of 1.
OpStatus Tile(const OpCall& call, const std::string& argument,
              const IntList& multiples, Move* move) {
  Shape x = call.inputs[0].shape;
  if (multiples.size() < x.size()) {
    return CheckLength(call, argument, multiples.size(), x.size());
  }
  x.insert(x.begin(), multiples.size() - x.size(), 1);
  const IntList strides = SafeStrides(x);
  move->y = call.inputs[0];
  move->y.shape = x;
  for (size_t d = 0; d < x.size(); ++d) {
    if (multiples[d] < 0 ||
        __builtin_mul_overflow(x[d], multiples[d], &move->y.shape[d])) {
      return OpError(call, argument, ToString(multiples),
                     "numbers >= 0 that give an int64 extent");
    }
    move->map.Step(multiples[d], 0);
    move->map.Step(x[d], strides[d]);
  }
  return {};
}

OpStatus PlanTile(const OpCall& call, const Operands* operands, Move* move) {
  IntList multiples;
  if (OpStatus s = ReadInts(call, 1, operands, &multiples); !s.ok()) return s;
  return Tile(call, "input multiples", multiples, move);
}

OpStatus PlanTileD(const OpCall& call, const Operands*, Move* move) {
  return Tile(call, "attribute multiples", IntsAttr(call, "multiples"), move);
}

// Along one axis only.
OpStatus PlanTileWithAxis(const OpCall& call, const Operands*, Move* move) {
  IntList multiples(call.inputs[0].shape.size(), 1);
  size_t axis = 0;
  OpStatus s =
      AxisOf(call, "attribute axis", AttrOr<int64_t>(call.attrs, "axis", 1),
             multiples.size(), &axis);
  if (!s.ok()) return s;
  multiples[axis] = IntAttr(call, "tiles");
  return Tile(call, "attribute tiles", multiples, move);
}

// Places along one axis, each as often as repeats says.
OpStatus Repeated(const OpCall& call, const IntList& repeats, int64_t extent,
                  int64_t stride, AxisRuns* runs, int64_t* total) {
  *total = 0;
  for (int64_t i = 0; i < static_cast<int64_t>(repeats.size()); ++i) {
    const int64_t count = repeats[static_cast<size_t>(i)];
    if (count < 0 || __builtin_add_overflow(*total, count, total)) {
      return OpError(call, "input repeats", ToString(repeats),
                     "numbers >= 0 whose sum fits in int64");
    }
    if (count > 0) runs->push_back({count, i * stride, 0});
  }
  if (runs->empty()) runs->push_back({0});
  if (static_cast<int64_t>(repeats.size()) == extent) return {};
  return OpError(call, "input repeats",
                 std::to_string(repeats.size()) + " numbers",
                 "1 or " + std::to_string(extent));
}

// repeats has one number for all places or one for each. Axis 1000, the
// default, is the only axis of x taken as a row.
OpStatus PlanRepeatInterleave(const OpCall& call, const Operands* operands,
                              Move* move) {
  IntList repeats;
  if (OpStatus s = ReadInts(call, 1, operands, &repeats); !s.ok()) return s;
  move->y = call.inputs[0];
  Shape& y = move->y.shape;
  const int64_t axis = AttrOr<int64_t>(call.attrs, "axis", 1000);
  size_t d = 0;
  if (axis == 1000) {
    y = {call.inputs[0].count()};
  } else if (OpStatus s = AxisOf(call, "attribute axis", axis, y.size(), &d);
             !s.ok()) {
    return s;
  }
  const IntList strides = SafeStrides(y);
  for (size_t k = 0; k < d; ++k) move->map.Step(y[k], strides[k]);
  if (repeats.size() == 1) {
    move->map.Step(y[d], strides[d]);
    move->map.Step(repeats[0], 0);
    if (repeats[0] < 0 || __builtin_mul_overflow(y[d], repeats[0], &y[d])) {
      return OpError(call, "input repeats", ToString(repeats),
                     "a number >= 0 that gives an int64 extent");
    }
  } else {
    AxisRuns runs;
    OpStatus s = Repeated(call, repeats, y[d], strides[d], &runs, &y[d]);
    if (!s.ok()) return s;
    move->map.Add(std::move(runs));
  }
  for (size_t k = d + 1; k < y.size(); ++k) move->map.Step(y[k], strides[k]);
  return {};
}

}  // namespace

MOVE(BroadcastTo, PlanBroadcastTo, 1)
MOVE(BroadcastToD, PlanBroadcastToD)
MOVE(Expand, PlanExpand, 1)
MOVE(ExpandD, PlanExpandD)
MOVE(Tile, PlanTile, 1)
MOVE(TileD, PlanTileD)
MOVE(TileWithAxis, PlanTileWithAxis)
MOVE(RepeatInterleave, PlanRepeatInterleave, 1)

}  // namespace npuemu::kernels
