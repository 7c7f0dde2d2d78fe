/* Media operator: rotate. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_ROTATE_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_ROTATE_H_

#include <stdbool.h>
#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppRotate(void* workspace,
                                                uint64_t workspaceSize,
                                                aclOpExecutor* executor,
                                                aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppRotateGetWorkspaceSize(
    const aclTensor* self, float angle, uint32_t interpolationMode, bool expand,
    const aclIntArray* center, uint32_t paddingMode, const aclFloatArray* fill,
    aclTensor* out, uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_ROTATE_H_ */
