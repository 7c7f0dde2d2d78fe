// What is known of memory: sizes, places, kinds (R100).

#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "emulator/device/context.h"
#include "emulator/device/transfer.h"

namespace npuemu::shim {
namespace {

// The devices have HBM only: DDR is 0 of 0.
bool IsDdr(aclrtMemAttr attr) {
  return attr == ACL_DDR_MEM || attr == ACL_DDR_MEM_HUGE ||
         attr == ACL_DDR_MEM_NORMAL || attr == ACL_DDR_MEM_P2P_HUGE ||
         attr == ACL_DDR_MEM_P2P_NORMAL;
}

absl::Status GetInfo(Call& call, aclrtMemAttr attr, size_t* free,
                     size_t* total) {
  RETURN_IF_NULL(free);
  RETURN_IF_NULL(total);
  if (attr < ACL_DDR_MEM || attr > ACL_MEM_P2P_HUGE1G) {
    return InvalidValue(Fault::kInvalidParam, "attr",
                        std::to_string(static_cast<int>(attr)),
                        "[0, 17], a value of aclrtMemAttr");
  }
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  MemoryInfo info{0, 0};
  if (!IsDdr(attr)) {
    ASSIGN_OR_RETURN(info, call.node.memory().Info(context->device().id));
  }
  *free = info.free;
  *total = info.total;
  return absl::OkStatus();
}

absl::Status GetAttributes(Call& call, const void* ptr,
                           aclrtPtrAttributes* attributes) {
  RETURN_IF_NULL(ptr);
  RETURN_IF_NULL(attributes);
  aclrtPtrAttributes found{};
  const auto address = reinterpret_cast<uint64_t>(ptr);
  switch (PlaceOf(call.node, ptr, 1)) {
    case Place::kDevice:
      found.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
      found.location.id =
          static_cast<uint32_t>(call.node.memory().DeviceOf(address));
      if (const Allocation* block = call.node.memory().Find(address)) {
        constexpr uint64_t kMega = 1 << 20;  // R78, ACL_MEM_MALLOC_HUGE_FIRST
        found.pageSize = block->requested > kMega ? 2 * kMega : 4096;
      }
      break;
    case Place::kPinned:
      found.location.type = ACL_MEM_LOCATION_TYPE_HOST;
      found.pageSize = 4096;
      break;
    case Place::kPageable:
      found.location.type = ACL_MEM_LOCATION_TYPE_UNREGISTERED;
      break;
  }
  *attributes = found;
  return absl::OkStatus();
}

absl::Status CheckTypes(Call& call, void** list, uint32_t size, uint32_t type,
                        uint32_t* result, uint32_t reserve) {
  if (list == nullptr) return NullPointer("addrList");
  if (result == nullptr) return NullPointer("checkResult");
  constexpr uint32_t kTypes =
      ACL_RT_MEM_TYPE_DEV | ACL_RT_MEM_TYPE_DVPP | ACL_RT_MEM_TYPE_RSVD;
  if (size == 0) {
    return InvalidValue(Fault::kRtParamInvalid, "size", "0", "at least 1");
  }
  if (reserve != 0) {
    return InvalidValue(Fault::kRtParamInvalid, "reserve",
                        std::to_string(reserve), "0");
  }
  if (type == 0 || (type & ~kTypes) != 0) {
    return InvalidValue(Fault::kRtParamInvalid, "memType",
                        std::to_string(type), "bits 2, 8 and 16");
  }
  *result = 1;
  for (uint32_t i = 0; i < size; ++i) {
    const bool device = call.node.memory().Find(
                            reinterpret_cast<uint64_t>(list[i])) != nullptr;
    if (!device || (type & ACL_RT_MEM_TYPE_DEV) == 0) *result = 0;
  }
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtGetMemInfo(aclrtMemAttr attr, size_t* free, size_t* total) {
  return NodeCall("aclrtGetMemInfo", Args(attr, free, total),
                  [&](Call& call) { return GetInfo(call, attr, free, total); });
}

aclError aclrtPointerGetAttributes(const void* ptr,
                                   aclrtPtrAttributes* attributes) {
  return NodeCall(
      "aclrtPointerGetAttributes", Args(ptr, attributes),
      [&](Call& call) { return GetAttributes(call, ptr, attributes); });
}

aclError aclrtCheckMemType(void** addrList, uint32_t size, uint32_t memType,
                           uint32_t* checkResult, uint32_t reserve) {
  return NodeCall(
      "aclrtCheckMemType", Args(addrList, size, memType, checkResult, reserve),
      [&](Call& call) {
        return CheckTypes(call, addrList, size, memType, checkResult, reserve);
      });
}
