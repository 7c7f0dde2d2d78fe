// Operators of diagonals and triangles of the last two axes: Diag, DiagV2,
// DiagPart, MatrixDiag, MatrixDiagPart and their D versions, whose help matrix
// `assist` must have the right shape and is not read; Tril, Triu,
// MatrixBandPart, Eye. Bits are copied, all else is zero bits. Each row of the
// output is a part.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Help matrices are of the shape of the square.
OpStatus CheckAssist(const OpCall& call, const Shape& square) {
  if (call.op->inputs.size() < 2 || call.inputs[1].shape == square) return {};
  return OpError(call, "input assist shape", ToString(call.inputs[1].shape),
                 ToString(square));
}

// Row r of the output has element r of x, at place r % n.
OpStatus RowsWithOne(const OpCall& call, Shape shape, int64_t n, Move* move) {
  move->y = call.inputs[0];
  if (OpStatus s = CheckAssist(call, shape); !s.ok()) return s;
  move->y.shape = std::move(shape);
  move->parts = call.inputs[0].count();
  move->part = [n](int64_t r, AxisMap* map) {
    map->base = r;
    map->Add({FillRun(r % n), {1}, FillRun(n - r % n - 1)});
  };
  return {};
}

OpStatus PlanDiag(const OpCall& call, const Operands*, Move* move) {
  Shape shape = call.inputs[0].shape;
  shape.insert(shape.end(), call.inputs[0].shape.begin(),
               call.inputs[0].shape.end());
  return RowsWithOne(call, std::move(shape), call.inputs[0].count(), move);
}

OpStatus PlanMatrixDiag(const OpCall& call, const Operands*, Move* move) {
  Shape shape = call.inputs[0].shape;
  if (shape.empty()) {
    return OpError(call, "input x shape", "[]", "one extent or more");
  }
  const int64_t n = shape.back();
  shape.push_back(n);
  return RowsWithOne(call, std::move(shape), n, move);
}

OpStatus PlanDiagPart(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  const auto half = static_cast<std::ptrdiff_t>(x.size() / 2);
  const Shape first(x.begin(), x.begin() + half);
  if (x.size() % 2 != 0 || x.empty() ||
      first != Shape(x.begin() + half, x.end())) {
    return OpError(call, "input x shape", ToString(x),
                   "the same extents twice");
  }
  if (OpStatus s = CheckAssist(call, x); !s.ok()) return s;
  move->y = call.inputs[0];
  move->y.shape = first;
  const int64_t n = std::max<int64_t>(move->y.count(), 0);
  move->map.Step(n, n + 1);
  return {};
}

// PyTorch's: a row becomes the diagonal k above the main one, a matrix gives
// that diagonal; k may be negative.
OpStatus PlanDiagV2(const OpCall& call, const Operands*, Move* move) {
  constexpr int64_t kMost = int64_t{1} << 31;
  const Shape& x = call.inputs[0].shape;
  const int64_t k = IntAttr(call, "diagonal");
  if (x.empty() || x.size() > 2 || k > kMost || k < -kMost) {
    return OpError(call, "input x shape and diagonal",
                   ToString(x) + " and " + std::to_string(k),
                   "one extent or two, and a 32-bit number");
  }
  const int64_t down = std::max<int64_t>(-k, 0);
  const int64_t right = std::max<int64_t>(k, 0);
  move->y = call.inputs[0];
  if (x.size() == 2) {
    const int64_t places =
        std::max<int64_t>(std::min(x[0] - down, x[1] - right), 0);
    move->y.shape = {places};
    move->map.base = places == 0 ? 0 : down * x[1] + right;
    move->map.Step(places, places == 0 ? 0 : x[1] + 1);
    return {};
  }
  const int64_t places = x[0];
  const int64_t n = places + down + right;
  move->y.shape = {n, n};
  move->parts = n;
  move->part = [=](int64_t row, AxisMap* map) {
    const int64_t i = row - down;
    if (i < 0 || i >= places) {
      map->Add({FillRun(n)});
    } else {
      map->Add({FillRun(i + right), {1, i}, FillRun(n - i - right - 1)});
    }
  };
  return {};
}

OpStatus CheckMatrix(const OpCall& call) {
  if (call.inputs[0].shape.size() >= 2) return {};
  return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                 "two extents or more");
}

OpStatus PlanMatrixDiagPart(const OpCall& call, const Operands*, Move* move) {
  const Shape& x = call.inputs[0].shape;
  if (OpStatus s = CheckMatrix(call); !s.ok()) return s;
  if (OpStatus s = CheckAssist(call, x); !s.ok()) return s;
  const size_t rank = x.size();
  const int64_t places = std::min(x[rank - 2], x[rank - 1]);
  move->y = call.inputs[0];
  move->y.shape.pop_back();
  move->y.shape.back() = places;
  if (call.inputs[0].count() == 0) return {};
  move->map.Step(Product(x, 0, rank - 2), x[rank - 2] * x[rank - 1]);
  move->map.Step(places, x[rank - 1] + 1);
  return {};
}

