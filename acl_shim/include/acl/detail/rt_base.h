/* Functions of acl_rt.h: initialisation and versions. */
#ifndef NPUEMU_ACL_DETAIL_RT_BASE_H_
#define NPUEMU_ACL_DETAIL_RT_BASE_H_

#include <stdint.h>

#include "../acl_base_rt.h"
#include "rt_enums_device.h"
#include "rt_handles.h"
#include "rt_structs_device.h"
#include "visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Initialisation, versions, logging, half precision. */
/* Releases what the process still holds. Not from static destructors. */
ACL_FUNC_VISIBILITY aclError aclFinalize(void);
ACL_FUNC_VISIBILITY aclError
aclFinalizeCallbackRegister(aclRegisterCallbackType type,
                            aclFinalizeCallbackFunc cbFunc, void* userData);
ACL_FUNC_VISIBILITY aclError aclFinalizeCallbackUnRegister(
    aclRegisterCallbackType type, aclFinalizeCallbackFunc cbFunc);
ACL_FUNC_VISIBILITY aclError aclFinalizeReference(uint64_t* refCount);
/* The calling thread's last error text, or NULL; asking clears it. */
ACL_FUNC_VISIBILITY const char* aclGetRecentErrMsg(void);
/* Once per process. configPath: a JSON file, or NULL. */
ACL_FUNC_VISIBILITY aclError aclInit(const char* configPath);
ACL_FUNC_VISIBILITY aclError aclInitCallbackRegister(
    aclRegisterCallbackType type, aclInitCallbackFunc cbFunc, void* userData);
ACL_FUNC_VISIBILITY aclError aclInitCallbackUnRegister(
    aclRegisterCallbackType type, aclInitCallbackFunc cbFunc);
ACL_DEPRECATED_MESSAGE("aclsysGetCANNVersion is deprecated")
ACL_FUNC_VISIBILITY aclError
aclsysGetCANNVersion(aclCANNPackageName name, aclCANNPackageVersion* version);
ACL_FUNC_VISIBILITY aclError aclsysGetVersionNum(char* pkgName,
                                                 int32_t* versionNum);
ACL_FUNC_VISIBILITY aclError aclsysGetVersionStr(char* pkgName,
                                                 char* versionStr);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DETAIL_RT_BASE_H_ */
