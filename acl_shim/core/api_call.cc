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

// The linker's names for the module's begin and end.
extern "C" {
extern const char __ehdr_start __attribute__((visibility("hidden")));
extern const char _end __attribute__((visibility("hidden")));
}

bool IsOurCode(const void* address) {
  return address >= &__ehdr_start && address < &_end;
}

void NoteFailure(Call& call, const absl::Status& status) {
  int hazard = HazardOf(status);
  if (hazard == 0) {
    switch (FaultOf(status)) {
#define FAULT_HAZARD(fault, number) \
  case Fault::fault: hazard = number; break;
#include "acl_shim/core/fault_hazards.def"
#undef FAULT_HAZARD
      default: return;
    }
  }
  call.Misuse(hazard, absl::StrCat(call.name, " returns ",
                                   static_cast<int>(FaultOf(status)), ": ",
                                   status.message()));
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
