/* Media operator: warp affine. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_WARP_AFFINE_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_WARP_AFFINE_H_

#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppWarpAffine(void* workspace,
                                                    uint64_t workspaceSize,
                                                    aclOpExecutor* executor,
                                                    aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppWarpAffineGetWorkspaceSize(
    const aclTensor* self, const aclFloatArray* matrix,
    uint32_t interpolationMode, uint32_t paddingMode, const aclFloatArray* fill,
    aclTensor* out, uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_WARP_AFFINE_H_ */
