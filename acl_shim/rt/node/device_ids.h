// File: device_ids.h
// The numbers of a device. A user id counts the visible devices; the logic id
// and the physical id of it are its place in the whole node, the same number
// since no container stands between (R16, R188).

#ifndef ACL_SHIM_RT_NODE_DEVICE_IDS_H_
#define ACL_SHIM_RT_NODE_DEVICE_IDS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "emulator/device/node.h"

namespace npuemu::shim {

// Errors: kRtInvalidDeviceid.
absl::StatusOr<int32_t> PhysicalId(Node& node, int32_t user_id);
// Also for a device that is not visible.
absl::StatusOr<int32_t> UserId(Node& node, int32_t physical_id);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_NODE_DEVICE_IDS_H_
