// File: acl_config.h
// acl.json, the file that aclInit reads (R2, R3, R185, R186). Unknown keys are
// accepted silently; a known key of a wrong type or value is an error that
// names key, given and expected. Thread-safe.

#ifndef ACL_SHIM_BASE_ACL_CONFIG_H_
#define ACL_SHIM_BASE_ACL_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "emulator/base/status.h"

namespace npuemu::shim {

constexpr uint64_t kDefaultMaxOpQueueNum = 20000;  // single_op 2.5
constexpr uint64_t kMaxConfigBytes = 10u << 20;    // R2
constexpr int kMaxConfigDepth = 10;                // of '{' and of '[' each

struct AclConfig {
  // How many single-op models stay cached.
  uint64_t max_op_queue_num = kDefaultMaxOpQueueNum;
  bool process_level_messages = false;      // err_msg_mode "1"
  std::optional<int32_t> default_device;    // R17
  int event_mode = 0;                       // acl_graph.event_mode
  // Bytes; empty: as the chip has it.
  std::optional<uint64_t> aicore_stack_size;
  std::optional<uint64_t> simd_printf_fifo_size;
  // Asked for, but not performed.
  bool wants_dump = false;
  bool wants_profiling = false;
  // The text, to compare a later aclInit with the first (R3) and for the
  // callbacks; empty without a file.
  std::string text;
};

// Parses the text of an acl.json. Errors: kParseFile for text that is no JSON
// or too deep; kInvalidParam, kInvalidDumpConfig, kInvalidProfilingConfig or
// kInvalidMaxOpqueueNumConfig for a value.
absl::StatusOr<AclConfig> ParseAclConfig(std::string_view text);

// Reads the file; null or "" gives the defaults. Errors: as above, and
// kInvalidParam for a path that is no regular file of at most 10 MiB.
absl::StatusOr<AclConfig> ReadAclConfig(const char* path);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_BASE_ACL_CONFIG_H_
