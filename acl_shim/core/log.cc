#include "acl_shim/core/log.h"

#include <errno.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"

namespace npuemu::shim {
namespace {

constexpr size_t kMaxLine = 1024;

struct Settings {
  int level = 3;  // ERROR
  bool to_stdout = false;
};

bool IsOne(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && std::string_view(text) == "1";
}

// Read once (R187); the older name is still honoured.
const Settings& GetSettings() {
  static const Settings settings = [] {
    Settings read;
    const char* level = std::getenv("ASCEND_GLOBAL_LOG_LEVEL");
    if (level != nullptr && level[0] >= '0' && level[0] <= '4' &&
        level[1] == '\0') {
      read.level = level[0] - '0';
    }
    read.to_stdout = IsOne("ASCEND_LOG_PRINT_TO_STDOUT") ||
                     IsOne("ASCEND_SLOG_PRINT_TO_STDOUT");
    return read;
  }();
  return settings;
}

}  // namespace

bool LogEnabled(LogLevel level) {
  const Settings& settings = GetSettings();
  return settings.to_stdout && static_cast<int>(level) >= settings.level;
}

void Log(LogLevel level, std::string_view text) {
  if (!LogEnabled(level)) return;
  static constexpr const char* kNames[] = {"DEBUG", "INFO", "WARNING",
                                           "ERROR"};
  std::string line = absl::StrFormat(
      "[%s] ASCENDCL(%d,%s): %s", kNames[static_cast<int>(level)], getpid(),
      program_invocation_short_name, std::string(text));
  if (line.size() >= kMaxLine) line.resize(kMaxLine - 1);
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

}  // namespace npuemu::shim
