// File: kernel_registry.h
// Device kernels that a program registers itself (R141): a binary per kernel
// id and a function per operator type that chooses one and makes its
// arguments. Registration is complete; a device binary cannot be executed (its
// instruction set is not public), which the execution says. Thread-safe.

#ifndef ACL_SHIM_OP_KERNEL_REGISTRY_H_
#define ACL_SHIM_OP_KERNEL_REGISTRY_H_

#include <string>

#include "absl/status/status.h"

namespace npuemu::shim {

// Whether aclopUpdateParams has chosen a kernel for the operator type.
bool HasDeviceKernel(const std::string& op_type);

// kApiNotSupport: names the operator and why.
absl::Status DeviceKernelRefused(const std::string& op_type);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_KERNEL_REGISTRY_H_
