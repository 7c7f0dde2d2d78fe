// Pinned host memory and host ranges that are mapped for a device (R82).

#include <algorithm>
#include <atomic>
#include <map>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/malloc_config.h"
#include "emulator/base/check.h"
#include "emulator/device/capture.h"
#include "emulator/device/context.h"
#include "emulator/device/host_watch.h"
#include "emulator/host/host_hooks.h"

namespace npuemu::shim {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint32_t kMapped = ACL_HOST_REG_MAPPED;
constexpr uint32_t kPinned = ACL_HOST_REG_PINNED;

// A range that a program registered. Memory of aclrtMallocHost is pinned
// already: mapping it registers nothing new.
struct Registration {
  uint64_t size;
  bool mapped;
  bool pinned_here;
  bool gone = false;  // the program gave the memory back
};

// By address; used under the node's lock.
std::map<uint64_t, Registration>& Registrations() {
  static auto* all = new std::map<uint64_t, Registration>();
  return *all;
}

uint64_t AddressOf(const void* pointer) {
  return reinterpret_cast<uint64_t>(pointer);
}

// All that was ever registered lies in it: what the program frees elsewhere
// needs no lock.
std::atomic<uint64_t> lowest{~uint64_t{0}};
std::atomic<uint64_t> highest{0};

absl::Status Allocate(Call& call, void** pointer, const char* argument,
                      uint64_t size, const void* site) {
  if (pointer == nullptr) return NullPointer(argument);
  if (size == 0) {
    return InvalidValue(Fault::kInvalidParam, "size", "0", "at least 1");
  }
  ASSIGN_OR_RETURN(*pointer, call.node.host_memory().Allocate(size, site));
  call.Log(EventKind::kAlloc, -1, -1,
           call.node.Canonical(AddressOf(*pointer)).value, size);
  return absl::OkStatus();
}

absl::Status Release(Call& call, void* hostPtr) {
  RETURN_IF_NULL(hostPtr);
  call.node.scheduler().Flush(call.lock);  // no body runs beside this
  const HostBlock* block = call.node.host_memory().Find(hostPtr);
  const uint64_t bytes = block == nullptr ? 0 : block->size;
  const uint64_t place = call.node.Canonical(AddressOf(hostPtr)).value;
  if (call.node.host_watch() != nullptr) {
    call.node.host_watch()->End(hostPtr, bytes);
  }
  RETURN_IF_ERROR(call.node.host_memory().Free(hostPtr));
  call.Log(EventKind::kFree, -1, -1, place, bytes);
  Registrations().erase(AddressOf(hostPtr));
  return absl::OkStatus();
}

absl::Status CheckRange(void* ptr, uint64_t size) {
  RETURN_IF_NULL(ptr);
  if (size == 0) {
    return InvalidValue(Fault::kInvalidParam, "size", "0", "at least 1");
  }
  if (AddressOf(ptr) % kPage != 0) {
    return InvalidValue(Fault::kRtParamInvalid, "ptr",
                        std::to_string(AddressOf(ptr)),
                        "an address at the start of a 4096-byte page");
  }
  return absl::OkStatus();
}

// The range is pinned no more.
absl::Status EndPinning(Call& call, void* ptr) {
  const HostBlock* block = call.node.host_memory().Find(ptr);
  const uint64_t bytes = block == nullptr ? 0 : block->size;
  const uint64_t place = call.node.Canonical(AddressOf(ptr)).value;
  if (call.node.host_watch() != nullptr) {
    call.node.host_watch()->End(ptr, bytes);
  }
  RETURN_IF_ERROR(call.node.host_memory().Unregister(ptr));
  call.Log(EventKind::kFree, -1, -1, place, bytes);
  return absl::OkStatus();
}

// The first registration in [begin, end) that pins living memory; null: none.
Registration* FindPinned(uint64_t begin, uint64_t end, uint64_t* at) {
  for (auto& [address, registration] : Registrations()) {
    if (address >= end) break;
    if (!registration.pinned_here || registration.gone) continue;
    if (address + registration.size <= begin) continue;
    *at = address;
    return &registration;
  }
  return nullptr;
}

// The program frees or unmaps memory (host_hooks.h). If it is registered, the
// device loses it here: a copy that is still queued meets memory that is gone,
// as after aclrtHostUnregister (H10).
void OnRelease(const char* function, const void* address, uint64_t bytes,
               const void* caller) {
  const uint64_t begin = AddressOf(address);
  const uint64_t end = begin + bytes;
  if (begin >= highest || end <= lowest || InCall()) return;
  const tsan::Ours ours;
  const absl::StatusOr<Node*> node = Process::Get().node();
  if (!node.ok()) return;
  uint64_t at = 0;
  HostHooks().enter();
  bool pinned;
  {  // most of what is freed was never registered: no call for it
    const Lock lock((*node)->mutex());
    pinned = FindPinned(begin, end, &at) != nullptr;
  }
  HostHooks().leave();
  if (!pinned) return;
  {
    Call call(**node, Process::Get().thread(), function, caller);
    call.node.scheduler().Flush(call.lock);  // no body runs beside this
    while (Registration* registration = FindPinned(begin, end, &at)) {
      registration->gone = true;
      NPUEMU_CHECK(EndPinning(call, reinterpret_cast<void*>(at)).ok());
    }
  }
  AfterNodeCall();
}

void WatchReleases(uint64_t begin, uint64_t size) {
  lowest = std::min(lowest.load(), begin);
  highest = std::max(highest.load(), begin + size);
  HostHooks().on_release(&OnRelease);
}

absl::Status Register(Call& call, void* ptr, uint64_t size, bool mapped,
                      const void* site) {
  RETURN_IF_ERROR(CheckRange(ptr, size));
  RETURN_IF_ERROR(CurrentContext(call).status());
  const auto known = Registrations().find(AddressOf(ptr));
  if (known != Registrations().end() && !known->second.gone) {
    return FaultError(Fault::kHostMemoryAlreadyRegistered,
                      std::string(call.name) +
                          " failed because the range at ptr is registered "
                          "already. Call aclrtHostUnregister first");
  }
  HostMemory& memory = call.node.host_memory();
  const HostBlock* block = memory.Find(ptr);
  const bool ours = block != nullptr && !block->registered;
  const bool map_only = mapped && ours && memory.IsPinned(ptr, size);
  if (!map_only) {
    RETURN_IF_ERROR(memory.Register(ptr, size, site));
    call.Log(EventKind::kAlloc, -1, -1,
             call.node.Canonical(AddressOf(ptr)).value, size);
  }
  Registrations()[AddressOf(ptr)] = {size, mapped, !map_only};
  if (!map_only) WatchReleases(AddressOf(ptr), size);
  return absl::OkStatus();
}

absl::Status Unregister(Call& call, void* ptr) {
  RETURN_IF_NULL(ptr);
  call.node.scheduler().Flush(call.lock);  // no body runs beside this
  const auto found = Registrations().find(AddressOf(ptr));
  if (found == Registrations().end()) {
    return EndPinning(call, ptr);  // its error names what it is
  }
  const Registration ended = found->second;
  Registrations().erase(found);
  if (!ended.pinned_here || ended.gone) return absl::OkStatus();
  return EndPinning(call, ptr);
}

absl::Status CheckFlag(uint32_t flag) {
  if (flag != 0 && (flag & ~(kMapped | kPinned)) == 0) return absl::OkStatus();
  return InvalidValue(Fault::kRtFeatureNotSupport, "flag", std::to_string(flag),
                      "ACL_HOST_REG_MAPPED (2), ACL_HOST_REG_PINNED "
                      "(0x10000000) or both");
}

// The device address of a mapped range is its host address (R82).
absl::Status FindDevicePointer(void* pHost, void** pDevice, uint32_t flag) {
  RETURN_IF_NULL(pHost);
  RETURN_IF_NULL(pDevice);
  if (flag != 0) {
    return InvalidValue(Fault::kRtParamInvalid, "flag", std::to_string(flag),
                        "0");
  }
  const auto found = Registrations().find(AddressOf(pHost));
  if (found == Registrations().end() || !found->second.mapped) {
    return FaultError(Fault::kHostMemoryNotRegistered,
                      "no range that is registered as mapped starts at "
                      "pHost. Call aclrtHostRegister first");
  }
  *pDevice = pHost;
  return absl::OkStatus();
}

absl::Status CheckMapped(aclrtHostRegisterType type) {
  if (type == ACL_HOST_REGISTER_MAPPED) return absl::OkStatus();
  return InvalidValue(Fault::kRtFeatureNotSupport, "type",
                      std::to_string(static_cast<int>(type)),
                      "0 (ACL_HOST_REGISTER_MAPPED)");
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtMallocHost(void** hostPtr, size_t size) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtMallocHost", Args(hostPtr, size), [&](Call& call) {
    return Allocate(call, hostPtr, "hostPtr", size, site);
  });
}

