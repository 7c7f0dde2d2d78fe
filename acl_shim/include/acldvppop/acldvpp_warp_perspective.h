/* Media operator: warp perspective. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_WARP_PERSPECTIVE_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_WARP_PERSPECTIVE_H_

#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus
acldvppWarpPerspective(void* workspace, uint64_t workspaceSize,
                       aclOpExecutor* executor, aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppWarpPerspectiveGetWorkspaceSize(
    const aclTensor* self, const aclFloatArray* matrix,
    uint32_t interpolationMode, uint32_t paddingMode, const aclFloatArray* fill,
    aclTensor* out, uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_WARP_PERSPECTIVE_H_ */
