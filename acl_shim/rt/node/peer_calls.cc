// Access between devices (R96) and how they are connected.

#include "absl/strings/str_cat.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/node/device_ids.h"
#include "emulator/device/context.h"

namespace npuemu::shim {
namespace {

// The device of the calling thread, which gets or loses the access.
absl::StatusOr<Device*> DeviceForPeer(Call& call, int32_t peer) {
  RETURN_IF_ERROR(call.node.FindDevice(peer).status());
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  if (context->device().id == peer) {
    return InvalidValue(Fault::kInvalidParam, "peerDeviceId",
                        absl::StrCat(peer),
                        "another device than the current one");
  }
  return &context->device();
}

absl::StatusOr<Device*> FirstOf(Call& call, int32_t device, int32_t peer) {
  RETURN_IF_ERROR(call.node.FindDevice(peer).status());
  return call.node.FindDevice(device);
}

// A2: eight modules, each with HCCS to all others. A3: two dies of one module
// by SIO, modules by a HCCS switch.
absl::StatusOr<uint64_t> TopologyOf(Call& call, int32_t one, int32_t other) {
  ASSIGN_OR_RETURN(const int32_t first, PhysicalId(call.node, one));
  ASSIGN_OR_RETURN(const int32_t second, PhysicalId(call.node, other));
  if (first == second) {
    return InvalidValue(Fault::kRtParamInvalid, "otherDeviceId",
                        absl::StrCat(other), "another device than deviceId");
  }
  const std::string_view family = call.node.soc().short_name;
  if (family != "Ascend910_93") return uint64_t{ACL_RT_DEVS_TOPOLOGY_HCCS};
  return first / 2 == second / 2 ? uint64_t{ACL_RT_DEVS_TOPOLOGY_SIO}
                                 : uint64_t{ACL_RT_DEVS_TOPOLOGY_HCCS_SW};
}

bool IsAtomicOperation(int operation) {
  return (operation >= ACL_RT_ATOMIC_OPERATION_INTEGER_ADD &&
          operation <= ACL_RT_ATOMIC_OPERATION_FLOAT_MAX) ||
         (operation >= ACL_RT_ATOMIC_OPERATION_DMA_ADD &&
          operation <= ACL_RT_ATOMIC_OPERATION_DMA_MAX) ||
         (operation >= ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_ADD &&
          operation <= ACL_RT_ATOMIC_OPERATION_SIMD_SCALAR_EXCH);
}

// This model has no task that updates another's memory atomically: every
// operation has the capability 0.
absl::Status NoAtomics(uint32_t* capabilities,
                       const aclrtAtomicOperation* operations,
                       uint32_t count) {
  RETURN_IF_NULL(capabilities);
  RETURN_IF_NULL(operations);
  if (count == 0) {
    return InvalidValue(Fault::kRtParamInvalid, "count", "0", "1 or more");
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!IsAtomicOperation(operations[i])) {
      return InvalidValue(Fault::kRtParamInvalid, "operations",
                          absl::StrCat(operations[i]),
                          "an aclrtAtomicOperation");
    }
    capabilities[i] = 0;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtDeviceCanAccessPeer(int32_t* canAccessPeer, int32_t deviceId,
                                  int32_t peerDeviceId) {
  return NodeCall(
      "aclrtDeviceCanAccessPeer", Args(canAccessPeer, deviceId, peerDeviceId),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(canAccessPeer);
        RETURN_IF_ERROR(FirstOf(call, deviceId, peerDeviceId).status());
        *canAccessPeer = deviceId != peerDeviceId ? 1 : 0;
        return absl::OkStatus();
      });
}

aclError aclrtDeviceEnablePeerAccess(int32_t peerDeviceId, uint32_t flags) {
  return NodeCall(
      "aclrtDeviceEnablePeerAccess", Args(peerDeviceId, flags),
      [&](Call& call) -> absl::Status {
        if (flags != 0) {
          return InvalidValue(Fault::kFeatureUnsupported, "flags",
                              absl::StrCat(flags), "0");
        }
        ASSIGN_OR_RETURN(Device * device, DeviceForPeer(call, peerDeviceId));
        device->peers.insert(peerDeviceId);
        return absl::OkStatus();
      });
}

aclError aclrtDeviceDisablePeerAccess(int32_t peerDeviceId) {
  return NodeCall("aclrtDeviceDisablePeerAccess", Args(peerDeviceId),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(Device * device,
                                     DeviceForPeer(call, peerDeviceId));
                    device->peers.erase(peerDeviceId);
                    return absl::OkStatus();
                  });
}

aclError aclrtDevicePeerAccessStatus(int32_t deviceId, int32_t peerDeviceId,
                                     int32_t* status) {
  return NodeCall(
      "aclrtDevicePeerAccessStatus", Args(deviceId, peerDeviceId, status),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(status);
        ASSIGN_OR_RETURN(const Device* device,
                         FirstOf(call, deviceId, peerDeviceId));
        *status = device->peers.count(peerDeviceId) > 0 ? 1 : 0;
        return absl::OkStatus();
      });
}

aclError aclrtGetDevicesTopo(uint32_t deviceId, uint32_t otherDeviceId,
                             uint64_t* value) {
  return NodeCall("aclrtGetDevicesTopo", Args(deviceId, otherDeviceId, value),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(value);
                    ASSIGN_OR_RETURN(
                        *value,
                        TopologyOf(call, static_cast<int32_t>(deviceId),
                                   static_cast<int32_t>(otherDeviceId)));
                    return absl::OkStatus();
                  });
}

aclError aclrtDeviceGetHostAtomicCapabilities(
    uint32_t* capabilities, const aclrtAtomicOperation* operations,
    const uint32_t count, int32_t deviceId) {
  return NodeCall("aclrtDeviceGetHostAtomicCapabilities",
                  Args(capabilities, operations, count, deviceId),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_ERROR(call.node.FindDevice(deviceId).status());
                    return NoAtomics(capabilities, operations, count);
                  });
}

aclError aclrtDeviceGetP2PAtomicCapabilities(
    uint32_t* capabilities, const aclrtAtomicOperation* operations,
    const uint32_t count, int32_t srcDeviceId, int32_t dstDeviceId) {
  return NodeCall(
      "aclrtDeviceGetP2PAtomicCapabilities",
      Args(capabilities, operations, count, srcDeviceId, dstDeviceId),
      [&](Call& call) -> absl::Status {
        RETURN_IF_ERROR(FirstOf(call, srcDeviceId, dstDeviceId).status());
        return NoAtomics(capabilities, operations, count);
      });
}
