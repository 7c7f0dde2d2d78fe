// aclrtDeviceTaskAbort and aclrtQueryDeviceStatus.

#include "absl/strings/str_cat.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/node/context_handles.h"
#include "acl_shim/rt/node/named_callbacks.h"

namespace npuemu::shim {
namespace {

NamedCallbacks<aclrtDeviceTaskAbortCallback>& AbortCallbacks() {
  static auto* all = new NamedCallbacks<aclrtDeviceTaskAbortCallback>();
  return *all;
}

absl::Status RunCallbacks(int32_t device, aclrtDeviceTaskAbortStage stage,
                          uint32_t timeout) {
  for (const auto& entry : AbortCallbacks().Entries()) {
    const int32_t code = entry.function(device, stage, timeout, entry.args);
    if (code == 0) continue;
    return FaultError(Fault::kRtTaskAbortStop,
                      absl::StrCat("the callback \"", entry.name, "\" of ",
                                   "aclrtSetDeviceTaskAbortCallback returned ",
                                   code, ". Expected: 0"));
  }
  return absl::OkStatus();
}

// Drops what is queued on every stream of the device. Streams of models are
// not stopped by it (R51).
absl::Status AbortAll(Call& call, int32_t id) {
  ASSIGN_OR_RETURN(Device * device, call.node.FindDevice(id));
  for (const auto& context : LiveContexts(call, *device)) {
    const auto streams = context->streams();
    for (const auto& stream : streams) {
      if (stream->persistent()) continue;
      RETURN_IF_ERROR(AbortStream(call, stream.get()));
    }
  }
  return absl::OkStatus();
}

// The callbacks run without the node's lock.
absl::Status Abort(int32_t device, uint32_t timeout) {
  ASSIGN_OR_RETURN(Node * node, Process::Get().node());
  RETURN_IF_ERROR(node->FindDevice(device).status());
  RETURN_IF_ERROR(
      RunCallbacks(device, ACL_RT_DEVICE_TASK_ABORT_PRE, timeout));
  {
    Call call(*node, Process::Get().thread(), "aclrtDeviceTaskAbort");
    RETURN_IF_ERROR(AbortAll(call, device));
  }
  return RunCallbacks(device, ACL_RT_DEVICE_TASK_ABORT_POST, timeout);
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

// Queued tasks are dropped at once; the timeout only goes to the callbacks.
aclError aclrtDeviceTaskAbort(int32_t deviceId, uint32_t timeout) {
  return ApiCall("aclrtDeviceTaskAbort",
                 [&] { return Abort(deviceId, timeout); });
}

aclError aclrtSetDeviceTaskAbortCallback(
    const char* regName, aclrtDeviceTaskAbortCallback callback, void* args) {
  return ApiCall("aclrtSetDeviceTaskAbortCallback", [&] {
    return AbortCallbacks().Set(regName, callback, args);
  });
}

// A simulated device never breaks.
aclError aclrtQueryDeviceStatus(int32_t deviceId,
                                aclrtDeviceStatus* deviceStatus) {
  return NodeCall("aclrtQueryDeviceStatus", Args(deviceId, deviceStatus),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(deviceStatus);
                    RETURN_IF_ERROR(call.node.FindDevice(deviceId).status());
                    *deviceStatus = ACL_RT_DEVICE_STATUS_NORMAL;
                    return absl::OkStatus();
                  });
}
