// File: json_tensor.h
// One TensorDesc of the single-op JSON (single_op 2.1). Thread-safe.

#ifndef ACL_SHIM_OM_JSON_TENSOR_H_
#define ACL_SHIM_OM_JSON_TENSOR_H_

#include <string>

#include "absl/status/statusor.h"
#include "acl_shim/om/json_value.h"
#include "acl_shim/om/single_op_model.h"

namespace npuemu::om {

// Where the tensor stands, for messages.
struct TensorPlace {
  std::string op_type;
  bool is_input = true;
  size_t index = 0;
};

// Errors: E10032 (keys and types), E10027 (element type or format), E13014
// (shape, range, constant).
absl::StatusOr<OmTensor> ParseTensor(const Json& json,
                                     const TensorPlace& place);

// The bytes of a flat list of numbers in the layout of `spec`. Errors: E13014.
absl::StatusOr<std::vector<std::byte>> ParseConstValue(
    const Json& json, const kernels::TensorSpec& spec,
    const std::string& op_type);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_JSON_TENSOR_H_
