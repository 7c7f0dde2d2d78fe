// libFuzzer: any bytes are either a configuration within its limits or an
// error with a text. Seeds: testdata/fuzz/acl_json.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "acl_shim/base/acl_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto config = npuemu::shim::ParseAclConfig(
      std::string_view(reinterpret_cast<const char*>(data), size));
  if (config.ok() ? config->max_op_queue_num == 0
                  : config.status().message().empty()) {
    __builtin_trap();
  }
  return 0;
}
