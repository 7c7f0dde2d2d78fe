// What a device is and has: figures of its SoC profile, its memory, its load.

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/node/device_ids.h"
#include "emulator/device/context.h"

namespace npuemu::shim {
namespace {

absl::StatusOr<int64_t> AttributeOf(const SocProfile& soc, int32_t physical,
                                    aclrtDevAttr attribute) {
  switch (static_cast<int>(attribute)) {
#define ATTR(id, value) \
  case id:              \
    return static_cast<int64_t>(value);
#include "acl_shim/rt/node/device_attr.def"
#undef ATTR
    default:
      return InvalidValue(Fault::kRtFeatureNotSupport, "attr",
                          absl::StrCat(attribute),
                          absl::StrCat("an attribute of ", soc.name));
  }
}

absl::StatusOr<int64_t> CapabilityOf(const SocProfile& soc,
                                     aclDeviceInfo info) {
  switch (info) {
    case ACL_DEVICE_INFO_AI_CORE_NUM:
      return soc.cube_cores;
    case ACL_DEVICE_INFO_VECTOR_CORE_NUM:
      return soc.vector_cores;
    case ACL_DEVICE_INFO_L2_SIZE:
      return static_cast<int64_t>(soc.l2_bytes);
    default:
      return InvalidValue(Fault::kInvalidParam, "deviceInfo",
                          absl::StrCat(info), "[0, 2]");
  }
}

// Per cent of the unit's cores that have work at the caller's virtual time.
int32_t Busy(Call& call, int device, Unit unit, uint32_t cores) {
  uint32_t idle = 0;
  while (idle < cores && call.node.costs().Earliest(device, unit, idle + 1,
                                                    call.now) <= call.now) {
    ++idle;
  }
  return static_cast<int32_t>((cores - idle) * 100 / cores);
}

absl::Status FillUtilization(Call& call, int32_t device,
                             aclrtUtilizationInfo* info) {
  const SocProfile& soc = call.node.soc();
  ASSIGN_OR_RETURN(const MemoryInfo memory, call.node.memory().Info(device));
  info->cubeUtilization = Busy(call, device, Unit::kCube, soc.cube_cores);
  info->vectorUtilization =
      Busy(call, device, Unit::kVector, soc.vector_cores);
  info->aicpuUtilization = Busy(call, device, Unit::kAiCpu, soc.ai_cpus);
  info->memoryUtilization = static_cast<int32_t>(
      (memory.total - memory.free) * 100 / memory.total);
  return absl::OkStatus();
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtGetDeviceInfo(uint32_t deviceId, aclrtDevAttr attr,
                            int64_t* value) {
  return NodeCall(
      "aclrtGetDeviceInfo", Args(deviceId, attr, value),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(value);
        ASSIGN_OR_RETURN(const int32_t physical,
                         PhysicalId(call.node, static_cast<int32_t>(deviceId)));
        ASSIGN_OR_RETURN(*value, AttributeOf(call.node.soc(), physical, attr));
        return absl::OkStatus();
      });
}

aclError aclGetDeviceCapability(uint32_t deviceId, aclDeviceInfo deviceInfo,
                                int64_t* value) {
  return NodeCall(
      "aclGetDeviceCapability", Args(deviceId, deviceInfo, value),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(value);
        RETURN_IF_ERROR(
            call.node.FindDevice(static_cast<int32_t>(deviceId)).status());
        ASSIGN_OR_RETURN(*value, CapabilityOf(call.node.soc(), deviceInfo));
        return absl::OkStatus();
      });
}

// Neither feature is part of this model.
aclError aclrtGetDeviceCapability(int32_t deviceId,
                                  aclrtDevFeatureType devFeatureType,
                                  int32_t* value) {
  return NodeCall("aclrtGetDeviceCapability", [&](Call& call) -> absl::Status {
    RETURN_IF_NULL(value);
    RETURN_IF_ERROR(call.node.FindDevice(deviceId).status());
    if (devFeatureType != ACL_FEATURE_TSCPU_TASK_UPDATE_SUPPORT_AIC_AIV &&
        devFeatureType != ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV) {
      return InvalidValue(Fault::kInvalidParam, "devFeatureType",
                          absl::StrCat(devFeatureType), "1 or 21");
    }
    *value = ACL_DEV_FEATURE_NOT_SUPPORT;
    return absl::OkStatus();
  });
}

aclError aclrtGetDeviceUtilizationRate(int32_t deviceId,
                                       aclrtUtilizationInfo* utilizationInfo) {
  return NodeCall("aclrtGetDeviceUtilizationRate",
                  Args(deviceId, utilizationInfo),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(utilizationInfo);
                    RETURN_IF_ERROR(call.node.FindDevice(deviceId).status());
                    return FillUtilization(call, deviceId, utilizationInfo);
                  });
}

// 7 is the lowest priority and 0 the highest (R34).
aclError aclrtDeviceGetStreamPriorityRange(int32_t* leastPriority,
                                           int32_t* greatestPriority) {
  return NodeCall("aclrtDeviceGetStreamPriorityRange",
                  Args(leastPriority, greatestPriority),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(leastPriority);
                    RETURN_IF_NULL(greatestPriority);
                    RETURN_IF_ERROR(CurrentContext(call).status());
                    *leastPriority = static_cast<int32_t>(kLowestPriority);
                    *greatestPriority = 0;
                    return absl::OkStatus();
                  });
}
