/* Argument dumps; acl_op.h in 8.1, acl_dump.h later. */
#ifndef NPUEMU_ACL_DETAIL_OP_DUMP_ARGS_H_
#define NPUEMU_ACL_DETAIL_OP_DUMP_ARGS_H_

#include <stdint.h>

#include "../acl_base_rt.h"
#include "visibility.h"

#define ACL_OP_DUMP_OP_AICORE_ARGS 1U

#ifdef __cplusplus
extern "C" {
#endif

/* Dumps. */
ACL_FUNC_VISIBILITY aclError aclopStartDumpArgs(uint32_t dumpType,
                                                const char* path);
ACL_FUNC_VISIBILITY aclError aclopStopDumpArgs(uint32_t dumpType);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DETAIL_OP_DUMP_ARGS_H_ */
