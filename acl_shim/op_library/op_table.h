// File: op_table.h
// Whether the table of a user's library (npuemu/op_library.h) can be used. A
// wrong one is refused before anything is called through it.

#ifndef ACL_SHIM_OP_LIBRARY_OP_TABLE_H_
#define ACL_SHIM_OP_LIBRARY_OP_TABLE_H_

#include <string>

#include "absl/status/status.h"
#include "npuemu/op_library.h"

namespace npuemu::shim {

// kInvalidParam: "<place>: <argument>: given <...>, expected <...>".
absl::Status RefuseLibrary(const std::string& place,
                           const std::string& argument,
                           const std::string& given,
                           const std::string& expected);

// Names, counts, numbers and pointers of all operators. `place` is the path of
// the library. Pure.
absl::Status CheckLibraryTable(const npuemu_op_library* table,
                               const std::string& place);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_LIBRARY_OP_TABLE_H_
