// Operators that add places around x: Pad, PadD, PadV2, PadV3, PadV3D,
// MirrorPad. Any format is read as row-major; bits are copied. PadV3Grad:
// pad_grad.cc.

#include "kernels/ops/shape/pad.h"

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus PadAll(const OpCall& call, const std::string& argument, PadMode mode,
                const std::vector<Padding>& pads, bool may_crop, Move* move) {
  const Shape& x = call.inputs[0].shape;
  move->y = call.inputs[0];
  OpStatus s =
      PaddedShape(call, argument, mode, pads, may_crop, x, &move->y.shape);
  if (!s.ok() || move->y.count() <= 0) return s;
  const IntList strides = SafeStrides(x);
  for (size_t d = 0; d < x.size(); ++d) {
    move->map.Add(PadRuns(mode, x[d], pads[d], strides[d]));
  }
  return {};
}

OpStatus PadByInput(const OpCall& call, const Operands* operands, PadMode mode,
                    bool contiguous, bool may_crop, Move* move) {
  IntList numbers;
  if (OpStatus s = ReadInts(call, 1, operands, &numbers); !s.ok()) return s;
  std::vector<Padding> pads;
  OpStatus s = PairsOf(call, "input paddings", numbers, contiguous, &pads);
  if (!s.ok()) return s;
  return PadAll(call, "input paddings", mode, pads, may_crop, move);
}

OpStatus PadByAttr(const OpCall& call, PadMode mode, bool contiguous,
                   bool may_crop, Move* move) {
  const auto lists = AttrOr<std::vector<IntList>>(call.attrs, "paddings", {});
  IntList numbers;
  for (const IntList& list : lists) {
    numbers.insert(numbers.end(), list.begin(), list.end());
  }
  std::vector<Padding> pads;
  OpStatus s = PairsOf(call, "attribute paddings", numbers, contiguous, &pads);
  if (!s.ok()) return s;
  return PadAll(call, "attribute paddings", mode, pads, may_crop, move);
}

// The fill value is the one element of input `index`, if there is one.
OpStatus ReadFill(const OpCall& call, const Operands* operands, size_t index,
                  Move* move) {
  if (!Has(call, index)) return {};
  if (call.inputs[index].count() != 1) {
    return OpError(call, "input constant_values shape",
                   ToString(call.inputs[index].shape), "one element");
  }
  if (operands == nullptr) return {};
  const std::byte* data = DataOf(call, *operands, index);
  std::copy_n(data, ElementBytes(call.inputs[0].dtype),
              reinterpret_cast<std::byte*>(&move->fill));
  return {};
}

OpStatus PlanPad(const OpCall& call, const Operands* operands, Move* move) {
  return PadByInput(call, operands, PadMode::kConstant, true, false, move);
}

OpStatus PlanPadD(const OpCall& call, const Operands*, Move* move) {
  return PadByAttr(call, PadMode::kConstant, true, false, move);
}

OpStatus PlanPadV2(const OpCall& call, const Operands* operands, Move* move) {
  if (OpStatus s = ReadFill(call, operands, 2, move); !s.ok()) return s;
  return PlanPad(call, operands, move);
}

OpStatus PlanPadV2D(const OpCall& call, const Operands* operands, Move* move) {
  if (OpStatus s = ReadFill(call, operands, 1, move); !s.ok()) return s;
  return PlanPadD(call, operands, move);
}

OpStatus PlanPadV3(const OpCall& call, const Operands* operands, Move* move) {
  PadMode mode;
  if (OpStatus s = ModeOf(call, "constant", &mode); !s.ok()) return s;
  if (OpStatus s = ReadFill(call, operands, 2, move); !s.ok()) return s;
  return PadByInput(call, operands, mode, Contiguous(call), true, move);
}

OpStatus PlanPadV3D(const OpCall& call, const Operands*, Move* move) {
  PadMode mode;
  if (OpStatus s = ModeOf(call, "constant", &mode); !s.ok()) return s;
  move->fill =
      NumberBits(call.inputs[0].dtype, IntAttr(call, "constant_values"));
  return PadByAttr(call, mode, Contiguous(call), true, move);
}

