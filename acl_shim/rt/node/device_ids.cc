#include "acl_shim/rt/node/device_ids.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/visible_devices.h"
#include "emulator/base/config.h"

namespace npuemu::shim {
namespace {

// Physical ids by user id. Read when it is first asked for, from what the
// node was made of.
const std::vector<int>& VisibleIds() {
  static const auto* ids = [] {
    const auto config = ConfigFromEnvironment(&std::getenv);
    return new std::vector<int>(
        ParseVisibleDevices(std::getenv("ASCEND_RT_VISIBLE_DEVICES"),
                            config.ok() ? config->devices : 0));
  }();
  return *ids;
}

// "0000:81:00.0" for device 0: one bus a device.
constexpr int kFirstBus = 0x81;
constexpr size_t kBusIdBytes = 13;

std::string BusId(int32_t physical) {
  return absl::StrFormat("0000:%02x:00.0", kFirstBus + physical);
}

absl::Status DeviceOfBusId(Node& node, const char* bus_id, int32_t* device) {
  for (int32_t id = 0; id < node.device_count(); ++id) {
    ASSIGN_OR_RETURN(const int32_t physical, PhysicalId(node, id));
    if (BusId(physical) != bus_id) continue;
    *device = id;
    return absl::OkStatus();
  }
  return InvalidValue(Fault::kRtParamInvalid, "pciBusId",
                      absl::StrCat("\"", bus_id, "\""),
                      "an id of aclrtDeviceGetPCIBusId");
}

// A conversion of ids; convert(Node&, int32_t) -> StatusOr<int32_t>.
template <typename Convert>
aclError ConvertId(const char* function, int32_t from, int32_t* to,
                   Convert convert) {
  return NodeCall(function, [&](Call& call) -> absl::Status {
    if (to == nullptr) return NullPointer("the output id");
    ASSIGN_OR_RETURN(*to, convert(call.node, from));
    return absl::OkStatus();
  });
}

// Logic and physical ids are the same numbers.
absl::StatusOr<int32_t> CheckedPhysicalId(Node& node, int32_t id) {
  RETURN_IF_ERROR(UserId(node, id).status());
  return id;
}

}  // namespace

absl::StatusOr<int32_t> PhysicalId(Node& node, int32_t user_id) {
  RETURN_IF_ERROR(node.FindDevice(user_id).status());
  const std::vector<int>& ids = VisibleIds();
  if (static_cast<size_t>(user_id) >= ids.size()) return user_id;
  return ids[static_cast<size_t>(user_id)];
}

absl::StatusOr<int32_t> UserId(Node& node, int32_t physical_id) {
  for (int32_t id = 0; id < node.device_count(); ++id) {
    ASSIGN_OR_RETURN(const int32_t physical, PhysicalId(node, id));
    if (physical == physical_id) return id;
  }
  return FaultError(Fault::kRtInvalidDeviceid,
                    absl::StrCat("value ", physical_id, " is invalid. Expected "
                                 "value: the id of a visible device"));
}

}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtGetPhyDevIdByUserDevId(const int32_t userDevId,
                                     int32_t* const phyDevId) {
  return ConvertId("aclrtGetPhyDevIdByUserDevId", userDevId, phyDevId,
                   &PhysicalId);
}

aclError aclrtGetLogicDevIdByUserDevId(const int32_t userDevid,
                                       int32_t* const logicDevId) {
  return ConvertId("aclrtGetLogicDevIdByUserDevId", userDevid, logicDevId,
                   &PhysicalId);
}

aclError aclrtGetUserDevIdByPhyDevId(const int32_t phyDevId,
                                     int32_t* const userDevId) {
  return ConvertId("aclrtGetUserDevIdByPhyDevId", phyDevId, userDevId,
                   &UserId);
}

aclError aclrtGetUserDevIdByLogicDevId(const int32_t logicDevId,
                                       int32_t* const userDevid) {
  return ConvertId("aclrtGetUserDevIdByLogicDevId", logicDevId, userDevid,
                   &UserId);
}

aclError aclrtGetLogicDevIdByPhyDevId(const int32_t phyDevId,
                                      int32_t* const logicDevId) {
  return ConvertId("aclrtGetLogicDevIdByPhyDevId", phyDevId, logicDevId,
                   &CheckedPhysicalId);
}

aclError aclrtGetPhyDevIdByLogicDevId(const int32_t logicDevId,
                                      int32_t* const phyDevId) {
  return ConvertId("aclrtGetPhyDevIdByLogicDevId", logicDevId, phyDevId,
                   &CheckedPhysicalId);
}

aclError aclrtDeviceGetPCIBusId(int32_t deviceId, char* pciBusId,
                                int32_t len) {
  return NodeCall("aclrtDeviceGetPCIBusId", Args(deviceId, pciBusId, len),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(pciBusId);
                    ASSIGN_OR_RETURN(const int32_t id,
                                     PhysicalId(call.node, deviceId));
                    if (len < static_cast<int32_t>(kBusIdBytes)) {
                      return InvalidValue(Fault::kRtParamInvalid, "len",
                                          absl::StrCat(len), "at least 13");
                    }
                    std::memcpy(pciBusId, BusId(id).c_str(), kBusIdBytes);
                    return absl::OkStatus();
                  });
}

aclError aclrtDeviceGetByPCIBusId(const char* pciBusId, int32_t* deviceId) {
  return NodeCall("aclrtDeviceGetByPCIBusId", Args(pciBusId, deviceId),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(pciBusId);
                    RETURN_IF_NULL(deviceId);
                    return DeviceOfBusId(call.node, pciBusId, deviceId);
                  });
}

// "npuemu", nine zeros and the physical id: the same in every run.
aclError aclrtDeviceGetUuid(int32_t deviceId, aclrtUuid* uuid) {
  return NodeCall("aclrtDeviceGetUuid", Args(deviceId, uuid),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(uuid);
                    ASSIGN_OR_RETURN(const int32_t id,
                                     PhysicalId(call.node, deviceId));
                    *uuid = {};
                    std::memcpy(uuid->bytes, "npuemu", 6);
                    uuid->bytes[15] = static_cast<char>(id);
                    return absl::OkStatus();
                  });
}
