// File: axes.h
// Integer inputs (axes, perm, dims), axes by number, and places along several
// axes as one number. Thread-safe (pure).

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

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_AXES_H_
