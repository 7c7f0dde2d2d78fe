// File: plan.h
// What a first phase decides: the kernels of an operator in order, where their
// operands lie, and how much workspace holds what passes between them. A plan
// knows no addresses, so it serves every call with the same arguments.
//
// Immutable once built; shared.

#ifndef ACL_SHIM_ACLNN_PLAN_H_
#define ACL_SHIM_ACLNN_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "acl_shim/core/enqueue_op.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::shim::nn {

// Where the elements of a value lie.
struct Place {
  enum class Base : uint8_t { kTensor, kWorkspace, kConstant };

  kernels::TensorSpec spec;
  kernels::Shape strides;  // in elements; empty: one after the other
  Base base = Base::kWorkspace;
  int tensor = -1;     // of kTensor: its number in Plan::tensors
  int64_t offset = 0;  // kTensor: elements; kWorkspace: bytes
  std::vector<std::byte> constant;

  bool contiguous() const { return strides.empty(); }
};

// One kernel, or with op == nullptr a copy of inputs[0] to outputs[0] between
// strided places of the same shape and dtype, or from int4 to int8. Numbers are
// those of places.
struct Step {
  std::shared_ptr<const PreparedOp> op;
  std::vector<int> inputs;  // -1: absent
  std::vector<int> outputs;
  // Of its operands, where some lie in the workspace; null: those of the op.
  const AccessNames* names = nullptr;
};

// A tensor of the call: an argument, or item `item` of one that is a list.
struct TensorSlot {
  size_t arg;
  size_t item;
};

// Extents of an output that only the data shows: numbers (int64) at a place,
// which the second phase gives to the caller's tensor.
struct FoundShape {
  size_t arg;
  int place;
};

struct Plan {
  std::vector<TensorSlot> tensors;
  std::vector<Place> places;
  std::vector<Step> steps;
  std::vector<FoundShape> found;
  uint64_t workspace = 0;       // bytes in all
  uint64_t kernel_scratch = 0;  // offset of what each kernel has to itself
};

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_PLAN_H_
