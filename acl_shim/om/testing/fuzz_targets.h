// File: fuzz_targets.h
// What the fuzzers and their replay in plain tests do with one input: read it
// in every way, and check that what was read is written and read back alike.
// A broken property ends the process.

#ifndef ACL_SHIM_OM_TESTING_FUZZ_TARGETS_H_
#define ACL_SHIM_OM_TESTING_FUZZ_TARGETS_H_

#include <string_view>

#include "acl_shim/om/wire_format.h"

namespace npuemu::om {

// A .om file, a bare ModelDef, a kernel store and MODEL_INOUT_INFO at once.
void FuzzOm(Bytes input);

// The text of a --singleop file.
void FuzzJson(std::string_view text);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_TESTING_FUZZ_TARGETS_H_