// Of row i of every matrix, places [i - below, i + above] are kept; both are at
// least -2^62 and at most 2^62.
OpStatus KeepBand(const OpCall& call, int64_t below, int64_t above,
                  Move* move) {
  const Shape& x = call.inputs[0].shape;
  move->y = call.inputs[0];
  const int64_t rows = x[x.size() - 2];
  const int64_t n = x.back();
  move->parts = Product(x, 0, x.size() - 1);
  move->part = [=](int64_t r, AxisMap* map) {
    const int64_t i = r % rows;
    const int64_t first = std::clamp<int64_t>(i - below, 0, n);
    const int64_t last = std::clamp<int64_t>(i + above + 1, first, n);
    map->base = r * n;
    map->Add({FillRun(first), {last - first, first, 1}, FillRun(n - last)});
  };
  return {};
}

constexpr int64_t kAll = int64_t{1} << 62;

OpStatus PlanTril(const OpCall& call, const Operands*, Move* move) {
  if (OpStatus s = CheckMatrix(call); !s.ok()) return s;
  const int64_t k = std::clamp(IntAttr(call, "diagonal"), -kAll, kAll);
  return KeepBand(call, kAll, k, move);
}

OpStatus PlanTriu(const OpCall& call, const Operands*, Move* move) {
  if (OpStatus s = CheckMatrix(call); !s.ok()) return s;
  const int64_t k = std::clamp(IntAttr(call, "diagonal"), -kAll, kAll);
  return KeepBand(call, -k, kAll, move);
}

// A negative number keeps the whole triangle.
OpStatus PlanMatrixBandPart(const OpCall& call, const Operands* operands,
                            Move* move) {
  if (OpStatus s = CheckMatrix(call); !s.ok()) return s;
  for (size_t i : {size_t{1}, size_t{2}}) {
    if (call.inputs[i].count() == 1) continue;
    return OpError(call, InputName(call, i) + " shape",
                   ToString(call.inputs[i].shape), "one element");
  }
  move->y = call.inputs[0];
  if (operands == nullptr) return {};
  int64_t below = 0;
  int64_t above = 0;
  if (OpStatus s = ReadInt(call, 1, operands, &below); !s.ok()) return s;
  if (OpStatus s = ReadInt(call, 2, operands, &above); !s.ok()) return s;
  return KeepBand(call, below < 0 ? kAll : std::min(below, kAll),
                  above < 0 ? kAll : std::min(above, kAll), move);
}

// Ones where row and column are equal; num_columns 0 or less is num_rows.
OpStatus PlanEye(const OpCall& call, const Operands* operands, Move* move) {
  const auto dtype = static_cast<DataType>(IntAttr(call, "dtype"));
  const auto& known = call.op->outputs[0].dtypes;
  if (std::find(known.begin(), known.end(), dtype) == known.end()) {
    return OpError(call, "attribute dtype",
                   std::to_string(IntAttr(call, "dtype")),
                   "the number of a type of output y");
  }
  const int64_t rows = IntAttr(call, "num_rows");
  int64_t columns = IntAttr(call, "num_columns");
  if (columns <= 0) columns = rows;
  Shape shape = IntsAttr(call, "batch_shape");
  shape.push_back(rows);
  shape.push_back(columns);
  if (rows < 0 || ElementCount(shape) < 0) {
    return OpError(call, "attributes num_rows, num_columns, batch_shape",
                   ToString(shape), "extents >= 0 whose product fits in int64");
  }
  move->constant = true;
  move->value = NumberBits(dtype, 1);
  move->y = {dtype, Format::kNd, shape};
  if (operands == nullptr) return {};
  move->parts = Product(shape, 0, shape.size() - 1);
  move->part = [rows, columns](int64_t r, AxisMap* map) {
    const int64_t i = r % rows;
    if (i >= columns) {
      map->Add({FillRun(columns)});
    } else {
      map->Add({FillRun(i), {1}, FillRun(columns - i - 1)});
    }
  };
  return {};
}

}  // namespace

MOVE(Diag, PlanDiag)
MOVE(DiagD, PlanDiag)
MOVE(DiagV2, PlanDiagV2)
MOVE(DiagPart, PlanDiagPart)
MOVE(DiagPartD, PlanDiagPart)
MOVE(MatrixDiag, PlanMatrixDiag)
MOVE(MatrixDiagD, PlanMatrixDiag)
MOVE(MatrixDiagPart, PlanMatrixDiagPart)
MOVE(MatrixDiagPartD, PlanMatrixDiagPart)
MOVE(Tril, PlanTril)
MOVE(Triu, PlanTriu)
MOVE(MatrixBandPart, PlanMatrixBandPart)
MOVE(Eye, PlanEye)

}  // namespace npuemu::kernels
