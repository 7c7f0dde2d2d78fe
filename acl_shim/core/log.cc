#include "acl_shim/core/log.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"

namespace npuemu::shim {
namespace {

constexpr size_t kMaxLine = 1024;
constexpr std::string_view kModule = "ASCENDCL";

struct Settings {
  int level = 3;  // ERROR
  bool to_stdout = false;
};

bool IsOne(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && std::string_view(text) == "1";
}

// Takes a level of one digit; leaves `level` as it is for anything else.
void TakeLevel(std::string_view text, int* level) {
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '4') {
    *level = text[0] - '0';
  }
}

std::string_view Environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// Read once (R187); the older name is still honoured.
const Settings& GetSettings() {
  static const Settings settings = [] {
    Settings read;
    TakeLevel(Environment("ASCEND_GLOBAL_LOG_LEVEL"), &read.level);
    // "MODULE=level:MODULE=level" overrides it for a module.
    std::string_view rest = Environment("ASCEND_MODULE_LOG_LEVEL");
    while (!rest.empty()) {
      const std::string_view item = rest.substr(0, rest.find(':'));
      if (item.substr(0, kModule.size()) == kModule &&
          item.substr(kModule.size(), 1) == "=") {
        TakeLevel(item.substr(kModule.size() + 1), &read.level);
      }
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
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
