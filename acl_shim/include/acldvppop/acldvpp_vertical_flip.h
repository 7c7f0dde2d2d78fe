/* Media operator: vertical flip. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_VERTICAL_FLIP_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_VERTICAL_FLIP_H_

#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppVerticalFlip(void* workspace,
                                                      uint64_t workspaceSize,
                                                      aclOpExecutor* executor,
                                                      aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppVerticalFlipGetWorkspaceSize(
    const aclTensor* self, aclTensor* out, uint64_t* workspaceSize,
    aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_VERTICAL_FLIP_H_ */
