// File: allocator.h
// Allocators that a program registers for a stream (R102); operators take
// their workspaces from them. Used under the node's lock (a Call proves it).

#ifndef ACL_SHIM_RT_MEMORY_ALLOCATOR_H_
#define ACL_SHIM_RT_MEMORY_ALLOCATOR_H_

#include "acl/acl_rt_allocator.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {

// The members of an aclrtAllocatorDesc.
struct UserAllocator {
  aclrtAllocator object = nullptr;
  aclrtAllocatorAllocFunc alloc = nullptr;
  aclrtAllocatorFreeFunc free = nullptr;
  aclrtAllocatorAllocAdviseFunc alloc_advise = nullptr;  // may be null
  aclrtAllocatorGetAddrFromBlockFunc get_address = nullptr;
  uint64_t number = 0;  // in order of their descs
};

// The last one registered for the stream, or null.
const UserAllocator* AllocatorOf(const Call& call, const Stream& stream);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_MEMORY_ALLOCATOR_H_
