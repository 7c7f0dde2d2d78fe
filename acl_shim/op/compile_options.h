// File: compile_options.h
// Options of compilation: aclSetCompileopt, aclopSetCompileFlag. They are per
// process. Thread-safe.

#ifndef ACL_SHIM_OP_COMPILE_OPTIONS_H_
#define ACL_SHIM_OP_COMPILE_OPTIONS_H_

#include "acl_shim/op/model_store.h"

namespace npuemu::shim {

// aclopSetCompileFlag(ACL_OP_COMPILE_FUZZ): one model for many shapes.
bool FuzzyCompile();

// R126: dynamic models first, unless JIT compilation is enabled and the
// compile flag is not fuzzy.
SearchOrder CurrentSearchOrder();

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_COMPILE_OPTIONS_H_
