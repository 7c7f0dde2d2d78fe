// File: op_attr.h
// What stands behind an aclopAttr*: an ordered set of named values. Not
// synchronized: callers that share one order their calls (H39).

#ifndef ACL_SHIM_OP_OP_ATTR_H_
#define ACL_SHIM_OP_OP_ATTR_H_

#include "acl/acl_op.h"
#include "acl_shim/core/handle_table.h"
#include "kernels/op/attrs.h"

namespace npuemu::shim {

struct OpAttr {
  kernels::Attrs values;
};

// The handles; one that is stale or foreign is kInvalidParam.
HandleTable<OpAttr>& OpAttrs();

// The values behind an argument; null is the empty set (single_op 3).
absl::StatusOr<kernels::Attrs> AttrsOf(const aclopAttr* attr);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_OP_ATTR_H_
