// Devices that are set, reset and waited for (R13-R18, R46).

#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "acl/acl_rt.h"
#include "acl_shim/abi/unlisted.h"
#include "acl_shim/core/value_call.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/node/context_handles.h"
#include "acl_shim/rt/node/named_callbacks.h"
#include "emulator/device/capture.h"

namespace npuemu::shim {
namespace {

NamedCallbacks<aclrtDeviceStateCallback>& StateCallbacks() {
  static auto* all = new NamedCallbacks<aclrtDeviceStateCallback>();
  return *all;
}

void NotifyState(int32_t device, aclrtDeviceState state) {
  for (const auto& entry : StateCallbacks().Entries()) {
    entry.function(device, state, entry.args);
  }
}

bool IsDevice(int32_t id) {
  const auto node = Process::Get().node();
  return node.ok() && id >= 0 && id < (*node)->device_count();
}

// `body` between its two notifications; those run without the node's lock, so
// that callbacks may call this library.
template <typename Body>
aclError ChangeDevice(const char* function, int32_t device,
                      aclrtDeviceState pre, aclrtDeviceState post, Body body) {
  if (IsDevice(device)) NotifyState(device, pre);
  const aclError code = NodeCall(function, body);
  if (code == ACL_SUCCESS) NotifyState(device, post);
  return code;
}

aclError Set(const char* function, int32_t device) {
  return ChangeDevice(function, device, ACL_RT_DEVICE_STATE_SET_PRE,
                      ACL_RT_DEVICE_STATE_SET_POST,
                      [&](Call& call) { return SetDevice(call, device); });
}

aclError Reset(const char* function, int32_t id, bool force) {
  return ChangeDevice(
      function, id, ACL_RT_DEVICE_STATE_RESET_PRE,
      ACL_RT_DEVICE_STATE_RESET_POST, [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(Device * device, call.node.FindDevice(id));
        const std::shared_ptr<Context> primary = device->primary;
        const absl::Status status = ResetDevice(call, id, force);
        if (primary != nullptr && primary->destroyed()) {
          ForgetContext(call, *primary);
        }
        return status;
      });
}

// -1 waits for ever; a positive value is milliseconds (R42, R46).
absl::Status Synchronize(Call& call, int32_t timeout) {
  if (timeout == 0 || timeout < -1) {
    return InvalidValue(Fault::kRtParamInvalid, "timeout",
                        absl::StrCat(timeout),
                        "-1 or at least 1 (milliseconds)");
  }
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  RETURN_IF_ERROR(RefuseCapturing(call, context));
  std::optional<SimDuration> limit;
  if (timeout > 0) limit = std::chrono::milliseconds(timeout);
  return SynchronizeContext(call, context, limit);
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtSetDevice(int32_t deviceId) {
  return Set("aclrtSetDevice", deviceId);
}

aclError aclrtSetDeviceWithoutTsdVXX(int32_t deviceId) {
  return Set("aclrtSetDeviceWithoutTsdVXX", deviceId);
}

aclError aclrtResetDevice(int32_t deviceId) {
  return Reset("aclrtResetDevice", deviceId, /*force=*/false);
}

aclError aclrtResetDeviceWithoutTsdVXX(int32_t deviceId) {
  return Reset("aclrtResetDeviceWithoutTsdVXX", deviceId, /*force=*/false);
}

aclError aclrtResetDeviceForce(int32_t deviceId) {
  return Reset("aclrtResetDeviceForce", deviceId, /*force=*/true);
}

aclError aclrtGetDevice(int32_t* deviceId) {
  return NodeCall("aclrtGetDevice", Args(deviceId),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(deviceId);
                    ASSIGN_OR_RETURN(*deviceId, CurrentDevice(call));
                    return absl::OkStatus();
                  });
}

aclError aclrtGetDeviceCount(uint32_t* count) {
  return NodeCall("aclrtGetDeviceCount", Args(count),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(count);
                    *count = static_cast<uint32_t>(call.node.device_count());
                    return absl::OkStatus();
                  });
}

// The program runs on the host and the devices beside it.
aclError aclrtGetRunMode(aclrtRunMode* runMode) {
  return ApiCall("aclrtGetRunMode", [&]() -> absl::Status {
    RETURN_IF_NULL(runMode);
    *runMode = ACL_HOST;
    return absl::OkStatus();
  });
}

const char* aclrtGetSocName() {
  return ValueCall<const char*>(
      "aclrtGetSocName", nullptr, []() -> absl::StatusOr<const char*> {
        ASSIGN_OR_RETURN(Node * node, Process::Get().node());
        return node->soc().name;
      });
}

aclError aclrtSynchronizeDevice() {
  return NodeCall("aclrtSynchronizeDevice",
                  [](Call& call) { return Synchronize(call, -1); });
}

aclError aclrtSynchronizeDeviceWithTimeout(int32_t timeout) {
  return NodeCall("aclrtSynchronizeDeviceWithTimeout", Args(timeout),
                  [&](Call& call) { return Synchronize(call, timeout); });
}

// The chips have one task scheduler.
aclError aclrtSetTsDevice(aclrtTsId tsId) {
  return NodeCall(
      "aclrtSetTsDevice", Args(tsId), [&](Call& call) -> absl::Status {
        RETURN_IF_ERROR(CurrentContext(call).status());
        if (tsId == ACL_TS_ID_AICORE) return absl::OkStatus();
        return InvalidValue(Fault::kInvalidParam, "tsId", absl::StrCat(tsId),
                            "ACL_TS_ID_AICORE (0)");
      });
}

aclError aclrtRegDeviceStateCallback(const char* regName,
                                     aclrtDeviceStateCallback callback,
                                     void* args) {
  return ApiCall("aclrtRegDeviceStateCallback", [&] {
    return StateCallbacks().Set(regName, callback, args);
  });
}
