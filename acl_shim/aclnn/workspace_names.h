// File: workspace_names.h
// What the checks call the operands of an operator that lie in its workspace:
// "workspace", whatever the kernel calls them, so that a race on one is H34.
// Thread-safe.

#ifndef ACL_SHIM_ACLNN_WORKSPACE_NAMES_H_
#define ACL_SHIM_ACLNN_WORKSPACE_NAMES_H_

#include "acl_shim/aclnn/plan.h"

namespace npuemu::shim::nn {

// Sets Step::names where a step has such operands. They live as long as the
// process: queued tasks and logs keep them longer than plans are kept.
void NameWorkspace(Plan* plan);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_WORKSPACE_NAMES_H_
