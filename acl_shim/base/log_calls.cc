// aclAppLog: lines of the application in the log (R187).

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "acl/acl.h"
#include "acl_shim/abi/unlisted.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/log.h"

namespace npuemu::shim {
namespace {

absl::Status AppLog(aclLogLevel level, const char* function, const char* file,
                    uint32_t line, const char* format, va_list arguments) {
  RETURN_IF_NULL(format);
  if (level < ACL_DEBUG || level > ACL_ERROR) {
    return InvalidValue(Fault::kInvalidParam, "logLevel", absl::StrCat(level),
                        "[0, 3]");
  }
  if (!LogEnabled(static_cast<LogLevel>(level))) return absl::OkStatus();
  char text[1024];  // what a line holds (R187)
  std::vsnprintf(text, sizeof(text), format, arguments);
  const char* slash = file == nullptr ? nullptr : std::strrchr(file, '/');
  const char* name = slash != nullptr ? slash + 1 : file;
  Log(static_cast<LogLevel>(level),
      absl::StrCat("[APP][", name == nullptr ? "" : name, ":", line, "]",
                   function == nullptr ? "" : function, ": ", text));
  return absl::OkStatus();
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

void aclAppLogWithArgs(aclLogLevel logLevel, const char* func,
                       const char* file, uint32_t line, const char* fmt,
                       va_list args) {
  ApiCall("aclAppLogWithArgs", [&] {
    return AppLog(logLevel, func, file, line, fmt, args);
  });
}

void aclAppLog(aclLogLevel logLevel, const char* func, const char* file,
               uint32_t line, const char* fmt, ...) {
  va_list args;
  va_start(args, fmt);
  ApiCall("aclAppLog", [&] {
    return AppLog(logLevel, func, file, line, fmt, args);
  });
  va_end(args);
}
