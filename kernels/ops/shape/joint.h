// File: joint.h
// A whole tensor and its parts along one axis: what joining and parting
// operators share. The whole is seen as rows, of which every part has a piece;
// items are elements of the whole. Bits are copied. Thread-safe.

#ifndef KERNELS_OPS_SHAPE_JOINT_H_
#define KERNELS_OPS_SHAPE_JOINT_H_

#include <vector>

#include "kernels/op/move.h"

namespace npuemu::kernels {

struct Joint {
  TensorSpec whole;
  size_t axis = 0;                // of the whole
  std::vector<TensorSpec> parts;  // inputs if they are joined, else outputs
  IntList extents;                // of every part along the axis
  size_t first = 0;  // the input that is the whole, or the first part
};
// `operands` is null when only the specs are wanted.
using JointFn = OpStatus (*)(const OpCall& call, const Operands* operands,
                             Joint* joint);

OpStatus InferJoint(JointFn plan, bool joins, const OpCall& call,
                    std::vector<TensorSpec>* outputs);
OpStatus ComputeJoint(JointFn plan, bool joins, const OpCall& call,
                      const Operands& operands, int64_t begin, int64_t end);

// Elements of the tensor that is parted, the first input that is no value
// input.
int64_t ItemsOfWhole(const OpCall& call, int phase);

template <JointFn plan, bool joins>
OpDef JointOp(OpDef op, std::vector<int> value_inputs) {
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    return InferJoint(plan, joins, call, outputs);
  };
  op.items = joins ? ItemsOfOutput : ItemsOfWhole;
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    return ComputeJoint(plan, joins, call, operands, begin, end);
  };
  op.cost = CostMove;
  op.exactness = "exact: bits are moved (docs/moves.md)";
  op.value_inputs = std::move(value_inputs);
  return op;
}

#define JOINT(type, joins, plan, ...)                                      \
  const OpDef& type##Op() {                                                \
    static const OpDef& op =                                               \
        *new OpDef(JointOp<plan, joins>(Signature(#type), {__VA_ARGS__})); \
    return op;                                                             \
  }

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_SHAPE_JOINT_H_
