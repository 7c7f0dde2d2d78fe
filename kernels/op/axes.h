// File: axes.h
// Integer inputs (axes, perm, dims), and a tensor seen as rows: the elements
// along chosen axes, in row-major order, one row for each place along the
// others (arithmetic.md 7.8). Thread-safe (pure).

#ifndef KERNELS_OP_AXES_H_
#define KERNELS_OP_AXES_H_

#include <cstdint>
#include <vector>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// The elements of int16, int32 or int64 input `index`: from the const bytes,
// else from memory; with neither (operands null) an error asks for a const
// input.
OpStatus ReadInts(const OpCall& call, size_t index, const Operands* operands,
                  std::vector<int64_t>* values);

// Marks the named axes of a tensor of `rank`; negative ones count from the
// end. An axis out of range or given twice is an error about `argument`.
OpStatus MarkAxes(const OpCall& call, const std::string& argument,
                  const std::vector<int64_t>& axes, size_t rank,
                  std::vector<bool>* marked);

// Mixed-radix digits of an index, times strides.
struct Digits {
  std::vector<int64_t> extents;  // outermost first
  std::vector<int64_t> strides;  // in elements

  void Push(int64_t extent, int64_t stride);
  int64_t Offset(int64_t index) const;
};

struct RowPlan {
  int64_t rows = 1;
  int64_t length = 1;
  Digits kept;
  Digits along;

  // Offset of element j of a row, in elements.
  int64_t Offset(int64_t row, int64_t j) const {
    return kept.Offset(row) + along.Offset(j);
  }
  // Whether the elements of a row lie `step()` apart.
  bool regular() const { return along.extents.size() <= 1; }
  int64_t step() const {
    return along.strides.empty() ? 1 : along.strides.back();
  }
};

RowPlan PlanRows(const Shape& shape, const std::vector<bool>& along);

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_AXES_H_
