#include "acl_shim/base/acl_config.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <limits>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "acl_shim/base/acl_config_value.h"

namespace npuemu::shim {
namespace {

constexpr uint64_t kKiB = 1024;

// Both kinds of nesting are limited each for itself (R2). It also bounds the
// recursion of the JSON parser.
absl::Status CheckDepth(std::string_view text) {
  int objects = 0;
  int arrays = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    objects += (c == '{') - (c == '}');
    arrays += (c == '[') - (c == ']');
    if (objects > kMaxConfigDepth || arrays > kMaxConfigDepth) {
      return FaultError(
          Fault::kInvalidParam,
          absl::StrCat("acl.json is nested deeper at byte ", i,
                       ". Expected: at most ", kMaxConfigDepth,
                       " levels of {} and of []"),
          "EH0004");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadMaxOpQueueNum(const Json& root, AclConfig* config) {
  const ConfigSection section("", Fault::kInvalidMaxOpqueueNumConfig, root);
  ASSIGN_OR_RETURN(const std::string text, section.String("max_opqueue_num"));
  if (!root.contains("max_opqueue_num")) return absl::OkStatus();
  if (!absl::SimpleAtoi(text, &config->max_op_queue_num) ||
      config->max_op_queue_num == 0) {
    return section.Error("max_opqueue_num", "a string with a number above 0");
  }
  return absl::OkStatus();
}

absl::Status ReadMessageMode(const ConfigSection& root, AclConfig* config) {
  ASSIGN_OR_RETURN(const std::string mode,
                   root.Choice("err_msg_mode", {"0", "1"}));
  config->process_level_messages = mode == "1";
  return absl::OkStatus();
}

absl::Status ReadDefaultDevice(const ConfigSection& root, AclConfig* config) {
  ASSIGN_OR_RETURN(const Json* object, root.Object("defaultDevice"));
  if (object == nullptr) return absl::OkStatus();
  const ConfigSection section("defaultDevice", Fault::kInvalidParam, *object);
  ASSIGN_OR_RETURN(
      const std::optional<uint64_t> device,
      section.NumberIn("default_device", 0,
                       std::numeric_limits<int32_t>::max()));
  if (device) config->default_device = static_cast<int32_t>(*device);
  return absl::OkStatus();
}

absl::Status ReadStackSizes(const ConfigSection& root, AclConfig* config) {
  ASSIGN_OR_RETURN(const Json* object, root.Object("StackSize"));
  if (object != nullptr) {
    const ConfigSection section("StackSize", Fault::kInvalidParam, *object);
    ASSIGN_OR_RETURN(config->aicore_stack_size,
                     section.NumberIn("aicore_stack_size", 32 * kKiB,
                                      192 * kKiB, 16 * kKiB));
    RETURN_IF_ERROR(section.Number("simt_stack_size").status());
    RETURN_IF_ERROR(section.Number("simt_divergence_stack_size").status());
  }
  ASSIGN_OR_RETURN(config->simd_printf_fifo_size,
                   root.NumberIn("simd_printf_fifo_size_per_core", kKiB,
                                 64 * kKiB * kKiB));
  return root.Number("simt_printf_fifo_size").status();
}

absl::Status ReadGraphMode(const ConfigSection& root, AclConfig* config) {
  ASSIGN_OR_RETURN(const Json* object, root.Object("acl_graph"));
  if (object == nullptr) return absl::OkStatus();
  const ConfigSection section("acl_graph", Fault::kInvalidParam, *object);
  ASSIGN_OR_RETURN(const std::optional<uint64_t> mode,
                   section.NumberIn("event_mode", 0, 1));
  config->event_mode = static_cast<int>(mode.value_or(0));
  return absl::OkStatus();
}

// dump and profiler.
absl::Status ReadUnperformed(const ConfigSection& root, AclConfig* config) {
  ASSIGN_OR_RETURN(const Json* dump, root.Object("dump"));
  if (dump != nullptr) {
    ASSIGN_OR_RETURN(config->wants_dump, CheckDumpSection(*dump));
  }
  ASSIGN_OR_RETURN(const Json* profiler, root.Object("profiler"));
  if (profiler != nullptr) {
    ASSIGN_OR_RETURN(config->wants_profiling, CheckProfilerSection(*profiler));
  }
  return absl::OkStatus();
}

absl::Status BadPath(const char* path, const char* reason) {
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("configPath \"", path, "\" ", reason,
                                 ". Expected: a readable regular file of at "
                                 "most 10 MiB"),
                    "EH0003");
}

}  // namespace

absl::StatusOr<AclConfig> ParseAclConfig(std::string_view text) {
  RETURN_IF_ERROR(CheckDepth(text));
  const Json root = Json::parse(text.begin(), text.end(), /*cb=*/nullptr,
                                /*allow_exceptions=*/false);
  if (!root.is_object()) {
    return FaultError(Fault::kParseFile,
                      absl::StrCat("acl.json is ",
                                   root.is_discarded() ? "no legal JSON"
                                                       : root.type_name(),
                                   ". Expected: a JSON object"),
                      "EH0004");
  }
  AclConfig config;
  const ConfigSection section("", Fault::kInvalidParam, root);
  RETURN_IF_ERROR(ReadMessageMode(section, &config));
  RETURN_IF_ERROR(ReadUnperformed(section, &config));
  RETURN_IF_ERROR(ReadMaxOpQueueNum(root, &config));
  RETURN_IF_ERROR(ReadDefaultDevice(section, &config));
  RETURN_IF_ERROR(ReadStackSizes(section, &config));
  RETURN_IF_ERROR(ReadGraphMode(section, &config));
  config.text = std::string(text);
  return config;
}

absl::StatusOr<AclConfig> ReadAclConfig(const char* path) {
  if (path == nullptr || path[0] == '\0') return AclConfig();
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path, nullptr),
                                                    &free);
  if (real == nullptr) return BadPath(path, "does not exist");
  struct stat status = {};
  if (stat(real.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return BadPath(path, "is no regular file");
  }
  if (static_cast<uint64_t>(status.st_size) > kMaxConfigBytes) {
    return BadPath(path, "is too large");
  }
  std::ifstream file(real.get(), std::ios::binary);
  std::string text(static_cast<size_t>(status.st_size), '\0');
  file.read(text.data(), status.st_size);
  if (!file || file.gcount() != status.st_size) {
    return BadPath(path, "cannot be read");
  }
  return ParseAclConfig(text);
}

}  // namespace npuemu::shim
