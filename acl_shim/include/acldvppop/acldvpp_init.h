/* Media operator: init. */
#ifndef NPUEMU_ACLDVPPOP_ACLDVPP_INIT_H_
#define NPUEMU_ACLDVPPOP_ACLDVPP_INIT_H_

#include "../acl/detail/visibility.h"
#include "acldvpp_base.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY acldvppStatus acldvppFinalize(void);
ACL_FUNC_VISIBILITY acldvppStatus acldvppInit(const char* configPath);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACLDVPPOP_ACLDVPP_INIT_H_ */
