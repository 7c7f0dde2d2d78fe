// Operators that put elements over some of those of x: StridedSliceAssign, its
// D and V2 versions, SliceWrite, MatrixSetDiag, MatrixSetDiagD (whose assist is
// not read), FillDiagonal. Bits are copied.

#include <algorithm>
#include <string>

#include "kernels/numeric/cast.h"
#include "kernels/op/axes.h"
#include "kernels/ops/shape/strided_slice.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Input `source` over the places of input 0 that the slice takes.
OpStatus Assign(const OpCall& call, const SliceSpec& spec, size_t source,
                Move* move) {
  const Shape& x = call.inputs[0].shape;
  std::vector<SlicePart> parts;
  if (OpStatus s = SliceParts(call, spec, x, &parts); !s.ok()) return s;
  const Shape& value = call.inputs[source].shape;
  if (value != ShapeOfParts(parts)) {
    return OpError(call, InputName(call, source) + " shape", ToString(value),
                   ToString(ShapeOfParts(parts)) + ", the slice");
  }
  move->source = source;
  move->over = 0;
  if (call.inputs[0].count() > 0) AddPlaces(parts, x, value, &move->map);
  return {};
}

// begin, end and strides from input `first` on; only the run needs them.
OpStatus AssignByInputs(const OpCall& call, const Operands* operands,
                        size_t first, size_t source, Move* move) {
  move->y = call.inputs[0];
  if (operands == nullptr) return {};
  SliceSpec spec;
  ReadMasks(call, &spec);
  OpStatus s = ReadInts(call, first, operands, &spec.begin);
  if (s.ok()) s = ReadInts(call, first + 1, operands, &spec.end);
  if (s.ok()) s = ReadInts(call, first + 2, operands, &spec.strides);
  if (s.ok() && source < first && Has(call, first + 3)) {
    IntList axes;
    s = ReadInts(call, first + 3, operands, &axes);
    if (s.ok()) s = SpreadOverAxes(call, axes, &spec);
  }
  return s.ok() ? Assign(call, spec, source, move) : s;
}

OpStatus PlanAssign(const OpCall& call, const Operands* operands, Move* move) {
  return AssignByInputs(call, operands, 1, 4, move);
}

OpStatus PlanAssignV2(const OpCall& call, const Operands* operands,
                      Move* move) {
  return AssignByInputs(call, operands, 2, 1, move);
}

OpStatus PlanAssignD(const OpCall& call, const Operands*, Move* move) {
  SliceSpec spec{IntsAttr(call, "begin"), IntsAttr(call, "end"),
                 IntsAttr(call, "strides")};
  ReadMasks(call, &spec);
  move->y = call.inputs[0];
  return Assign(call, spec, 1, move);
}

// value at begin, which must leave room for it.
OpStatus PlanSliceWrite(const OpCall& call, const Operands* operands,
                        Move* move) {
  move->y = call.inputs[0];
  const Shape& x = call.inputs[0].shape;
  const Shape& value = call.inputs[2].shape;
  if (operands == nullptr) return {};
  SliceSpec spec;
  OpStatus s = ReadInts(call, 1, operands, &spec.begin);
  if (s.ok()) {
    s = CheckLength(call, "input begin", spec.begin.size(), x.size());
  }
  if (s.ok()) s = CheckLength(call, "input value", value.size(), x.size());
  for (size_t d = 0; d < x.size() && s.ok(); ++d) {
    if (spec.begin[d] < 0 || value[d] > x[d] ||
        spec.begin[d] > x[d] - value[d]) {
      s = OpError(
          call, "input begin", ToString(spec.begin),
          "places of " + ToString(x) + " with room for " + ToString(value));
    } else {
      spec.end.push_back(spec.begin[d] + value[d]);
    }
  }
  if (!s.ok()) return s;
  spec.strides.assign(x.size(), 1);
  return Assign(call, spec, 2, move);
}

