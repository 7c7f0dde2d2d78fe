/* The runtime: devices, contexts, streams, events, memory, launches, graphs. */
#ifndef NPUEMU_ACL_ACL_RT_H_
#define NPUEMU_ACL_ACL_RT_H_

#include "acl_base.h"
#include "acl_rt_allocator.h"
#include "detail/rt_base.h"
#include "detail/rt_callback.h"
#include "detail/rt_constants.h"
#include "detail/rt_device.h"
#include "detail/rt_enums_device.h"
#include "detail/rt_enums_memory.h"
#include "detail/rt_enums_task.h"
#include "detail/rt_event.h"
#include "detail/rt_group.h"
#include "detail/rt_handles.h"
#include "detail/rt_launch.h"
#include "detail/rt_mdlri.h"
#include "detail/rt_memcpy.h"
#include "detail/rt_memory.h"
#include "detail/rt_misc.h"
#include "detail/rt_stream.h"
#include "detail/rt_structs_device.h"
#include "detail/rt_structs_memory.h"
#include "detail/rt_structs_task.h"
#include "detail/rt_structs_update.h"
#include "detail/rt_vmm.h"

#endif /* NPUEMU_ACL_ACL_RT_H_ */
