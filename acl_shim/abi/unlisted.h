#ifndef ACL_SHIM_ABI_UNLISTED_H_
#define ACL_SHIM_ABI_UNLISTED_H_

#include <stdarg.h>
#include <stdint.h>

#include "acl/acl_base.h"

// Functions that the library exports and no public header declares. Include
// this where they are defined, so that they become visible.

extern "C" {

ACL_FUNC_VISIBILITY void aclAppLogWithArgs(aclLogLevel logLevel,
                                           const char* func, const char* file,
                                           uint32_t line, const char* fmt,
                                           va_list args);
ACL_FUNC_VISIBILITY aclError aclrtSetDeviceWithoutTsdVXX(int32_t deviceId);
ACL_FUNC_VISIBILITY aclError aclrtResetDeviceWithoutTsdVXX(int32_t deviceId);

}  // extern "C"

#endif  // ACL_SHIM_ABI_UNLISTED_H_
