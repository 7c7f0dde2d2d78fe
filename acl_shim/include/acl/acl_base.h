/* Basic types, errors and tensor descriptors. */
#ifndef NPUEMU_ACL_ACL_BASE_H_
#define NPUEMU_ACL_ACL_BASE_H_

#include "acl_base_mdl.h"
#include "acl_base_rt.h"

#endif /* NPUEMU_ACL_ACL_BASE_H_ */
