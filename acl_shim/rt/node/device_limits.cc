// Limits and modes of a device that a program sets and reads back.

#include "absl/strings/str_cat.h"
#include "acl/acl_rt.h"
#include "acl_shim/base/acl_state.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/node/node_settings.h"
#include "emulator/device/context.h"

namespace npuemu::shim {
namespace {

constexpr size_t kKiB = 1024;
constexpr size_t kDefaultStack = 32 * kKiB;
constexpr size_t kDefaultFifo = kKiB * kKiB;

// Cores of the kind that the chip has.
absl::StatusOr<uint32_t> CoresOf(const SocProfile& soc,
                                 aclrtDevResLimitType type) {
  if (type == ACL_RT_DEV_RES_CUBE_CORE) return soc.cube_cores;
  if (type == ACL_RT_DEV_RES_VECTOR_CORE) return soc.vector_cores;
  return InvalidValue(Fault::kRtParamInvalid, "type", absl::StrCat(type),
                      "0 or 1");
}

absl::StatusOr<uint32_t> CoreLimitOf(Call& call, int device,
                                     aclrtDevResLimitType type) {
  RETURN_IF_ERROR(call.node.FindDevice(device).status());
  ASSIGN_OR_RETURN(const uint32_t cores, CoresOf(call.node.soc(), type));
  const auto& limits = SettingsOf(call).devices[device].core_limits;
  const auto found = limits.find(type);
  return found == limits.end() ? cores : found->second;
}

absl::Status SetCoreLimit(Call& call, int device, aclrtDevResLimitType type,
                          uint32_t value) {
  RETURN_IF_ERROR(call.node.FindDevice(device).status());
  ASSIGN_OR_RETURN(const uint32_t cores, CoresOf(call.node.soc(), type));
  if (value < 1 || value > cores) {
    return InvalidValue(Fault::kRtParamInvalid, "value", absl::StrCat(value),
                        absl::StrCat("[1, ", cores, "]"));
  }
  SettingsOf(call).devices[device].core_limits[type] = value;
  return absl::OkStatus();
}

// The bounds of R185; there is no SIMT on these chips.
absl::Status CheckSizeLimit(aclrtDeviceLimit limit, size_t value) {
  if (limit == ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE) {
    if (value % (16 * kKiB) == 0 && value >= 32 * kKiB &&
        value <= 192 * kKiB) {
      return absl::OkStatus();
    }
    return InvalidValue(Fault::kRtParamInvalid, "value", absl::StrCat(value),
                        "a multiple of 16384 in [32768, 196608]");
  }
  if (value >= kKiB && value <= 64 * kKiB * kKiB) return absl::OkStatus();
  return InvalidValue(Fault::kRtParamInvalid, "value", absl::StrCat(value),
                      "[1024, 67108864]");
}

absl::Status CheckLimit(aclrtDeviceLimit limit) {
  if (limit == ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE ||
      limit == ACL_RT_DEV_LIMIT_SIMD_PRINTF_FIFO_SIZE_PER_CORE) {
    return absl::OkStatus();
  }
  return InvalidValue(Fault::kRtFeatureNotSupport, "limit",
                      absl::StrCat(limit), "2 or 3; the chip has no SIMT");
}

size_t DefaultLimit(aclrtDeviceLimit limit) {
  const AclConfig config = CurrentAclConfig();
  return limit == ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE
             ? config.aicore_stack_size.value_or(kDefaultStack)
             : config.simd_printf_fifo_size.value_or(kDefaultFifo);
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtSetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type,
                                uint32_t value) {
  return NodeCall(
      "aclrtSetDeviceResLimit", Args(deviceId, type, value),
      [&](Call& call) { return SetCoreLimit(call, deviceId, type, value); });
}

aclError aclrtGetDeviceResLimit(int32_t deviceId, aclrtDevResLimitType type,
                                uint32_t* value) {
  return NodeCall("aclrtGetDeviceResLimit", Args(deviceId, type, value),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(value);
                    ASSIGN_OR_RETURN(*value, CoreLimitOf(call, deviceId, type));
                    return absl::OkStatus();
                  });
}

aclError aclrtResetDeviceResLimit(int32_t deviceId) {
  return NodeCall("aclrtResetDeviceResLimit", Args(deviceId),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_ERROR(call.node.FindDevice(deviceId).status());
                    SettingsOf(call).devices[deviceId].core_limits.clear();
                    return absl::OkStatus();
                  });
}

aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type,
                                    uint32_t* value) {
  return NodeCall("aclrtGetResInCurrentThread", Args(type, value),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(value);
                    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
                    ASSIGN_OR_RETURN(
                        *value, CoreLimitOf(call, context->device().id, type));
                    return absl::OkStatus();
                  });
}

aclError aclrtDeviceSetLimit(aclrtDeviceLimit limit, size_t value) {
  return NodeCall(
      "aclrtDeviceSetLimit", Args(limit, value),
      [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
        RETURN_IF_ERROR(CheckLimit(limit));
        RETURN_IF_ERROR(CheckSizeLimit(limit, value));
        SettingsOf(call).devices[context->device().id].size_limits[limit] =
            value;
        return absl::OkStatus();
      });
}

aclError aclrtDeviceGetLimit(aclrtDeviceLimit limit, size_t* value) {
  return NodeCall(
      "aclrtDeviceGetLimit", Args(limit, value),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(value);
        ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
        RETURN_IF_ERROR(CheckLimit(limit));
        const auto& limits =
            SettingsOf(call).devices[context->device().id].size_limits;
        const auto found = limits.find(limit);
        *value = found == limits.end() ? DefaultLimit(limit) : found->second;
        return absl::OkStatus();
      });
}

// For streams that are created later (arithmetic 1.3).
aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode) {
  return NodeCall("aclrtSetDeviceSatMode", Args(mode),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
                    if (mode != ACL_RT_OVERFLOW_MODE_SATURATION &&
                        mode != ACL_RT_OVERFLOW_MODE_INFNAN) {
                      return InvalidValue(Fault::kRtParamInvalid, "mode",
                                          absl::StrCat(mode), "0 or 1");
                    }
                    context->device().overflow_mode = mode;
                    return absl::OkStatus();
                  });
}

aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode* mode) {
  return NodeCall("aclrtGetDeviceSatMode", Args(mode),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(mode);
                    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
                    *mode = static_cast<aclrtFloatOverflowMode>(
                        context->device().overflow_mode);
                    return absl::OkStatus();
                  });
}
