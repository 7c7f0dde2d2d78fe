// File: virtual_memory.h
// What the functions of virtual memory share: the handles of physical memory.
// Used inside a Call.

#ifndef ACL_SHIM_RT_MEMORY_VIRTUAL_MEMORY_H_
#define ACL_SHIM_RT_MEMORY_VIRTUAL_MEMORY_H_

#include <cstdint>

#include "acl/acl_rt.h"
#include "acl_shim/core/handle_table.h"

namespace npuemu::shim {

struct PhysicalHandle {
  uint64_t physical;  // its number in VirtualMemory
  aclrtPhysicalMemProp prop;
  int references = 1;  // aclrtFreePhysical calls that are to come
};

HandleTable<PhysicalHandle>& PhysicalHandles();

inline uint64_t AddressOf(const void* pointer) {
  return reinterpret_cast<uint64_t>(pointer);
}

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_MEMORY_VIRTUAL_MEMORY_H_
