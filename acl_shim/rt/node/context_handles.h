// File: context_handles.h
// The handles of contexts and of their default streams: made when a program
// first asks, the same each time, gone with the context. Used under the
// node's lock (a Call proves it).

#ifndef ACL_SHIM_RT_NODE_CONTEXT_HANDLES_H_
#define ACL_SHIM_RT_NODE_CONTEXT_HANDLES_H_

#include <memory>
#include <vector>

#include "acl/acl_rt.h"
#include "emulator/device/context.h"
#include "emulator/device/node.h"

namespace npuemu::shim {

aclrtContext HandleOf(const Call& call, Context& context);
aclrtStream DefaultStreamHandleOf(const Call& call, Context& context);

// Its handles are stale from now on.
void ForgetContext(const Call& call, const Context& context);

// The contexts of a device that are not destroyed, by creation.
std::vector<std::shared_ptr<Context>> LiveContexts(const Call& call,
                                                   const Device& device);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_NODE_CONTEXT_HANDLES_H_
