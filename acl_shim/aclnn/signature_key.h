// File: signature_key.h
// The arguments of a first phase, read once: what a plan depends on, as bytes
// (the operator, its arguments without addresses, whether outputs lie over
// inputs), and the addresses. Thread-safe.

#ifndef ACL_SHIM_ACLNN_SIGNATURE_KEY_H_
#define ACL_SHIM_ACLNN_SIGNATURE_KEY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "acl_shim/aclnn/arg.h"

namespace npuemu::shim::nn {

struct Signature {
  std::string key;
  std::vector<uint64_t> addresses;  // of all tensors, those of lists in order
  std::vector<size_t> first;        // of each argument: its place among them
  bool overlaps = false;  // one that is written lies over another that is read

  uint64_t AddressOf(size_t arg, size_t item) const {
    return addresses[first[arg] + item];
  }
};

// Replaces *signature, whose memory it uses again. Errors: those of the tables
// for handles that are stale, foreign or of another kind. Null is none: the
// operator knows whether it may be.
absl::Status ReadSignature(size_t op, std::span<const Arg> args,
                           Signature* signature);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_SIGNATURE_KEY_H_
