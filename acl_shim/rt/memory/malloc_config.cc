#include "acl_shim/rt/memory/malloc_config.h"

#include <string>

#include "acl_shim/core/api_call.h"

namespace npuemu::shim {

absl::StatusOr<MallocConfig> ReadMallocConfig(const aclrtMallocConfig* cfg) {
  MallocConfig config;
  if (cfg == nullptr || cfg->numAttrs == 0) return config;
  if (cfg->attrs == nullptr) return NullPointer("cfg->attrs");
  for (size_t i = 0; i < cfg->numAttrs; ++i) {
    const aclrtMallocAttribute& attribute = cfg->attrs[i];
    switch (attribute.attr) {
      case ACL_RT_MEM_ATTR_MODULE_ID:
        config.module = attribute.value.moduleId;
        continue;
      case ACL_RT_MEM_ATTR_DEVICE_ID:
        config.device = attribute.value.deviceId;
        continue;
      case ACL_RT_MEM_ATTR_VA_FLAG:
        config.va_flag = attribute.value.vaFlag;
        continue;
      default:
        return InvalidValue(
            Fault::kInvalidParam, "cfg->attrs[].attr",
            std::to_string(static_cast<int>(attribute.attr)),
            "1 (module id), 2 (device id) or 3 (VA flag)");
    }
  }
  return config;
}

}  // namespace npuemu::shim
