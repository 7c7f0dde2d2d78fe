// File: visible_devices.h
// ASCEND_RT_VISIBLE_DEVICES: an ascending list that renumbers devices and ends
// at the first illegal token (R188). Thread-safe.

#ifndef ACL_SHIM_CORE_VISIBLE_DEVICES_H_
#define ACL_SHIM_CORE_VISIBLE_DEVICES_H_

#include <cstdint>
#include <vector>

namespace npuemu::shim {

// Physical ids in visible order; all of [0, devices) when `list` is null.
std::vector<int> ParseVisibleDevices(const char* list, int64_t devices);

inline int64_t CountVisibleDevices(const char* list, int64_t devices) {
  return static_cast<int64_t>(ParseVisibleDevices(list, devices).size());
}

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_VISIBLE_DEVICES_H_
