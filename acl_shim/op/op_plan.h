// File: op_plan.h
// What a model and concrete extents fix for every launch: the prepared call
// and what happens to each buffer. Immutable; shared by handles, executions
// and op objects.

#ifndef ACL_SHIM_OP_OP_PLAN_H_
#define ACL_SHIM_OP_OP_PLAN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "acl_shim/core/enqueue_op.h"
#include "acl_shim/op/model_store.h"
#include "acl_shim/op/query.h"

namespace npuemu::shim {

// What becomes of the buffer of an operand.
enum class Passing {
  kSkip,    // unused optional (R134) or constant (R135): no argument
  kDevice,  // its address is the argument
  kHost,    // its bytes are staged, the copy's address is the argument (R137)
};

struct OperandPlan {
  Passing passing = Passing::kSkip;
  uint64_t bytes = 0;     // of the tensor
  uint64_t expected = 0;  // R136: ALIGN_UP(bytes, 32) + 32
};

struct OpPlan {
  std::shared_ptr<const OpModel> model;
  std::shared_ptr<const PreparedOp> op;
  std::vector<OperandPlan> inputs;
  std::vector<OperandPlan> outputs;
  // Where the real extents differ from the query's: all outputs as inferred,
  // else empty.
  std::vector<kernels::Shape> inferred;
};

// Makes the plan of a query that `model` matched. Errors: kApiNotSupport where
// the emulator has no such operator, data type, format or attribute; the text
// names operator, argument, given and expected (design 3.4).
absl::StatusOr<std::shared_ptr<const OpPlan>> MakePlan(
    const OpQuery& query, std::shared_ptr<const OpModel> model);

// The call that a query describes, outputs as given, attributes as given.
// Shared by MakePlan and aclopInferShape.
absl::StatusOr<kernels::OpCall> MakeCall(const OpQuery& query);

// The values of the constant inputs, for PrepareOp.
ConstantList ConstantsOf(const OpQuery& query);

// The specs of what lies in memory.
std::vector<kernels::TensorSpec> SpecsOf(
    const std::vector<om::OmTensor>& tensors);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_OP_PLAN_H_
