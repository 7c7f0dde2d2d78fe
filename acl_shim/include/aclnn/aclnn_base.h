/* Initialisation of the aclnn operator interface. */
#ifndef NPUEMU_ACLNN_ACLNN_BASE_H_
#define NPUEMU_ACLNN_ACLNN_BASE_H_

#include "../acl/detail/visibility.h"
#include "acl_meta.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tensors, scalars, arrays and executors of aclnn. */
ACL_FUNC_VISIBILITY aclnnStatus aclnnFinalize(void);
ACL_FUNC_VISIBILITY aclnnStatus aclnnInit(const char* configPath);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLNN_ACLNN_BASE_H_ */
