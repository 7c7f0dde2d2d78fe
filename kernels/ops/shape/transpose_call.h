// File: transpose_call.h
// What TransposeD (perm as attribute) and Transpose (perm as input) share.
// Items are output elements; bits are copied. Thread-safe.

#ifndef KERNELS_OPS_SHAPE_TRANSPOSE_CALL_H_
#define KERNELS_OPS_SHAPE_TRANSPOSE_CALL_H_

#include <vector>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// The shape of x with its extents reordered: extent i is x's perm[i]. Checks
// that perm is a permutation of x's axes; negative ones count from the end.
OpStatus TransposedShape(const OpCall& call, const std::string& argument,
                         const std::vector<int64_t>& perm, Shape* shape);

// Copies output elements [begin, end). `perm` has been checked.
void TransposeElements(const OpCall& call, const Operands& operands,
                       const std::vector<int64_t>& perm, int64_t begin,
                       int64_t end);

// Bytes only: the data moves, nothing is computed.
Work CostMove(const OpCall& call);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_SHAPE_TRANSPOSE_CALL_H_
