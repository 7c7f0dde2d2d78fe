/* Media operator: posterize. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_POSTERIZE_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_POSTERIZE_H_

#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppPosterize(void* workspace,
                                                   uint64_t workspaceSize,
                                                   aclOpExecutor* executor,
                                                   aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppPosterizeGetWorkspaceSize(
    const aclTensor* self, int32_t bits, aclTensor* out,
    uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_POSTERIZE_H_ */
