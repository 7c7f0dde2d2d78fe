// File: log.h
// The log that CANN users know: "[LEVEL] MODULE(pid,proc):time text" on
// standard output with ASCEND_LOG_PRINT_TO_STDOUT=1 (R187). Thread-safe.

#ifndef ACL_SHIM_CORE_LOG_H_
#define ACL_SHIM_CORE_LOG_H_

#include <string_view>

namespace npuemu::shim {

// Numbers of ASCEND_GLOBAL_LOG_LEVEL.
enum class LogLevel { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

// Whether a line of this level would be printed.
bool LogEnabled(LogLevel level);

// Prints one line, cut at 1024 bytes.
void Log(LogLevel level, std::string_view text);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_LOG_H_
