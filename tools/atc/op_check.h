// File: op_check.h
// Whether the emulated device has a kernel for a single-op model, so that ATC
// refuses what aclopCreateHandle would refuse (design 3.4). Thread-safe, but
// for LoadUserOps.

#ifndef TOOLS_ATC_OP_CHECK_H_
#define TOOLS_ATC_OP_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "acl_shim/om/single_op_model.h"

namespace npuemu::atc {

// Adds the operators of the user's libraries (NPUEMU_OP_LIBRARY). Once, before
// the others. Errors: a wrong option, a library that cannot be used.
absl::Status LoadUserOps();

// Whether an operator of this type exists.
bool IsKnownOp(std::string_view op_type);

// Errors: E13014 (fewer inputs or outputs than the prototype) and EZ3003 (the
// operator refuses data types, formats, shapes or attributes). Free extents
// are checked with their lowest value. REQUIRES: IsKnownOp(model.op_type).
absl::Status CheckOp(const om::SingleOpModel& model);

}  // namespace npuemu::atc

#endif  // TOOLS_ATC_OP_CHECK_H_
