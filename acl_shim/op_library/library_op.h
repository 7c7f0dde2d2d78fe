// File: library_op.h
// An operator of a user's library as an OpDef: its functions are the C ones,
// called through a CallView.

#ifndef ACL_SHIM_OP_LIBRARY_LIBRARY_OP_H_
#define ACL_SHIM_OP_LIBRARY_LIBRARY_OP_H_

#include <memory>

#include "kernels/op/op_def.h"
#include "npuemu/op_library.h"

namespace npuemu::shim {

// Points into the table. REQUIRES: CheckLibraryTable accepted it. Thread-safe.
std::shared_ptr<const kernels::OpDef> MakeLibraryOp(const npuemu_op& op,
                                                    const char* library);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_LIBRARY_LIBRARY_OP_H_
