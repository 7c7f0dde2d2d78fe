// The sections dump and profiler of acl.json: what they ask for is checked,
// though not performed (R185, R186, R189).

#include <string>

#include "acl_shim/base/acl_config_value.h"

namespace npuemu::shim {
namespace {

// An entry of dump.dump_list.
absl::Status CheckDumpEntry(const Json& entry) {
  const ConfigSection section("dump.dump_list", Fault::kInvalidDumpConfig,
                              entry);
  RETURN_IF_ERROR(section.String("model_name").status());
  RETURN_IF_ERROR(section.CheckStrings("layer"));
  return section.CheckStrings("watcher_nodes");
}

// Whether models or operators are to be dumped.
absl::StatusOr<bool> CheckDumpList(const ConfigSection& dump) {
  ASSIGN_OR_RETURN(const Json* list, dump.Array("dump_list"));
  if (list == nullptr) return false;
  for (const Json& entry : *list) {
    if (!entry.is_object()) return dump.Error("dump_list", "objects");
    RETURN_IF_ERROR(CheckDumpEntry(entry));
  }
  return !list->empty();
}

absl::Status CheckDumpWords(const ConfigSection& dump) {
  RETURN_IF_ERROR(
      dump.Choice("dump_mode", {"input", "output", "all"}).status());
  RETURN_IF_ERROR(dump.Choice("dump_data", {"tensor", "stats"}).status());
  RETURN_IF_ERROR(dump.Choice("dump_level", {"op", "kernel", "all"}).status());
  RETURN_IF_ERROR(dump.String("dump_step").status());
  return dump.String("dump_kernel_data").status();
}

// What excludes what (R186).
absl::Status CheckDumpScene(const ConfigSection& dump,
                            const std::string& scene, bool models,
                            const std::string& op_switch, bool debug,
                            bool has_path) {
  const bool ops = op_switch == "on";
  if (debug && !has_path) return dump.Error("dump_path", "a directory");
  if (debug && (models || ops)) {
    return dump.Fail("dump.dump_debug \"on\" excludes dump_list and "
                     "dump_op_switch. Expected: one of them");
  }
  if (scene.empty()) return absl::OkStatus();
  if (scene == "watcher") {
    if (!has_path) return dump.Error("dump_path", "a directory");
    if (debug || ops) {
      return dump.Fail("dump.dump_scene \"watcher\" excludes dump_debug and "
                       "dump_op_switch. Expected: one of them");
    }
    return absl::OkStatus();
  }
  if (models || ops) {
    return dump.Fail("dump.dump_scene of exceptions excludes dump_list and "
                     "dump_op_switch. Expected: one of them");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> CheckDumpSection(const Json& object) {
  const ConfigSection dump("dump", Fault::kInvalidDumpConfig, object);
  RETURN_IF_ERROR(CheckDumpWords(dump));
  ASSIGN_OR_RETURN(const bool models, CheckDumpList(dump));
  ASSIGN_OR_RETURN(const std::string path, dump.String("dump_path"));
  ASSIGN_OR_RETURN(const std::string ops,
                   dump.Choice("dump_op_switch", {"on", "off"}));
  ASSIGN_OR_RETURN(const std::string debug,
                   dump.Choice("dump_debug", {"on", "off"}));
  ASSIGN_OR_RETURN(
      const std::string scene,
      dump.Choice("dump_scene",
                  {"lite_exception", "aic_err_brief_dump", "aic_err_norm_dump",
                   "aic_err_detail_dump", "watcher"}));
  RETURN_IF_ERROR(CheckDumpScene(dump, scene, models, ops, debug == "on",
                                 !path.empty()));
  return models || ops == "on" || debug == "on" || !scene.empty();
}

absl::StatusOr<bool> CheckProfilerSection(const Json& object) {
  const ConfigSection profiler("profiler", Fault::kInvalidProfilingConfig,
                               object);
  ASSIGN_OR_RETURN(const std::string on,
                   profiler.Choice("switch", {"on", "off"}));
  RETURN_IF_ERROR(profiler.Choice("aicpu", {"on", "off"}).status());
  for (const char* key : {"output", "aic_metrics", "storage_limit", "l2"}) {
    RETURN_IF_ERROR(profiler.String(key).status());
  }
  return on == "on";
}

}  // namespace npuemu::shim
