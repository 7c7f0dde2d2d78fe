// File: injection.h
// Faults at chosen points (--inject), to test what a program does about them:
//
//   oom@N        the Nth allocation of device memory fails (207001)
//   task@N:CODE  task N fails with this aclError instead of running, and its
//                stream tells so where R177-R181 say
//   timeout@N    the Nth synchronise of a stream or event times out (507046,
//                507047) without waiting
//
// N counts from 1; several points with commas.
//
// Thread safety: externally synchronized.

#ifndef EMULATOR_BASE_INJECTION_H_
#define EMULATOR_BASE_INJECTION_H_

#include <cstdint>
#include <map>
#include <set>
#include <string_view>

#include "emulator/base/status.h"

namespace npuemu {

class Injection {
 public:
  // Errors: kInvalidParam names the part, and what is expected.
  static absl::StatusOr<Injection> Parse(std::string_view list);

  // Each call is one allocation or synchronise.
  bool FailsAllocation() { return allocations_.contains(++allocation_); }
  bool TimesOut() { return timeouts_.contains(++synchronise_); }
  // kNone: it runs.
  Fault OfTask(uint64_t task) const {
    const auto found = tasks_.find(task);
    return found == tasks_.end() ? Fault::kNone : found->second;
  }

 private:
  std::set<uint64_t> allocations_;
  std::set<uint64_t> timeouts_;
  std::map<uint64_t, Fault> tasks_;
  uint64_t allocation_ = 0;
  uint64_t synchronise_ = 0;
};

}  // namespace npuemu

#endif  // EMULATOR_BASE_INJECTION_H_
