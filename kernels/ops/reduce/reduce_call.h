// File: reduce_call.h
// What ReduceSum and ReduceMax share: inputs x and axes, attribute keep_dims.
// An empty list of axes reduces nothing, as in TensorFlow. Thread-safe.

#ifndef KERNELS_OPS_REDUCE_REDUCE_CALL_H_
#define KERNELS_OPS_REDUCE_REDUCE_CALL_H_

#include <vector>

#include "kernels/op/axes.h"

namespace npuemu::kernels {

// The output of a call whose axes are const.
OpStatus InferReduce(const OpCall& call, std::vector<TensorSpec>* outputs);

// The rows of x. Axes that only memory holds are checked against the shape of
// the declared output.
OpStatus ReducePlan(const OpCall& call, const Operands& operands,
                    RowPlan* plan);

// Elements of a row, from the declared output: the axes may be unknown.
int64_t RowLength(const OpCall& call);

// A tree reduction (vcadd or vcmax) over x in f32, with the casts it needs.
Work CostReduce(const OpCall& call);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_REDUCE_REDUCE_CALL_H_
