/* Runtime compilation of kernels. */
#ifndef NPUEMU_ACL_ACL_RT_COMPILE_H_
#define NPUEMU_ACL_ACL_RT_COMPILE_H_

#include <stddef.h>

#include "acl_base.h"
#include "acl_base_rt.h"
#include "detail/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void* aclrtcProg;

ACL_FUNC_VISIBILITY aclError
aclrtcAddNameExpr(aclrtcProg prog, const char* const nameExpression);
ACL_FUNC_VISIBILITY aclError aclrtcCompileProg(aclrtcProg prog, int numOptions,
                                               const char** options);
ACL_FUNC_VISIBILITY aclError aclrtcCreateProg(aclrtcProg* prog, const char* src,
                                              const char* name, int numHeaders,
                                              const char** headers,
                                              const char** includeNames);
ACL_FUNC_VISIBILITY aclError aclrtcDestroyProg(aclrtcProg* prog);
ACL_FUNC_VISIBILITY aclError aclrtcGetBinData(aclrtcProg prog, char* binData);
ACL_FUNC_VISIBILITY aclError aclrtcGetBinDataSize(aclrtcProg prog,
                                                  size_t* binDataSizeRet);
ACL_FUNC_VISIBILITY aclError aclrtcGetCompileLog(aclrtcProg prog, char* log);
ACL_FUNC_VISIBILITY aclError aclrtcGetCompileLogSize(aclrtcProg prog,
                                                     size_t* logSizeRet);
ACL_FUNC_VISIBILITY aclError aclrtcGetLoweredName(aclrtcProg prog,
                                                  const char* nameExpression,
                                                  const char** loweredName);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_ACL_RT_COMPILE_H_ */
