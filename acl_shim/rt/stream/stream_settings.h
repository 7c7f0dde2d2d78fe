// File: stream_settings.h
// What the interface keeps beside a stream: values that a program sets and
// reads back and that no task depends on. Used under the node's lock (a Call
// proves it).

#ifndef ACL_SHIM_RT_STREAM_STREAM_SETTINGS_H_
#define ACL_SHIM_RT_STREAM_STREAM_SETTINGS_H_

#include <cstdint>
#include <map>

#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {

struct StreamSettings {
  uint32_t custom_tag = 0;     // ACL_STREAM_ATTR_USER_CUSTOM_TAG
  uint32_t cache_op_info = 0;  // ACL_STREAM_ATTR_CACHE_OP_INFO
  std::map<int, uint32_t> core_limits;  // by aclrtDevResLimitType
};

// The settings of a stream; made at first use.
StreamSettings& SettingsOf(const Call& call, const Stream& stream);
// For its destruction.
void ForgetSettings(const Call& call, const Stream& stream);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_STREAM_STREAM_SETTINGS_H_
