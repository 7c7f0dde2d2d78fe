// File: node_settings.h
// What the interface keeps for the process and for each device: values that a
// program sets and reads back. Used under the node's lock (a Call proves it).

#ifndef ACL_SHIM_RT_NODE_NODE_SETTINGS_H_
#define ACL_SHIM_RT_NODE_NODE_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <map>

#include "acl/acl_rt.h"
#include "emulator/base/sim_time.h"
#include "emulator/base/status.h"
#include "emulator/device/node.h"

namespace npuemu::shim {

struct DeviceSettings {
  std::map<int, uint32_t> core_limits;  // by aclrtDevResLimitType
  std::map<int, size_t> size_limits;    // by aclrtDeviceLimit, bytes
};

struct NodeSettings {
  std::map<int, int64_t> sys_params;  // by aclSysParamOpt (R26)
  std::chrono::microseconds op_timeout{0};  // 0: none was set
  std::map<int, DeviceSettings> devices;
};

NodeSettings& SettingsOf(const Call& call);

// R26. Errors: kInvalidParam for an option that does not exist;
// kRtSysparamoptNotSet for one that was never set.
absl::Status SetSysParam(std::map<int, int64_t>* params, aclSysParamOpt option,
                         int64_t value);
absl::StatusOr<int64_t> GetSysParam(const std::map<int, int64_t>& params,
                                    aclSysParamOpt option);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_NODE_NODE_SETTINGS_H_
