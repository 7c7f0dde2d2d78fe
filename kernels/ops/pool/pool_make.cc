// The operands of a pooling call: what has which shape.

#include "kernels/op/axes.h"
#include "kernels/ops/pool/pool.h"

namespace npuemu::kernels {
namespace {

OpStatus SetX(const PoolRule& rule, const OpCall& call, Pool* pool) {
  Shape shape;
  std::string argument = "input shape";
  if (rule.x >= 0) {
    argument = std::string("input ") + call.op->inputs[size_t(rule.x)].name;
    shape = InputOr(call, rule.x).shape;
  } else if (rule.size_attr != nullptr) {
    argument = std::string("attribute ") + rule.size_attr;
    shape = AttrOf<std::vector<int64_t>>(call, rule.size_attr);
  } else if (!IsConst(call, size_t(rule.size)) && !call.outputs.empty()) {
    shape = call.outputs[0].shape;
  } else if (OpStatus s = ReadInts(call, size_t(rule.size), nullptr, &shape);
             !s.ok()) {
    return s;
  }
  return ImageOf(call, argument, shape, pool->letters, &pool->x);
}

// What comes from the forward operator has its shape.
OpStatus CheckShape(const OpCall& call, const Pool& pool, int index) {
  if (index < 0) return {};
  const Shape expected = ShapeOf(pool.y, pool.letters);
  const Shape& given = InputOr(call, index).shape;
  if (given == expected) return {};
  return OpError(
      call,
      std::string("input ") + call.op->inputs[size_t(index)].name + " shape",
      ToString(given), ToString(expected));
}

// [H, W, C] of Dilation2D.
OpStatus SetFilter(const PoolRule& rule, const OpCall& call, Pool* pool) {
  const Shape& shape = InputOr(call, rule.filter).shape;
  const bool first = pool->letters == "NCHW";
  bool valid = shape.size() == 3;
  for (int64_t extent : shape) {
    valid = valid && extent >= 1 && extent <= kMostExtent;
  }
  if (!valid || shape[first ? 0 : 2] != pool->x.c) {
    return OpError(call, "input filter shape", ToString(shape),
                   first ? "[C,H,W]" : "[H,W,C]");
  }
  pool->window = {1, shape[first ? 1 : 0], shape[first ? 2 : 1]};
  return {};
}

}  // namespace

OpStatus MakePool(const PoolRule& rule, const OpCall& call, Pool* pool) {
  *pool = {};
  OpStatus s = SetPoolLetters(rule, call, pool);
  if (s.ok()) s = SetX(rule, call, pool);
  if (s.ok() && rule.filter >= 0) s = SetFilter(rule, call, pool);
  if (s.ok() && rule.adaptive && rule.gradient()) {
    s = ImageOf(call, "input gradient", InputOr(call, rule.grad).shape,
                pool->letters, &pool->y);
  }
  if (s.ok()) {
    s = rule.adaptive ? SetAdaptivePlaces(rule, call, pool)
                      : SetPoolPlaces(rule, call, pool);
  }
  if (!s.ok()) return s;
  pool->y.n = pool->x.n;
  pool->y.c = pool->x.c;
  if (RoomOf(ShapeOf(pool->y, pool->letters)) < 0) {
    return OpError(call, "output shape",
                   ToString(ShapeOf(pool->y, pool->letters)),
                   "a product of extents that fits in int64");
  }
  SetStrides(pool->letters, &pool->y);
  pool->counts_padding =
      HasAttr(call, "window") ||
      (HasAttr(call, "exclusive") && !AttrOf<bool>(call, "exclusive")) ||
      AttrOf<bool>(call, "count_include_pad");
  pool->divisor = AttrOf<int64_t>(call, "divisor_override");
  if (HasAttr(call, "mode")) {
    const auto mode = AttrOf<int64_t>(call, "mode");
    if (mode != 0 && mode != 1) {
      return OpError(call, "attribute mode", std::to_string(mode), "0 or 1");
    }
    pool->average_by_mode = mode == 1;
  }
  for (int index : {rule.grad, rule.argmax, rule.y}) {
    if (s = CheckShape(call, *pool, index); !s.ok()) return s;
  }
  return {};
}

}  // namespace npuemu::kernels
