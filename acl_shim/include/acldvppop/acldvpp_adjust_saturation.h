/* Media operator: adjust saturation. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_ADJUST_SATURATION_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_ADJUST_SATURATION_H_

#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus
acldvppAdjustSaturation(void* workspace, uint64_t workspaceSize,
                        aclOpExecutor* executor, aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppAdjustSaturationGetWorkspaceSize(
    const aclTensor* self, float factor, aclTensor* out,
    uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_ADJUST_SATURATION_H_ */
