// File: checks.h
// Argument checks that memory functions share.

#ifndef ACL_SHIM_RT_MEMORY_CHECKS_H_
#define ACL_SHIM_RT_MEMORY_CHECKS_H_

#include <cstdint>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"

namespace npuemu::shim {

// R83, R84: 107000.
inline absl::Status CheckCapacity(uint64_t count, uint64_t capacity,
                                  const char* argument,
                                  const char* capacity_argument) {
  if (count <= capacity) return absl::OkStatus();
  return InvalidValue(Fault::kRtParamInvalid, argument, std::to_string(count),
                      "at most " + std::to_string(capacity) +
                          ", the value of " + capacity_argument);
}

// The kinds that a program may name (R83).
inline bool IsListedKind(aclrtMemcpyKind kind) {
  return kind >= ACL_MEMCPY_HOST_TO_HOST &&
         kind <= ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE;
}

inline absl::Status BadKind(Fault fault, aclrtMemcpyKind kind,
                            const char* expected) {
  return InvalidValue(fault, "kind", std::to_string(static_cast<int>(kind)),
                      expected);
}

// Whether the address lies in a live allocation of a device.
inline absl::Status CheckDeviceMemory(Call& call, const void* address,
                                      const char* argument) {
  const auto value = reinterpret_cast<uint64_t>(address);
  if (call.node.memory().Find(value) != nullptr) return absl::OkStatus();
  return InvalidValue(Fault::kRtParamInvalid, argument,
                      call.node.memory().Name(value),
                      "an address in memory of aclrtMalloc");
}

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_MEMORY_CHECKS_H_
