// Operators that turn axes round: ReverseV2, ReverseV2D, ReverseSequence, Roll.
// Any format is read as row-major; bits are copied.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus Reverse(const OpCall& call, const std::string& argument,
                 const IntList& axes, Move* move) {
  const Shape& x = call.inputs[0].shape;
  std::vector<bool> marked;
  if (OpStatus s = MarkAxes(call, argument, axes, x.size(), &marked); !s.ok()) {
    return s;
  }
  move->y = call.inputs[0];
  const IntList strides = SafeStrides(x);
  for (size_t d = 0; d < x.size(); ++d) {
    if (marked[d]) {
      move->map.Add({{x[d], (x[d] - 1) * strides[d], -strides[d]}});
    } else {
      move->map.Step(x[d], strides[d]);
    }
  }
  return {};
}

OpStatus PlanReverseV2(const OpCall& call, const Operands* operands,
                       Move* move) {
  IntList axes;
  if (OpStatus s = ReadInts(call, 1, operands, &axes); !s.ok()) return s;
  return Reverse(call, "input axis", axes, move);
}

OpStatus PlanReverseV2D(const OpCall& call, const Operands*, Move* move) {
  return Reverse(call, "attribute axis", IntsAttr(call, "axis"), move);
}

// Along seq_dim, the first seq_lengths[b] places are reversed where batch_dim
// is at b; the output is a part for each place of the axes up to the batch.
OpStatus PlanReverseSequence(const OpCall& call, const Operands* operands,
                             Move* move) {
  const Shape& x = call.inputs[0].shape;
  const TensorSpec& lengths = call.inputs[1];
  size_t seq = 0;
  size_t batch = 0;
  OpStatus s = AxisOf(call, "attribute seq_dim", IntAttr(call, "seq_dim"),
                      x.size(), &seq);
  if (!s.ok()) return s;
  const int64_t batch_dim = IntAttr(call, "batch_dim");
  s = AxisOf(call, "attribute batch_dim", batch_dim, x.size(), &batch);
  if (!s.ok()) return s;
  if (batch == seq) {
    return OpError(call, "attribute batch_dim", std::to_string(batch_dim),
                   "an axis other than seq_dim");
  }
  if (lengths.shape != Shape{x[batch]}) {
    return OpError(call, "input seq_lengths shape", ToString(lengths.shape),
                   ToString(Shape{x[batch]}));
  }
  move->y = call.inputs[0];
  if (operands == nullptr || move->y.count() == 0) return {};
  const std::byte* data = DataOf(call, *operands, 1);
  for (int64_t b = 0; b < x[batch]; ++b) {
    const int64_t length = IntAt(lengths.dtype, data, b);
    if (length >= 0 && length <= x[seq]) continue;
    return OpError(call, "input seq_lengths", std::to_string(length),
                   "0 to " + std::to_string(x[seq]));
  }
  // Places of both axes, so that each part has one batch and one reversed run.
  const size_t last = std::max(batch, seq);
  const IntList strides = SafeStrides(x);
  move->parts = Product(x, 0, last + 1);
  const int64_t inner = Product(x, last + 1, x.size());
  const int64_t batch_size = x[batch];
  const int64_t seq_size = x[seq];
  const int64_t seq_stride = strides[seq];
  const int64_t batch_stride = strides[batch];
  const DataType type = lengths.dtype;
  move->part = [=](int64_t part, AxisMap* map) {
    const int64_t at = part * inner;
    const int64_t b = at / batch_stride % batch_size;
    const int64_t place = at / seq_stride % seq_size;
    const int64_t length = IntAt(type, data, b);
    const int64_t from = place < length ? length - 1 - place : place;
    map->base = at + (from - place) * seq_stride;
    map->Step(inner, 1);
  };
  return {};
}

// Place i goes to i + shifts, around the end; shifts of one axis add up.
// Without dims, x is one row.
OpStatus Roll(const OpCall& call, const std::string& of, const IntList& shifts,
              IntList dims, Move* move) {
  Shape x = call.inputs[0].shape;
  move->y = call.inputs[0];
  if (dims.empty()) {
    x = {move->y.count()};
    dims = {0};
  }
  OpStatus s = CheckLength(call, of + "shifts", shifts.size(), dims.size());
  if (!s.ok()) return s;
  IntList total(x.size(), 0);
  for (size_t i = 0; i < dims.size(); ++i) {
    size_t d = 0;
    s = AxisOf(call, of + "dims", dims[i], x.size(), &d);
    if (!s.ok()) return s;
    if (move->y.count() == 0) continue;
    const int64_t shift = shifts[i] % x[d];
    total[d] = (total[d] + shift + x[d]) % x[d];
  }
  const IntList strides = SafeStrides(x);
  for (size_t d = 0; d < x.size(); ++d) {
    const int64_t kept = x[d] - total[d];
    move->map.Add(
        {{total[d], kept * strides[d], strides[d]}, {kept, 0, strides[d]}});
  }
  return {};
}

OpStatus PlanRoll(const OpCall& call, const Operands*, Move* move) {
  return Roll(call, "attribute ", IntsAttr(call, "shifts"),
              IntsAttr(call, "dims"), move);
}

// The values do not matter to the shape.
OpStatus PlanRollV2(const OpCall& call, const Operands* operands, Move* move) {
  move->y = call.inputs[0];
  if (operands == nullptr) return {};
  IntList shifts;
  IntList axes;
  OpStatus s = ReadInts(call, 1, operands, &shifts);
  if (s.ok()) s = ReadInts(call, 2, operands, &axes);
  return s.ok() ? Roll(call, "input ", shifts, std::move(axes), move) : s;
}

}  // namespace

MOVE(RollV2, PlanRollV2)
MOVE(ReverseV2, PlanReverseV2, 1)
MOVE(ReverseV2D, PlanReverseV2D)
MOVE(ReverseSequence, PlanReverseSequence)
MOVE(Roll, PlanRoll)

}  // namespace npuemu::kernels
