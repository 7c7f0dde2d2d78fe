// Virtual memory: who may use a mapping, and what is known of one (R97).

#include <string>

#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/virtual_memory.h"
#include "emulator/device/context.h"

namespace npuemu::shim {
namespace {

// A mapping is used by the device of its memory alone.
absl::Status CheckLocation(Call& call, const void* virPtr,
                           const aclrtMemLocation& location,
                           const char* argument) {
  const int device = call.node.memory().DeviceOf(AddressOf(virPtr));
  if (location.type == ACL_MEM_LOCATION_TYPE_DEVICE &&
      static_cast<int>(location.id) == device) {
    return absl::OkStatus();
  }
  return InvalidValue(
      Fault::kRtFeatureNotSupport, argument,
      "type " + std::to_string(static_cast<int>(location.type)) + " id " +
          std::to_string(location.id),
      "type 1 (ACL_MEM_LOCATION_TYPE_DEVICE) id " + std::to_string(device) +
          ", the device of the memory; access by others is not modelled");
}

absl::Status SetAccess(Call& call, void* virPtr, size_t size,
                       const aclrtMemAccessDesc* desc, size_t count) {
  RETURN_IF_NULL(virPtr);
  RETURN_IF_NULL(desc);
  if (count == 0) {
    return InvalidValue(Fault::kRtParamInvalid, "count", "0", "at least 1");
  }
  for (size_t i = 0; i < count; ++i) {
    if (desc[i].flags != ACL_RT_MEM_ACCESS_FLAGS_READWRITE) {
      return InvalidValue(Fault::kRtParamInvalid, "desc->flags",
                          std::to_string(static_cast<int>(desc[i].flags)),
                          "3 (ACL_RT_MEM_ACCESS_FLAGS_READWRITE)");
    }
    RETURN_IF_ERROR(
        CheckLocation(call, virPtr, desc[i].location, "desc->location"));
  }
  return call.node.memory().virtual_memory().SetAccess(AddressOf(virPtr), size,
                                                       /*accessible=*/true);
}

absl::Status GetAccess(Call& call, void* virPtr,
                       const aclrtMemLocation* location, uint64_t* flag) {
  RETURN_IF_NULL(virPtr);
  RETURN_IF_NULL(location);
  RETURN_IF_NULL(flag);
  ASSIGN_OR_RETURN(
      const bool accessible,
      call.node.memory().virtual_memory().IsAccessible(AddressOf(virPtr)));
  RETURN_IF_ERROR(CheckLocation(call, virPtr, *location, "location"));
  *flag = accessible ? ACL_RT_MEM_ACCESS_FLAGS_READWRITE
                     : ACL_RT_MEM_ACCESS_FLAGS_NONE;
  return absl::OkStatus();
}

absl::Status GetProperties(aclrtDrvMemHandle handle,
                           aclrtPhysicalMemProp* prop) {
  ASSIGN_OR_RETURN(const auto found, PhysicalHandles().Get(handle, "handle"));
  RETURN_IF_NULL(prop);
  *prop = found->prop;
  return absl::OkStatus();
}

// The handle that maps there; another aclrtFreePhysical is due. One that the
// program freed already keeps its memory only until it is unmapped.
absl::Status RetainHandle(Call& call, void* virPtr, aclrtDrvMemHandle* handle) {
  RETURN_IF_NULL(virPtr);
  RETURN_IF_NULL(handle);
  ASSIGN_OR_RETURN(
      const uint64_t physical,
      call.node.memory().virtual_memory().PhysicalAt(AddressOf(virPtr)));
  void* const value = PhysicalHandles().FindIf(
      [&](const PhysicalHandle& other) { return other.physical == physical; });
  if (value == nullptr) {
    return InvalidValue(Fault::kRtParamInvalid, "virPtr",
                        call.node.memory().Name(AddressOf(virPtr)),
                        "a mapping whose handle is not freed");
  }
  ASSIGN_OR_RETURN(const auto found, PhysicalHandles().Get(value, "handle"));
  ++found->references;
  *handle = static_cast<aclrtDrvMemHandle>(value);
  return absl::OkStatus();
}

absl::Status GetRange(Call& call, void* ptr, void** pbase, size_t* psize) {
  RETURN_IF_NULL(ptr);
  RETURN_IF_NULL(pbase);
  RETURN_IF_NULL(psize);
  if (const Allocation* block = call.node.memory().Find(AddressOf(ptr))) {
    *pbase = reinterpret_cast<void*>(block->base);
    *psize = block->requested;
    return absl::OkStatus();
  }
  const HostBlock* block = call.node.host_memory().Find(ptr);
  if (block == nullptr || block->registered) {
    return InvalidValue(Fault::kRtParamInvalid, "ptr",
                        call.node.memory().Name(AddressOf(ptr)),
                        "an address in memory of aclrtMalloc, aclrtMallocHost "
                        "or aclrtMapMem");
  }
  *pbase = reinterpret_cast<void*>(block->base);
  *psize = block->size;
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtMemSetAccess(void* virPtr, size_t size, aclrtMemAccessDesc* desc,
                           size_t count) {
  return NodeCall(
      "aclrtMemSetAccess", Args(virPtr, size, desc, count),
      [&](Call& call) { return SetAccess(call, virPtr, size, desc, count); });
}

aclError aclrtMemGetAccess(void* virPtr, aclrtMemLocation* location,
                           uint64_t* flag) {
  return NodeCall(
      "aclrtMemGetAccess", Args(virPtr, location, flag),
      [&](Call& call) { return GetAccess(call, virPtr, location, flag); });
}

aclError aclrtMemGetAllocationPropertiesFromHandle(aclrtDrvMemHandle handle,
                                                   aclrtPhysicalMemProp* prop) {
  return NodeCall("aclrtMemGetAllocationPropertiesFromHandle",
                  Args(handle, prop),
                  [&](Call&) { return GetProperties(handle, prop); });
}

aclError aclrtMemRetainAllocationHandle(void* virPtr,
                                        aclrtDrvMemHandle* handle) {
  return NodeCall(
      "aclrtMemRetainAllocationHandle", Args(virPtr, handle),
      [&](Call& call) { return RetainHandle(call, virPtr, handle); });
}

aclError aclrtMemGetAddressRange(void* ptr, void** pbase, size_t* psize) {
  return NodeCall(
      "aclrtMemGetAddressRange", Args(ptr, pbase, psize),
      [&](Call& call) { return GetRange(call, ptr, pbase, psize); });
}
