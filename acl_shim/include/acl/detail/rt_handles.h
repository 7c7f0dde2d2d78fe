/* Handles and callbacks of acl_rt.h. */
#ifndef NPUEMU_ACL_DETAIL_RT_HANDLES_H_
#define NPUEMU_ACL_DETAIL_RT_HANDLES_H_

#include <stddef.h>
#include <stdint.h>

#include "../acl_base_rt.h"
#include "rt_enums_device.h"
#include "rt_enums_task.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aclrtUtilizationExtendInfo aclrtUtilizationExtendInfo;
typedef struct tagRtGroupInfo aclrtGroupInfo;
typedef struct rtExceptionInfo aclrtExceptionInfo;
typedef void* aclrtDrvMemHandle;
typedef void* aclrtBinary;
typedef void* aclrtBinHandle;
typedef void* aclrtFuncHandle;
typedef void* aclrtArgsHandle;
typedef void* aclrtParamHandle;
typedef void* aclmdlRI;
typedef void* aclmdlRICondHandle;
typedef void (*aclrtCallback)(void*);
typedef void (*aclrtHostFunc)(void*);
typedef void (*aclrtExceptionInfoCallback)(aclrtExceptionInfo*);
typedef void (*aclrtOpExceptionCallback)(aclrtExceptionInfo*, void*);
typedef void (*aclrtDeviceStateCallback)(int32_t, aclrtDeviceState, void*);
typedef uint32_t (*aclrtSnapShotCallBack)(int32_t, void*);
typedef void (*aclrtStreamStateCallback)(aclrtStream, aclrtStreamState, void*);
typedef int32_t (*aclrtDeviceTaskAbortCallback)(int32_t,
                                                aclrtDeviceTaskAbortStage,
                                                uint32_t, void*);
typedef aclError (*aclInitCallbackFunc)(const char*, size_t, void*);
typedef aclError (*aclFinalizeCallbackFunc)(void*);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DETAIL_RT_HANDLES_H_ */
