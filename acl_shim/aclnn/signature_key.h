// File: signature_key.h
// What a plan depends on, as bytes: the operator and its arguments without
// addresses. Thread-safe.

#ifndef ACL_SHIM_ACLNN_SIGNATURE_KEY_H_
#define ACL_SHIM_ACLNN_SIGNATURE_KEY_H_

#include <cstddef>
#include <span>
#include <string>

#include "acl_shim/aclnn/arg.h"

namespace npuemu::shim::nn {

// Replaces *key. Empty where a handle is null where it may not be, stale or
// foreign: the operator itself says so.
void SetSignature(size_t op, std::span<const Arg> args, std::string* key);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_SIGNATURE_KEY_H_
