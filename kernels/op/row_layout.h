// File: row_layout.h
// What rows.cc (layouts, infer) and row_run.cc (compute) share. Thread-safe
// (pure).

#ifndef KERNELS_OP_ROW_LAYOUT_H_
#define KERNELS_OP_ROW_LAYOUT_H_

#include "kernels/op/rows.h"

namespace npuemu::kernels {

// Rows of a stage, and the view that it has.
struct StageRows {
  Shape view;
  std::vector<bool> along;
  int64_t rows = 1;
  int64_t length = 1;
};

StageRows RowsOf(const RowLayout& layout, Span span);

// What a role stands for in this mode: o and p are one of the others.
char Resolved(char role, int mode);

const Shape& ShapeOfRole(const OpCall& call, const RowLayout& layout,
                         char role);

// A tensor without elements may still have too many rows to count.
OpStatus TooMany(const OpCall& call);

size_t RowWorkspace(const OpCall& call);
int RowPhases(const OpCall& call);
int64_t RowItems(const OpCall& call, int phase);
OpStatus ComputeRows(const OpCall& call, const Operands& operands, int phase,
                     int64_t begin, int64_t end);
Work CostRows(const OpCall& call);

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ROW_LAYOUT_H_
