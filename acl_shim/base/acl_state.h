// File: acl_state.h
// What aclInit leaves behind for the rest of the library: the settings of
// acl.json and whether the process is initialised. Thread-safe.

#ifndef ACL_SHIM_BASE_ACL_STATE_H_
#define ACL_SHIM_BASE_ACL_STATE_H_

#include <cstdint>

#include "acl_shim/base/acl_config.h"

namespace npuemu::shim {

// The settings of the aclInit that counts; the defaults before it (R1).
AclConfig CurrentAclConfig();

// aclInit minus finalisations (R1, R6).
uint64_t InitCount();

}  // namespace npuemu::shim

#endif  // ACL_SHIM_BASE_ACL_STATE_H_
