// File: json_attr.h
// One element of `attr` of the single-op JSON (single_op 2.1). Thread-safe.

#ifndef ACL_SHIM_OM_JSON_ATTR_H_
#define ACL_SHIM_OM_JSON_ATTR_H_

#include <string>

#include "absl/status/status.h"
#include "acl_shim/om/json_value.h"
#include "kernels/op/attrs.h"

namespace npuemu::om {

// Adds the attribute to `attrs`. Errors: E10032 (keys and types), E10029 (no
// name), E13006 (unknown type), E10030 (value).
absl::Status ParseAttr(const Json& json, const std::string& op_type,
                       const std::string& path, kernels::Attrs* attrs);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_JSON_ATTR_H_
