// File: state_callbacks.h
// Who wants to know of streams that come and go (R49, R55). Thread-safe.

#ifndef ACL_SHIM_RT_STREAM_STATE_CALLBACKS_H_
#define ACL_SHIM_RT_STREAM_STATE_CALLBACKS_H_

#include "acl/acl_rt.h"
#include "emulator/base/status.h"
#include "emulator/device/node.h"

namespace npuemu::shim {

// aclrtRegStreamStateCallback; a null callback takes `name` back. Errors
// kInvalidParam: a name that is registered already, or (null callback) is not.
absl::Status SetStateCallback(const char* name,
                              aclrtStreamStateCallback callback, void* args);

// Calls all of them in order of registration, with the node's lock released:
// they may call this library.
void NotifyStreamState(Call& call, aclrtStream stream, aclrtStreamState state);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_STREAM_STATE_CALLBACKS_H_
