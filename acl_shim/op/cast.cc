// aclopCast, aclopCreateHandleForCast: operator Cast by two descriptors. They
// match a loaded or compiled model as any other operator (R124), with the
// attributes dst_type and truncate; matching ignores the latter.

#include "acl/acl_op.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/execute.h"
#include "acl_shim/op/op_handle.h"

namespace npuemu::shim {
namespace {

absl::StatusOr<OpQuery> CastQuery(const aclTensorDesc* from,
                                  const aclTensorDesc* to, uint8_t truncate) {
  RETURN_IF_NULL(from);
  RETURN_IF_NULL(to);
  ASSIGN_OR_RETURN(OpQuery query,
                   MakeQuery("Cast", {1, &from}, {1, &to}, nullptr));
  query.attrs["dst_type"] =
      static_cast<int64_t>(query.outputs[0].spec.dtype);
  query.attrs["truncate"] = truncate != 0;
  return query;
}

absl::Status Cast(Call& call, const aclTensorDesc* from,
                  const aclDataBuffer* input, const aclTensorDesc* to,
                  aclDataBuffer* output, uint8_t truncate,
                  aclrtStream stream) {
  const ExecuteArgs args{"Cast", {1, &from}, &input, {1, &to}, &output,
                         nullptr, stream};
  ASSIGN_OR_RETURN(const OpQuery query, CastQuery(from, to, truncate));
  OpQuery unused;
  OpBuffers buffers;
  RETURN_IF_ERROR(ReadArgs(args, &unused, &buffers));
  return ExecuteQuery(call, query, buffers, stream, nullptr);
}

}  // namespace
}  // namespace npuemu::shim

extern "C" {

aclError aclopCast(const aclTensorDesc* srcDesc,
                   const aclDataBuffer* srcBuffer,
                   const aclTensorDesc* dstDesc, aclDataBuffer* dstBuffer,
                   uint8_t truncate, aclrtStream stream) {
  return npuemu::shim::NodeCall("aclopCast",
                                npuemu::shim::Args(srcDesc, srcBuffer, dstDesc,
                                                   dstBuffer, truncate, stream),
                                [&](npuemu::Call& call) {
                                  return npuemu::shim::Cast(
                                      call, srcDesc, srcBuffer, dstDesc,
                                      dstBuffer, truncate, stream);
                                });
}

aclError aclopCreateHandleForCast(aclTensorDesc* srcDesc,
                                  aclTensorDesc* dstDesc, uint8_t truncate,
                                  aclopHandle** handle) {
  return npuemu::shim::ApiCall(
      "aclopCreateHandleForCast", [&]() -> absl::Status {
        RETURN_IF_NULL(handle);
        ASSIGN_OR_RETURN(auto query, npuemu::shim::CastQuery(
                                         srcDesc, dstDesc, truncate));
        ASSIGN_OR_RETURN(*handle, npuemu::shim::MakeHandle(query));
        return absl::OkStatus();
      });
}

}  // extern "C"
