// File: op_library.h
// Operators from shared libraries of the user's (NPUEMU_OP_LIBRARY): they are
// opened, checked and added to the registry, where all that looks for operators
// finds them. docs/op_library.md is the user's side.

#ifndef ACL_SHIM_OP_LIBRARY_OP_LIBRARY_H_
#define ACL_SHIM_OP_LIBRARY_OP_LIBRARY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kernels/op/op_def.h"
#include "npuemu/op_library.h"

namespace npuemu::shim {

// The operators of a library that came from `path`. Errors: kInvalidParam with
// a sentence that names path, operator, argument, given and expected.
absl::StatusOr<std::vector<std::shared_ptr<const kernels::OpDef>>> OpsOfLibrary(
    const npuemu_op_library* table, const std::string& path);

// Adds the operators of all libraries, or, if one is refused, none. Paths stand
// between colons and are those of dlopen; a library is never closed. Errors:
// kInvalidParam for a library that cannot be opened, one without the entry,
// what OpsOfLibrary refuses, and a type that exists. Once a process, before its
// other threads look for operators.
absl::Status LoadOpLibraries(const std::string& paths);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_LIBRARY_OP_LIBRARY_H_
