// Contexts (R11-R27).

#include "absl/strings/str_cat.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/node/context_handles.h"
#include "acl_shim/rt/node/node_settings.h"

namespace npuemu::shim {
namespace {

// The context behind a handle; a stale one is 107002, as the rest of R20.
absl::StatusOr<std::shared_ptr<Context>> FindContext(aclrtContext handle) {
  return Process::Get().contexts.Get(handle, "context");
}

absl::Status Destroy(Call& call, aclrtContext handle) {
  ASSIGN_OR_RETURN(const auto context, FindContext(handle));
  RETURN_IF_ERROR(DestroyContext(call, context.get()));
  ForgetContext(call, *context);
  return absl::OkStatus();
}

absl::Status SetCurrent(Call& call, aclrtContext handle) {
  if (handle == nullptr) return SetCurrentContext(call, nullptr);  // R20
  ASSIGN_OR_RETURN(auto context, FindContext(handle));
  return SetCurrentContext(call, std::move(context));
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtCreateContext(aclrtContext* context, int32_t deviceId) {
  return NodeCall("aclrtCreateContext", Args(context, deviceId),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(context);
                    ASSIGN_OR_RETURN(const auto made,
                                     CreateContext(call, deviceId));
                    *context = HandleOf(call, *made);
                    return absl::OkStatus();
                  });
}

aclError aclrtDestroyContext(aclrtContext context) {
  return NodeCall("aclrtDestroyContext", Args(context),
                  [&](Call& call) { return Destroy(call, context); });
}

aclError aclrtSetCurrentContext(aclrtContext context) {
  return NodeCall("aclrtSetCurrentContext", Args(context),
                  [&](Call& call) { return SetCurrent(call, context); });
}

aclError aclrtGetCurrentContext(aclrtContext* context) {
  return NodeCall("aclrtGetCurrentContext", Args(context),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(context);
                    ASSIGN_OR_RETURN(Context * current, CurrentContext(call));
                    *context = HandleOf(call, *current);
                    return absl::OkStatus();
                  });
}

aclError aclrtCtxGetCurrentDefaultStream(aclrtStream* stream) {
  return NodeCall("aclrtCtxGetCurrentDefaultStream", Args(stream),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(stream);
                    ASSIGN_OR_RETURN(Context * current, CurrentContext(call));
                    *stream = DefaultStreamHandleOf(call, *current);
                    return absl::OkStatus();
                  });
}

// R27.
aclError aclrtGetPrimaryCtxState(int32_t deviceId, uint32_t* flags,
                                 int32_t* active) {
  return NodeCall("aclrtGetPrimaryCtxState", Args(deviceId, flags, active),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(active);
                    if (flags != nullptr) {
                      return InvalidValue(Fault::kInvalidParam, "flags",
                                          "not nullptr", "nullptr");
                    }
                    ASSIGN_OR_RETURN(Device * device,
                                     call.node.FindDevice(deviceId));
                    *active = device->primary != nullptr ? 1 : 0;
                    return absl::OkStatus();
                  });
}

aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value) {
  return NodeCall("aclrtCtxSetSysParamOpt", Args(opt, value),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
                    return SetSysParam(&context->sys_params, opt, value);
                  });
}

aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t* value) {
  return NodeCall("aclrtCtxGetSysParamOpt", Args(opt, value),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(value);
                    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
                    ASSIGN_OR_RETURN(*value,
                                     GetSysParam(context->sys_params, opt));
                    return absl::OkStatus();
                  });
}
