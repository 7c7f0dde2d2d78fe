// File: value_call.h
// The shape of entry points that return a value instead of an aclError: a
// failed body is reported as elsewhere and gives `fallback`. Thread-safe.

#ifndef ACL_SHIM_CORE_VALUE_CALL_H_
#define ACL_SHIM_CORE_VALUE_CALL_H_

#include <utility>

#include "acl_shim/core/api_call.h"

namespace npuemu::shim {

// body() -> absl::StatusOr<T>.
template <typename T, typename Body>
T ValueCall(const char* function, T fallback, Body body) {
  T value = std::move(fallback);
  ApiCall(function, [&]() -> absl::Status {
    auto result = body();
    if (!result.ok()) return result.status();
    value = *std::move(result);
    return absl::OkStatus();
  });
  return value;
}

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_VALUE_CALL_H_
