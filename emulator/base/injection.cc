#include "emulator/base/injection.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace npuemu {
namespace {

absl::Status Refuse(absl::string_view part) {
  return FaultError(
      Fault::kInvalidParam,
      absl::StrCat("--inject (NPUEMU_INJECT) has \"", part,
                   "\"; expected oom@N, task@N:CODE or timeout@N, with N from "
                   "1 and CODE an aclError that tasks have, as 507015"));
}

}  // namespace

absl::StatusOr<Injection> Injection::Parse(std::string_view list) {
  Injection injection;
  for (absl::string_view part :
       absl::StrSplit(absl::string_view(list.data(), list.size()), ',',
                      absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(part, absl::MaxSplits('@', 1));
    const std::pair<absl::string_view, absl::string_view> point =
        absl::StrSplit(halves.second, absl::MaxSplits(':', 1));
    uint64_t number = 0;
    if (!absl::SimpleAtoi(point.first, &number) || number == 0) {
      return Refuse(part);
    }
    int32_t code = 0;
    const bool has_code = absl::SimpleAtoi(point.second, &code);
    const auto fault = static_cast<Fault>(code);
    if (halves.first == "oom" && point.second.empty()) {
      injection.allocations_.insert(number);
    } else if (halves.first == "timeout" && point.second.empty()) {
      injection.timeouts_.insert(number);
    } else if (halves.first == "task" && has_code && code != 0 &&
               InfoOf(fault).fault == fault) {
      injection.tasks_[number] = fault;
    } else {
      return Refuse(part);
    }
  }
  return injection;
}

}  // namespace npuemu
