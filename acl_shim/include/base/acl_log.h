/* Log records and log callbacks. */
#ifndef NPUEMU_BASE_ACL_LOG_H_
#define NPUEMU_BASE_ACL_LOG_H_

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "../acl/acl_base.h"
#include "../acl/detail/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum acllogOutputLogType {
  OUTPUT_TYPE_DEBUG = 0,
  OUTPUT_TYPE_RUN = 1,
  OUTPUT_TYPE_BOTH = 2,
  OUTPUT_TYPE_MAX = 3,
} acllogOutputLogType;

typedef uintptr_t acllogCallbackHandle;
typedef int32_t (*acllogRecordCallback)(void*, uint32_t, const char*, size_t);

ACL_FUNC_VISIBILITY int32_t acllogCheckDebugLevel(int32_t moduleId,
                                                  int32_t logLevel);
ACL_FUNC_VISIBILITY void acllogRecord(int32_t moduleId, int32_t level,
                                      const char* fmt, ...);
ACL_FUNC_VISIBILITY int32_t acllogRegisterCallback(
    acllogRecordCallback callbackFunc, void* userData, uint32_t outputLogType,
    acllogCallbackHandle* callbackHandle);
ACL_FUNC_VISIBILITY int32_t
acllogUnregisterCallback(acllogCallbackHandle callback);
ACL_FUNC_VISIBILITY void acllogVaList(int32_t moduleId, int32_t level,
                                      const char* fmt, va_list list);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_BASE_ACL_LOG_H_ */
