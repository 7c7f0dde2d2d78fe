/* Media operator: crop and resize. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_CROP_AND_RESIZE_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_CROP_AND_RESIZE_H_

#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppCropAndResize(void* workspace,
                                                       uint64_t workspaceSize,
                                                       aclOpExecutor* executor,
                                                       aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppCropAndResizeGetWorkspaceSize(
    const aclTensor* self, uint32_t top, uint32_t left, uint32_t height,
    uint32_t width, const aclIntArray* size, uint32_t interpolationMode,
    aclTensor* out, uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_CROP_AND_RESIZE_H_ */
