// Virtual memory: addresses, physical memory, mappings (R97).

#include "acl_shim/rt/memory/virtual_memory.h"

#include <limits>
#include <string>

#include "acl_shim/core/api_call.h"
#include "emulator/base/injection.h"
#include "emulator/device/context.h"

namespace npuemu::shim {

HandleTable<PhysicalHandle>& PhysicalHandles() {
  static auto* table = new HandleTable<PhysicalHandle>(
      HandleKind::kPhysicalMemory, Fault::kRtParamInvalid);
  return *table;
}

namespace {

constexpr uint64_t kGigaPage = uint64_t{1} << 30;

absl::Status CheckValue(const char* argument, uint64_t given, uint64_t most,
                        const char* expected) {
  if (given <= most) return absl::OkStatus();
  return InvalidValue(Fault::kRtParamInvalid, argument, std::to_string(given),
                      expected);
}

absl::Status CheckReserved(const char* argument, uint64_t given) {
  return CheckValue(argument, given, 0, "0");
}

// The unit of physical memory; ordinary pages are huge ones, too. 0: none.
uint64_t PageOf(aclrtMemAttr attr) {
  switch (attr) {
    case ACL_HBM_MEM_HUGE:
    case ACL_HBM_MEM_NORMAL:
    case ACL_HBM_MEM_P2P_HUGE:
    case ACL_HBM_MEM_P2P_NORMAL:
    case ACL_MEM_NORMAL:
    case ACL_MEM_HUGE:
    case ACL_MEM_P2P_NORMAL:
    case ACL_MEM_P2P_HUGE:
      return VirtualMemory::kGranularity;
    case ACL_HBM_MEM_HUGE1G:
    case ACL_HBM_MEM_P2P_HUGE1G:
    case ACL_MEM_HUGE1G:
    case ACL_MEM_P2P_HUGE1G:
      return kGigaPage;
    default:
      return 0;
  }
}

// The page size that the properties ask for.
absl::StatusOr<uint64_t> CheckProperties(Call& call,
                                         const aclrtPhysicalMemProp& prop) {
  const auto refuse = [](const char* argument, uint64_t given,
                         const char* expected) {
    return InvalidValue(Fault::kRtFeatureNotSupport, argument,
                        std::to_string(given), expected);
  };
  if (prop.handleType != ACL_MEM_HANDLE_TYPE_NONE) {
    return refuse("prop->handleType", prop.handleType,
                  "0 (ACL_MEM_HANDLE_TYPE_NONE); nothing is shared with other "
                  "processes");
  }
  if (prop.allocationType != ACL_MEM_ALLOCATION_TYPE_PINNED) {
    return refuse("prop->allocationType", prop.allocationType,
                  "0 (ACL_MEM_ALLOCATION_TYPE_PINNED)");
  }
  if (prop.location.type != ACL_MEM_LOCATION_TYPE_DEVICE) {
    return refuse("prop->location.type", prop.location.type,
                  "1 (ACL_MEM_LOCATION_TYPE_DEVICE)");
  }
  RETURN_IF_ERROR(CheckReserved("prop->reserve", prop.reserve));
  RETURN_IF_ERROR(
      call.node.FindDevice(static_cast<int>(prop.location.id)).status());
  const uint64_t page = PageOf(prop.memAttr);
  if (page != 0) return page;
  return refuse("prop->memAttr", prop.memAttr,
                "memory of HBM, such as 4 (ACL_HBM_MEM_HUGE)");
}

absl::Status GetGranularity(Call& call, const aclrtPhysicalMemProp* prop,
                            aclrtMemGranularityOptions option,
                            size_t* granularity) {
  RETURN_IF_NULL(prop);
  RETURN_IF_NULL(granularity);
  RETURN_IF_ERROR(CheckValue(
      "option", static_cast<uint64_t>(option),
      ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED,
      "0 or 1, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM or _RECOMMENDED"));
  ASSIGN_OR_RETURN(*granularity, CheckProperties(call, *prop));
  return absl::OkStatus();
}

absl::Status Reserve(Call& call, void** virPtr, size_t size, size_t alignment,
                     const void* expectPtr, uint64_t flags) {
  RETURN_IF_NULL(virPtr);
  RETURN_IF_ERROR(CheckReserved("alignment", alignment));
  RETURN_IF_ERROR(CheckReserved("expectPtr", AddressOf(expectPtr)));
  // Public documents differ: 0 alone, or 1 for huge pages. All pages are huge.
  RETURN_IF_ERROR(CheckValue("flags", flags, 1, "0 or 1"));
  if (size > std::numeric_limits<size_t>::max() - kGigaPage) {
    return InvalidValue(Fault::kRtParamInvalid, "size", std::to_string(size),
                        "what fits into an address space");
  }
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  ASSIGN_OR_RETURN(
      const uint64_t address,
      call.node.memory().virtual_memory().Reserve(context->device().id, size));
  *virPtr = reinterpret_cast<void*>(address);
  return absl::OkStatus();
}

absl::Status Release(Call& call, const void* virPtr) {
  RETURN_IF_NULL(virPtr);
  call.node.scheduler().Flush(call.lock);
  return call.node.memory().virtual_memory().Release(AddressOf(virPtr));
}

absl::Status MallocPhysical(Call& call, aclrtDrvMemHandle* handle, size_t size,
                            const aclrtPhysicalMemProp* prop, uint64_t flags) {
  RETURN_IF_NULL(handle);
  RETURN_IF_NULL(prop);
  RETURN_IF_ERROR(CheckReserved("flags", flags));
  ASSIGN_OR_RETURN(const uint64_t page, CheckProperties(call, *prop));
  RETURN_IF_ERROR(CurrentContext(call).status());
  if (call.node.injection().FailsAllocation()) {
    return FaultError(Fault::kRtMemoryAllocation,
                      std::string(call.name) + ": no memory by --inject");
  }
  ASSIGN_OR_RETURN(const uint64_t physical,
                   call.node.memory().virtual_memory().Create(
                       static_cast<int>(prop->location.id), size, page));
  *handle = static_cast<aclrtDrvMemHandle>(PhysicalHandles().Add(
      std::make_shared<PhysicalHandle>(PhysicalHandle{physical, *prop})));
  return absl::OkStatus();
}

absl::Status FreePhysical(Call& call, aclrtDrvMemHandle handle) {
  ASSIGN_OR_RETURN(const auto found, PhysicalHandles().Get(handle, "handle"));
  if (--found->references > 0) return absl::OkStatus();
  RETURN_IF_ERROR(PhysicalHandles().Remove(handle, "handle").status());
  return call.node.memory().virtual_memory().Free(found->physical);
}

struct Mapping {
  void* virPtr;
  size_t size;
  size_t offset;
  aclrtDrvMemHandle handle;
  uint64_t flags;
  bool accessible;
  const void* site;
};

absl::Status Map(Call& call, const Mapping& mapping) {
  RETURN_IF_NULL(mapping.virPtr);
  RETURN_IF_ERROR(CheckReserved("offset", mapping.offset));
  RETURN_IF_ERROR(CheckReserved("flags", mapping.flags));
  ASSIGN_OR_RETURN(const auto found,
                   PhysicalHandles().Get(mapping.handle, "handle"));
  VirtualMemory& memory = call.node.memory().virtual_memory();
  const uint64_t address = AddressOf(mapping.virPtr);
  const bool written = memory.WasMapped(found->physical);
  RETURN_IF_ERROR(memory.Map(address, mapping.size, found->physical,
                             mapping.accessible, mapping.site));
  const Argument place = call.node.Canonical(address);
  call.Log(EventKind::kAlloc, place.device, -1, place.value, mapping.size);
  if (written && call.node.log().checking()) {
    // The bytes of its last mapping come with it: they are not uninitialised.
    call.LogAccess(EventKind::kWrite, {address, address + mapping.size},
                   "handle");
  }
  return absl::OkStatus();
}

// Tasks that are decided run first, those behind them meet no memory.
absl::Status Unmap(Call& call, void* virPtr, const void* site) {
  RETURN_IF_NULL(virPtr);
  const uint64_t address = AddressOf(virPtr);
  call.node.scheduler().Flush(call.lock);
  const Allocation* mapping = call.node.memory().Find(address);
  const uint64_t bytes = mapping == nullptr ? 0 : mapping->size;
  RETURN_IF_ERROR(call.node.memory().virtual_memory().Unmap(address, site));
  const Argument place = call.node.Canonical(address);
  call.Log(EventKind::kFree, place.device, -1, place.value, bytes);
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtMemGetAllocationGranularity(aclrtPhysicalMemProp* prop,
                                          aclrtMemGranularityOptions option,
                                          size_t* granularity) {
  return NodeCall("aclrtMemGetAllocationGranularity",
                  Args(prop, option, granularity), [&](Call& call) {
                    return GetGranularity(call, prop, option, granularity);
                  });
}

aclError aclrtReserveMemAddress(void** virPtr, size_t size, size_t alignment,
                                void* expectPtr, uint64_t flags) {
  return NodeCall(
      "aclrtReserveMemAddress", Args(virPtr, size, alignment, expectPtr, flags),
      [&](Call& call) {
        return Reserve(call, virPtr, size, alignment, expectPtr, flags);
      });
}

aclError aclrtReleaseMemAddress(void* virPtr) {
  return NodeCall("aclrtReleaseMemAddress", Args(virPtr),
                  [&](Call& call) { return Release(call, virPtr); });
}

aclError aclrtMallocPhysical(aclrtDrvMemHandle* handle, size_t size,
                             const aclrtPhysicalMemProp* prop, uint64_t flags) {
  return NodeCall("aclrtMallocPhysical", Args(handle, size, prop, flags),
                  [&](Call& call) {
                    return MallocPhysical(call, handle, size, prop, flags);
                  });
}

aclError aclrtFreePhysical(aclrtDrvMemHandle handle) {
  return NodeCall("aclrtFreePhysical", Args(handle),
                  [&](Call& call) { return FreePhysical(call, handle); });
}

aclError aclrtMapMem(void* virPtr, size_t size, size_t offset,
                     aclrtDrvMemHandle handle, uint64_t flags) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtMapMem", Args(virPtr, size, offset, handle, flags),
                  [&](Call& call) {
                    return Map(call, {virPtr, size, offset, handle, flags,
                                      /*accessible=*/true, site});
                  });
}

aclError aclrtMemMapNoAccess(void* virPtr, size_t size, size_t offset,
                             aclrtDrvMemHandle handle, uint64_t flags) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtMemMapNoAccess",
                  Args(virPtr, size, offset, handle, flags), [&](Call& call) {
                    return Map(call, {virPtr, size, offset, handle, flags,
                                      /*accessible=*/false, site});
                  });
}

aclError aclrtUnmapMem(void* virPtr) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtUnmapMem", Args(virPtr),
                  [&](Call& call) { return Unmap(call, virPtr, site); });
}
