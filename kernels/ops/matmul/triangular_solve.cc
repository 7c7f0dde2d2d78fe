// MatrixTriangularSolve: X of op(A) X = rhs by substitution, on the AI CPU.
// Adjoint is transposed: numbers are real. What lies on A's other side of the
// diagonal is not read.
//
// Arithmetic, per element (our decision; f32): x = rhs[i]; then for the rows
// that are solved, in their order, x = x - a[i,j] * x[j], both rounded; x =
// x / a[i,i]. Lower op(A) from the first row on, upper from the last.
//
// Items are columns of all right sides.

#include <algorithm>
#include <cstring>

#include "kernels/op/cost.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

int64_t RowsOf(const OpCall& call) { return call.inputs[0].shape.back(); }
int64_t ColumnsOf(const OpCall& call) { return call.inputs[1].shape.back(); }

OpStatus InferSolve(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const Shape& a = call.inputs[0].shape;
  const Shape& rhs = call.inputs[1].shape;
  if (a.size() < 2 || a[a.size() - 1] != a[a.size() - 2]) {
    return OpError(call, "input matrix shape", ToString(a), "square matrices");
  }
  Shape expected = a;
  if (!rhs.empty()) expected.back() = rhs.back();
  if (rhs != expected) {
    return OpError(call, "input rhs shape", ToString(rhs), ToString(expected));
  }
  *outputs = {call.inputs[1]};
  return {};
}

int64_t ItemsOfSolve(const OpCall& call, int) {
  const int64_t rows = RowsOf(call);
  return rows == 0 ? 0 : call.outputs[0].count() / rows;
}

// Columns [begin, end) of one right side.
class Solver {
 public:
  Solver(const OpCall& call, const float* a)
      : a_(a),
        rows_(RowsOf(call)),
        columns_(ColumnsOf(call)),
        adjoint_(std::get<bool>(call.attrs.at("adjoint"))),
        forward_(std::get<bool>(call.attrs.at("lower")) != adjoint_) {}

  void Run(const float* rhs, float* x, int64_t begin, int64_t end) const {
    for (int64_t step = 0; step < rows_; ++step) {
      const int64_t i = RowOf(step);
      float* row = x + i * columns_;
      std::copy(rhs + i * columns_ + begin, rhs + i * columns_ + end,
                row + begin);
      for (int64_t before = 0; before < step; ++before) {
        const int64_t j = RowOf(before);
        const float factor = At(i, j);
        const float* solved = x + j * columns_;
        for (int64_t c = begin; c < end; ++c) {
          row[c] = row[c] - factor * solved[c];
        }
      }
      const float pivot = At(i, i);
      for (int64_t c = begin; c < end; ++c) {
        row[c] = CanonicalNan(row[c] / pivot);
      }
    }
  }

 private:
  int64_t RowOf(int64_t step) const {
    return forward_ ? step : rows_ - 1 - step;
  }
  float At(int64_t i, int64_t j) const {
    return adjoint_ ? a_[j * rows_ + i] : a_[i * rows_ + j];
  }

  const float* a_;
  const int64_t rows_;
  const int64_t columns_;
  const bool adjoint_;
  const bool forward_;
};

OpStatus ComputeSolve(const OpCall& call, const Operands& operands, int,
                      int64_t begin, int64_t end) {
  const int64_t rows = RowsOf(call);
  const int64_t columns = ColumnsOf(call);
  while (begin < end) {
    const int64_t matrix = begin / columns;
    const int64_t first = begin % columns;
    const int64_t last = std::min(columns, first + end - begin);
    const int64_t at = matrix * rows * columns;
    Solver(call, operands.inputs[0].as<float>() + matrix * rows * rows)
        .Run(operands.inputs[1].as<float>() + at,
             operands.outputs[0].as<float>() + at, first, last);
    begin += last - first;
  }
  return {};
}

Work CostOfSolve(const OpCall& call) {
  Work work = MoveWork(call);
  // Half of a product of matrices, an element at a time.
  work.vector_cycles += static_cast<uint64_t>(
      std::max<int64_t>(call.outputs[0].count() * RowsOf(call) / 2, 0));
  return work;
}

}  // namespace

const OpDef& MatrixTriangularSolveOp() {
  static const OpDef& op = *[] {
    OpDef made = Signature("MatrixTriangularSolve");
    made.engine = Engine::kAiCpu;
    made.infer = InferSolve;
    made.items = ItemsOfSolve;
    made.compute = ComputeSolve;
    made.cost = CostOfSolve;
    made.exactness =
        "f32: products and differences rounded one by one, in the order of the "
        "rows that are solved (docs/matmuls.md)";
    return new OpDef(std::move(made));
  }();
  return op;
}

}  // namespace npuemu::kernels
