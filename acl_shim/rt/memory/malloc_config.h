// File: malloc_config.h
// The attributes of aclrtMallocConfig.

#ifndef ACL_SHIM_RT_MEMORY_MALLOC_CONFIG_H_
#define ACL_SHIM_RT_MEMORY_MALLOC_CONFIG_H_

#include <cstdint>
#include <optional>

#include "acl/acl_rt.h"
#include "emulator/base/status.h"

namespace npuemu::shim {

struct MallocConfig {
  std::optional<uint16_t> module;
  std::optional<uint32_t> device;
  std::optional<uint32_t> va_flag;
};

// A null `cfg` has no attributes. Errors kInvalidParam: attributes missing
// though counted, an unknown one.
absl::StatusOr<MallocConfig> ReadMallocConfig(const aclrtMallocConfig* cfg);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_MEMORY_MALLOC_CONFIG_H_
