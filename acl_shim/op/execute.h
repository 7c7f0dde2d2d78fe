// File: execute.h
// One execution of an operator by name: match, launch, rewrite (R131). Shared
// by aclopExecute, aclopExecuteV2, aclopCompileAndExecute*, aclopCast and
// aclblas*. Used inside a Call.

#ifndef ACL_SHIM_OP_EXECUTE_H_
#define ACL_SHIM_OP_EXECUTE_H_

#include "absl/status/status.h"
#include "acl/acl_op.h"
#include "acl_shim/op/launch.h"
#include "acl_shim/op/query.h"
#include "emulator/device/node.h"

namespace npuemu::shim {

// The arguments that all of them have.
struct ExecuteArgs {
  const char* op_type;
  DescArray inputs;
  const aclDataBuffer* const* input_buffers;
  DescArray outputs;
  aclDataBuffer* const* output_buffers;
  const aclopAttr* attr;
  aclrtStream stream;
};

// Errors: kInvalidParam (null handle, null data with a length, an unknown
// extent), kOpNotFound, those of MakePlan and LaunchOp. `rewrite`: the output
// descriptors get the real extents.
absl::Status Execute(Call& call, const ExecuteArgs& args, bool rewrite);

// The same for what is not in handles; `inferred` gets the real extents of the
// outputs, empty where they are the given ones. May be null. `descs`: the
// caller's input descriptors, which matching touches (R128); may be empty.
absl::Status ExecuteQuery(Call& call, const OpQuery& query,
                          const OpBuffers& buffers, aclrtStream stream,
                          std::vector<kernels::Shape>* inferred,
                          DescArray descs = {});

// The query and the buffers of the arguments; null data with a length is
// kInvalidParam (R131).
absl::Status ReadArgs(const ExecuteArgs& args, OpQuery* query,
                      OpBuffers* buffers);

// Runs what ReadArgs read and rewrites as Execute does.
absl::Status ExecuteRead(Call& call, const ExecuteArgs& args,
                         const OpQuery& query, const OpBuffers& buffers,
                         bool rewrite);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_EXECUTE_H_
