/* Media operator: decode jpeg. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_DECODE_JPEG_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_DECODE_JPEG_H_

#include <stdbool.h>
#include <stdint.h>

#include "../acl/acl_base_rt.h"
#include "../acl/detail/visibility.h"
#include "../aclnn/acl_meta.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppDecodeJpeg(void* workspace,
                                                    uint64_t workspaceSize,
                                                    aclOpExecutor* executor,
                                                    aclrtStream stream);
ACL_FUNC_VISIBILITY acldvppStatus acldvppDecodeJpegGetWorkspaceSize(
    const aclTensor* self, uint32_t channels, bool tryRecoverTruncated,
    aclTensor* out, uint64_t* workspaceSize, aclOpExecutor** executor);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_DECODE_JPEG_H_ */
