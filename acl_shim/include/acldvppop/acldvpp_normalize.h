/* Media operator: normalize. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_NORMALIZE_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_NORMALIZE_H_

#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppNormalize(void* workspace,
                                                   uint64_t workspaceSize,
                                                   aclOpExecutor* executor,
                                                   aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppNormalizeGetWorkspaceSize(
    const aclTensor* self, const aclFloatArray* mean, const aclFloatArray* std,
    aclTensor* out, uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_NORMALIZE_H_ */