// The diagonal of the last two axes.
OpStatus PlanMatrixSetDiag(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const Shape& diagonal = call.inputs[1].shape;
  Shape expected = x;
  if (x.size() >= 2) {
    expected.pop_back();
    expected.back() = std::min(x[x.size() - 2], x.back());
  }
  if (x.size() < 2 || diagonal != expected) {
    return OpError(call, "input diagonal shape", ToString(diagonal),
                   "that of the diagonals of " + ToString(x));
  }
  if (Has(call, 2) && call.inputs[2].shape != x) {
    return OpError(call, "input assist shape", ToString(call.inputs[2].shape),
                   ToString(x));
  }
  const int64_t rows = x[x.size() - 2];
  const int64_t columns = x.back();
  const int64_t places = expected.back();
  move->y = call.inputs[0];
  move->source = 1;
  move->over = 0;
  move->parts = Product(x, 0, x.size() - 1);
  move->part = [=](int64_t row, AxisMap* map) {
    const int64_t i = row % rows;
    if (i >= places) {
      map->Add({FillRun(columns)});
    } else {
      map->Add(
          {FillRun(i), {1, row / rows * places + i}, FillRun(columns - i - 1)});
    }
  };
  return {};
}

uint64_t FloatBits(DataType type, float number) {
  uint64_t bits = 0;
  Dispatch(AllTypes{}, type, [&]<typename T>() {
    T element;
    if constexpr (kIsFloat<T>) {
      element = Out<T>(number, false);
    } else if constexpr (std::is_same_v<T, Bool>) {
      element = Bool{number != 0};
    } else {
      element = Cast<T>(number, {.mode = Rounding::kTrunc});
    }
    std::copy_n(reinterpret_cast<const std::byte*>(&element), sizeof(T),
                reinterpret_cast<std::byte*>(&bits));
  });
  return bits;
}

// PyTorch's: of a matrix, taller than wide, with wrap the diagonal begins anew
// one row below its end; of more axes, all extents are equal.
OpStatus PlanFillDiagonal(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const bool cube =
      std::all_of(x.begin(), x.end(), [&](int64_t n) { return n == x[0]; });
  if (x.size() < 2 || (x.size() > 2 && !cube)) {
    return OpError(call, "input x shape", ToString(x),
                   "two extents, or more that are equal");
  }
  move->y = call.inputs[0];
  move->over = 0;
  move->constant = true;
  move->value =
      FloatBits(move->y.dtype, AttrOr<float>(call.attrs, "fill_value", 0));
  const int64_t count = move->y.count();
  if (count == 0) return {};
  int64_t step = 0;
  for (int64_t stride : SafeStrides(x)) step += stride;
  int64_t left = *std::min_element(x.begin(), x.end());
  if (x.size() == 2 && BoolAttr(call, "wrap")) left = count;
  constexpr int64_t kMostPlaces = 1 << 26;  // each is a run of the map
  if (std::min(left, count / step) > kMostPlaces) {
    return OpError(
        call, "input x shape", ToString(x),
        "a diagonal of at most " + std::to_string(kMostPlaces) + " elements");
  }
  AxisRuns runs;
  int64_t at = 0;
  for (; at < count && left > 0; at += step, --left) {
    runs.push_back({1});
    runs.push_back(FillRun(std::min(step, count - at) - 1));
  }
  if (at < count) runs.push_back(FillRun(count - at));
  move->map.Add(std::move(runs));
  return {};
}

}  // namespace

MOVE(StridedSliceAssign, PlanAssign)
MOVE(StridedSliceAssignV2, PlanAssignV2)
MOVE(StridedSliceAssignD, PlanAssignD)
MOVE(SliceWrite, PlanSliceWrite)
MOVE(MatrixSetDiag, PlanMatrixSetDiag)
MOVE(MatrixSetDiagD, PlanMatrixSetDiag)
MOVE(FillDiagonal, PlanFillDiagonal)

}  // namespace npuemu::kernels