OpStatus PlanMirrorPad(const OpCall& call, const Operands* operands,
                       Move* move) {
  const std::string mode = StringAttr(call, "mode");
  if (mode != "REFLECT" && mode != "SYMMETRIC") {
    return OpError(call, "attribute mode", mode, "REFLECT or SYMMETRIC");
  }
  return PadByInput(call, operands,
                    mode == "REFLECT" ? PadMode::kReflect : PadMode::kSymmetric,
                    true, false, move);
}

}  // namespace

AxisRuns PadRuns(PadMode mode, int64_t n, Padding pad, int64_t stride) {
  const auto [before, after] = pad;
  switch (mode) {
    case PadMode::kConstant: {
      // Negative numbers take places away.
      const int64_t skipped = std::max<int64_t>(-before, 0);
      const int64_t kept = n - skipped - std::max<int64_t>(-after, 0);
      const int64_t front = std::max<int64_t>(before, 0);
      const int64_t back = std::max<int64_t>(after, 0);
      return {FillRun(front), {kept, skipped * stride, stride}, FillRun(back)};
    }
    case PadMode::kEdge:
      return {{before, 0, 0}, {n, 0, stride}, {after, (n - 1) * stride, 0}};
    case PadMode::kReflect:
      return {{before, before * stride, -stride},
              {n, 0, stride},
              {after, (n - 2) * stride, -stride}};
    case PadMode::kSymmetric:
      return {{before, (before - 1) * stride, -stride},
              {n, 0, stride},
              {after, (n - 1) * stride, -stride}};
    default:
      return {{before, (n - before) * stride, stride},
              {n, 0, stride},
              {after, 0, stride}};
  }
}

bool Contiguous(const OpCall& call) {
  return AttrOr<bool>(call.attrs, "paddings_contiguous", true);
}

OpStatus ModeOf(const OpCall& call, const char* fallback, PadMode* mode) {
  const auto text = AttrOr<std::string>(call.attrs, "mode", fallback);
  constexpr const char* kNames[] = {"constant", "edge", "reflect", "symmetric",
                                    "circular"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (text != kNames[i]) continue;
    *mode = static_cast<PadMode>(i);
    return {};
  }
  return OpError(call, "attribute mode", text,
                 "constant, edge, reflect, symmetric or circular");
}

OpStatus PairsOf(const OpCall& call, const std::string& argument,
                 const IntList& numbers, bool contiguous,
                 std::vector<Padding>* pads) {
  const size_t rank = call.inputs[0].shape.size();
  OpStatus s = CheckLength(call, argument, numbers.size(), 2 * rank);
  if (!s.ok()) return s;
  for (size_t d = 0; d < rank; ++d) {
    pads->push_back(contiguous ? Padding{numbers[2 * d], numbers[2 * d + 1]}
                               : Padding{numbers[d], numbers[rank + d]});
  }
  return {};
}

OpStatus PaddedShape(const OpCall& call, const std::string& argument,
                     PadMode mode, const std::vector<Padding>& pads,
                     bool may_crop, const Shape& x, Shape* y) {
  *y = x;
  for (size_t d = 0; d < x.size(); ++d) {
    const auto [before, after] = pads[d];
    const int64_t low = mode == PadMode::kConstant && may_crop ? -x[d] : 0;
    int64_t most = INT64_MAX;
    if (mode == PadMode::kReflect) most = std::max<int64_t>(x[d] - 1, 0);
    if (mode == PadMode::kSymmetric) most = x[d];
    if (mode == PadMode::kCircular) most = x[d];
    if (mode == PadMode::kEdge && x[d] == 0) most = 0;
    const bool fits = before >= low && after >= low && before <= most &&
                      after <= most &&
                      !__builtin_add_overflow((*y)[d], before, &(*y)[d]) &&
                      !__builtin_add_overflow((*y)[d], after, &(*y)[d]);
    if (!fits || (*y)[d] < 0) {
      return OpError(call, argument,
                     std::to_string(before) + " and " + std::to_string(after),
                     "numbers that fit an extent of " + std::to_string(x[d]));
    }
  }
  return {};
}

MOVE(Pad, PlanPad, 1)
MOVE(PadD, PlanPadD)
MOVE(PadV2, PlanPadV2, 1)
MOVE(PadV2D, PlanPadV2D)
MOVE(PadV3, PlanPadV3, 1)
MOVE(PadV3D, PlanPadV3D)
MOVE(MirrorPad, PlanMirrorPad, 1)

}  // namespace npuemu::kernels
