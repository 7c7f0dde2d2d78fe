/* Media preprocessing, first interface. */
#ifndef NPUEMU_ACL_OPS_ACL_DVPP_H_
#define NPUEMU_ACL_OPS_ACL_DVPP_H_

#include "../acl.h"
#include "detail/dvpp_objects.h"
#include "detail/dvpp_types.h"
#include "detail/dvpp_video.h"
#include "detail/dvpp_vpc.h"

#endif /* NPUEMU_ACL_OPS_ACL_DVPP_H_ */
