/* Basic types: errors, handles, data types, formats, data buffers, logging. */
#ifndef NPUEMU_ACL_ACL_BASE_RT_H_
#define NPUEMU_ACL_ACL_BASE_RT_H_

#include <stddef.h>
#include <stdint.h>

#include "detail/base_enums.h"
#include "detail/base_errors.h"
#include "detail/visibility.h"
#include "error_codes/ge_error_codes.h"
#include "error_codes/rt_error_codes.h"

/* Logs as the application; fmt and the rest as for printf. */
#define ACL_APP_LOG(level, fmt, ...) \
  aclAppLog(level, __FUNCTION__, __FILE__, __LINE__, fmt, ##__VA_ARGS__)

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aclDataBuffer aclDataBuffer;
typedef void* aclrtStream;
typedef void* aclmdlRITask;
typedef void* aclrtEvent;
typedef void* aclrtContext;
typedef void* aclrtNotify;
typedef void* aclrtCntNotify;
typedef void* aclrtLabel;
typedef void* aclrtLabelList;
typedef void* aclrtMbuf;
typedef int aclError;
typedef uint16_t aclFloat16;
typedef void* aclrtAllocatorDesc;
typedef void* aclrtAllocator;
typedef void* aclrtAllocatorBlock;
typedef void* aclrtAllocatorAddr;
typedef void* aclrtTaskGrp;

/* Initialisation, versions, logging, half precision. */
/* fmt and the rest as for printf. */
ACL_FUNC_VISIBILITY void aclAppLog(aclLogLevel logLevel, const char* func,
                                   const char* file, uint32_t line,
                                   const char* fmt, ...);
/* Bytes per element; 0 for an unknown type. */
ACL_FUNC_VISIBILITY size_t aclDataTypeSize(aclDataType dataType);
/* Exponent 31 is read as finite: 0x7C00 gives 65536. */
ACL_FUNC_VISIBILITY float aclFloat16ToFloat(aclFloat16 value);
/* Round to nearest even; infinities, NaN and overflow give +-65504. */
ACL_FUNC_VISIBILITY aclFloat16 aclFloatToFloat16(float value);
ACL_FUNC_VISIBILITY aclError aclGetCannAttribute(aclCannAttr cannAttr,
                                                 int32_t* value);
ACL_FUNC_VISIBILITY aclError
aclGetCannAttributeList(const aclCannAttr** cannAttrList, size_t* num);
ACL_FUNC_VISIBILITY aclError aclGetDeviceCapability(uint32_t deviceId,
                                                    aclDeviceInfo deviceInfo,
                                                    int64_t* value);

/* Data buffers: an address and a size, owned by the caller. */
/* The buffer refers to data and does not own it. Destroy after use. */
ACL_FUNC_VISIBILITY aclDataBuffer* aclCreateDataBuffer(void* data, size_t size);
ACL_FUNC_VISIBILITY aclError
aclDestroyDataBuffer(const aclDataBuffer* dataBuffer);
ACL_FUNC_VISIBILITY void* aclGetDataBufferAddr(const aclDataBuffer* dataBuffer);
ACL_DEPRECATED_MESSAGE("aclGetDataBufferSize is deprecated")
ACL_FUNC_VISIBILITY uint32_t
aclGetDataBufferSize(const aclDataBuffer* dataBuffer);
/* Bytes. */
ACL_FUNC_VISIBILITY size_t
aclGetDataBufferSizeV2(const aclDataBuffer* dataBuffer);
/* Lets the buffer refer to other memory. */
ACL_FUNC_VISIBILITY aclError aclUpdateDataBuffer(aclDataBuffer* dataBuffer,
                                                 void* data, size_t size);

/* Devices. Each host thread has its own current device. */
/* The name of the chip, e.g. Ascend910B1; static storage. */
ACL_FUNC_VISIBILITY const char* aclrtGetSocName(void);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_ACL_BASE_RT_H_ */
