/*
 * The AscendCL interface of the simulated node: runtime, models, operators.
 *
 * Every function returns ACL_SUCCESS or a code of acl_base_rt.h or of
 * error_codes/, unless it says otherwise; aclGetRecentErrMsg explains the last
 * one of the calling thread. Sizes are in bytes. Functions may be called from
 * any host thread; one object is to be changed by one thread at a time.
 *
 * All headers include each other by relative paths, so any -I works.
 */
#ifndef NPUEMU_ACL_ACL_H_
#define NPUEMU_ACL_ACL_H_

#include "acl_mdl.h"
#include "acl_op.h"
#include "acl_rt.h"

#endif /* NPUEMU_ACL_ACL_H_ */