aclError aclrtMallocHostWithCfg(void** ptr, uint64_t size,
                                aclrtMallocConfig* cfg) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtMallocHostWithCfg", Args(ptr, size, cfg),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_ERROR(ReadMallocConfig(cfg).status());
                    return Allocate(call, ptr, "ptr", size, site);
                  });
}

aclError aclrtFreeHost(void* hostPtr) {
  return NodeCall("aclrtFreeHost", Args(hostPtr),
                  [&](Call& call) { return Release(call, hostPtr); });
}

aclError aclrtFreeHostWithDevSync(void* hostPtr) {
  return NodeCall(
      "aclrtFreeHostWithDevSync", Args(hostPtr),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(hostPtr);
        ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
        RETURN_IF_ERROR(RefuseCapturing(call, context));
        RETURN_IF_ERROR(SynchronizeContext(call, context, std::nullopt));
        return Release(call, hostPtr);
      });
}

aclError aclrtHostRegister(void* ptr, uint64_t size, aclrtHostRegisterType type,
                           void** devPtr) {
  const void* site = __builtin_return_address(0);
  return NodeCall(
      "aclrtHostRegister", Args(ptr, size, type, devPtr),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(devPtr);
        RETURN_IF_ERROR(CheckMapped(type));
        RETURN_IF_ERROR(Register(call, ptr, size, /*mapped=*/true, site));
        *devPtr = ptr;
        return absl::OkStatus();
      });
}

aclError aclrtHostRegisterV2(void* ptr, uint64_t size, uint32_t flag) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtHostRegisterV2", Args(ptr, size, flag),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_ERROR(CheckFlag(flag));
                    return Register(call, ptr, size, (flag & kMapped) != 0,
                                    site);
                  });
}

aclError aclrtHostUnregister(void* ptr) {
  return NodeCall("aclrtHostUnregister", Args(ptr),
                  [&](Call& call) { return Unregister(call, ptr); });
}

aclError aclrtHostGetDevicePointer(void* pHost, void** pDevice, uint32_t flag) {
  return NodeCall(
      "aclrtHostGetDevicePointer", Args(pHost, pDevice, flag),
      [&](Call&) { return FindDevicePointer(pHost, pDevice, flag); });
}
