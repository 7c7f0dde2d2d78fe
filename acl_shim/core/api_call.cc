#include "acl_shim/core/api_call.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/last_error.h"
#include "acl_shim/core/log.h"

namespace npuemu::shim {

int Report(const char* function, const absl::Status& status, SimTime when) {
  StoreError(function, status, when);
  if (LogEnabled(LogLevel::kError)) {
    Log(LogLevel::kError,
        absl::StrCat(function, " returned ",
                     static_cast<int>(FaultOf(status)), ": ",
                     status.message()));
  }
  return static_cast<int>(FaultOf(status));
}

absl::Status OutOfHostMemory(const std::exception& exception) {
  return FaultError(Fault::kBadAlloc,
                    absl::StrCat("the host has not enough memory (",
                                 exception.what(), ")"));
}

absl::Status InvalidValue(Fault fault, const char* parameter,
                          const std::string& given,
                          const std::string& expected) {
  return FaultError(fault,
                    absl::StrCat("Value ", given, " for parameter ", parameter,
                                 " is invalid. Expected value: ", expected),
                    "EE1003");
}

absl::Status NullPointer(const char* parameter) {
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("Value nullptr for parameter ", parameter,
                                 " is invalid. Expected value: not nullptr"),
                    "EH0002");
}

}  // namespace npuemu::shim
