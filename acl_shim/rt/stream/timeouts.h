// File: timeouts.h
// The timeout arguments of waiting calls.

#ifndef ACL_SHIM_RT_STREAM_TIMEOUTS_H_
#define ACL_SHIM_RT_STREAM_TIMEOUTS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "acl_shim/core/api_call.h"
#include "emulator/base/sim_time.h"

namespace npuemu::shim {

// -1 waits for ever, a positive value is milliseconds; `fault` for the rest
// (R42, R64, R107).
inline absl::StatusOr<std::optional<SimDuration>> HostTimeout(
    int32_t timeout, Fault fault = Fault::kRtParamInvalid) {
  if (timeout == -1) return std::optional<SimDuration>();
  if (timeout > 0) {
    return std::optional<SimDuration>(std::chrono::milliseconds(timeout));
  }
  return InvalidValue(fault, "timeout", std::to_string(timeout),
                      "-1 or at least 1 (milliseconds)");
}

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_STREAM_TIMEOUTS_H_
