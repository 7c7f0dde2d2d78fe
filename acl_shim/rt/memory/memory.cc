// Device memory: allocation and release (R76-R80).

#include <limits>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/malloc_config.h"
#include "emulator/base/injection.h"
#include "emulator/device/capture.h"
#include "emulator/device/context.h"

namespace npuemu::shim {
namespace {

constexpr uint64_t kUnit = 32;
constexpr uint64_t kHugePage = uint64_t{2} << 20;
// The low bits of aclrtMemMallocPolicy choose pages; type and access flags
// above them change nothing here.
constexpr int kPageBits = 0xff;

enum class Slack { kNone, kUnit };  // R77, R76

struct Pages {
  PagePolicy policy;
  bool huge1g;
};

// R78. The *_P2P variants differ only in who may map the memory.
Pages PagesOf(int policy, uint64_t size) {
  switch (policy & kPageBits) {
    case ACL_MEM_MALLOC_HUGE_FIRST:
    case ACL_MEM_MALLOC_HUGE_FIRST_P2P:
      return {PagePolicy::kHugeFirst, false};
    case ACL_MEM_MALLOC_HUGE_ONLY:
    case ACL_MEM_MALLOC_HUGE_ONLY_P2P:
      return {PagePolicy::kHugeOnly, false};
    case ACL_MEM_MALLOC_NORMAL_ONLY:
    case ACL_MEM_MALLOC_NORMAL_ONLY_P2P:
      return {PagePolicy::kNormalOnly, false};
    case ACL_MEM_MALLOC_HUGE1G_ONLY:
    case ACL_MEM_MALLOC_HUGE1G_ONLY_P2P:
      return {PagePolicy::kHuge1GOnly, true};
    default:
      return {size >= kHugePage ? PagePolicy::kHugeFirst
                                : PagePolicy::kNormalOnly,
              false};
  }
}

struct Request {
  uint64_t size;
  aclrtMemMallocPolicy policy;
  Slack slack;
  const void* site;
  int device = -1;  // -1: the current context's
};

absl::Status Allocate(Call& call, void** devPtr, const Request& request) {
  if (request.size == 0) {
    return InvalidValue(Fault::kInvalidParam, "size", "0", "at least 1");
  }
  RETURN_IF_NULL(devPtr);
  if (request.size > std::numeric_limits<uint64_t>::max() - 2 * kUnit) {
    return InvalidValue(Fault::kInvalidParam, "size",
                        std::to_string(request.size),
                        "a size that 64 bytes more do not overflow");
  }
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  const Pages pages = PagesOf(request.policy, request.size);
  uint64_t bytes = (request.size + kUnit - 1) / kUnit * kUnit;
  if (request.slack == Slack::kUnit && !pages.huge1g) bytes += kUnit;
  AllocOptions options;
  options.policy = pages.policy;
  options.requested = request.size;
  options.site = request.site;
  const int device =
      request.device >= 0 ? request.device : context->device().id;
  if (call.node.injection().FailsAllocation()) {
    return FaultError(Fault::kRtMemoryAllocation,
                      std::string(call.name) + ": no memory by --inject");
  }
  ASSIGN_OR_RETURN(const uint64_t address,
                   call.node.memory().Allocate(device, bytes, options));
  call.Log(EventKind::kAlloc, device, -1, call.node.Canonical(address).value,
           request.size);
  *devPtr = reinterpret_cast<void*>(address);
  return absl::OkStatus();
}

absl::Status AllocateWithConfig(Call& call, void** devPtr, Request request,
                                const aclrtMallocConfig* cfg) {
  ASSIGN_OR_RETURN(const MallocConfig config, ReadMallocConfig(cfg));
  if (config.va_flag) {
    return InvalidValue(Fault::kInvalidParam, "cfg", "ACL_RT_MEM_ATTR_VA_FLAG",
                        "a module id or a device id; the flag is for host "
                        "memory");
  }
  if (config.device) {
    ASSIGN_OR_RETURN(const Device* device,
                     call.node.FindDevice(static_cast<int>(*config.device)));
    request.device = device->id;
  }
  return Allocate(call, devPtr, request);
}

absl::Status Release(Call& call, void* devPtr, const void* site) {
  RETURN_IF_NULL(devPtr);
  const auto address = reinterpret_cast<uint64_t>(devPtr);
  const Allocation* allocation = call.node.memory().Find(address);
  const uint64_t bytes = allocation == nullptr ? 0
                         : allocation->requested != 0 ? allocation->requested
                                                      : allocation->size;
  RETURN_IF_ERROR(call.node.memory().Free(address, site));
  const Argument place = call.node.Canonical(address);
  call.Log(EventKind::kFree, place.device, -1, place.value, bytes);
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtMalloc(void** devPtr, size_t size, aclrtMemMallocPolicy policy) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtMalloc", Args(devPtr, size, policy), [&](Call& call) {
    return Allocate(call, devPtr, {size, policy, Slack::kUnit, site});
  });
}

aclError aclrtMallocAlign32(void** devPtr, size_t size,
                            aclrtMemMallocPolicy policy) {
  const void* site = __builtin_return_address(0);
  return NodeCall(
      "aclrtMallocAlign32", Args(devPtr, size, policy), [&](Call& call) {
        return Allocate(call, devPtr, {size, policy, Slack::kNone, site});
      });
}

aclError aclrtMallocCached(void** devPtr, size_t size,
                           aclrtMemMallocPolicy policy) {
  const void* site = __builtin_return_address(0);
  return NodeCall(
      "aclrtMallocCached", Args(devPtr, size, policy), [&](Call& call) {
        return Allocate(call, devPtr, {size, policy, Slack::kUnit, site});
      });
}

aclError aclrtMallocWithCfg(void** devPtr, size_t size,
                            aclrtMemMallocPolicy policy,
                            aclrtMallocConfig* cfg) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtMallocWithCfg", Args(devPtr, size, policy, cfg),
                  [&](Call& call) {
                    return AllocateWithConfig(
                        call, devPtr, {size, policy, Slack::kUnit, site}, cfg);
                  });
}

aclError aclrtMallocForTaskScheduler(void** devPtr, size_t size,
                                     aclrtMemMallocPolicy policy,
                                     aclrtMallocConfig* cfg) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtMallocForTaskScheduler",
                  Args(devPtr, size, policy, cfg), [&](Call& call) {
                    return AllocateWithConfig(
                        call, devPtr, {size, policy, Slack::kUnit, site}, cfg);
                  });
}

aclError aclrtFree(void* devPtr) {
  const void* site = __builtin_return_address(0);
  return NodeCall("aclrtFree", Args(devPtr),
                  [&](Call& call) { return Release(call, devPtr, site); });
}

aclError aclrtFreeWithDevSync(void* devPtr) {
  const void* site = __builtin_return_address(0);
  return NodeCall(
      "aclrtFreeWithDevSync", Args(devPtr), [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(devPtr);
        ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
        RETURN_IF_ERROR(RefuseCapturing(call, context));
        RETURN_IF_ERROR(SynchronizeContext(call, context, std::nullopt));
        return Release(call, devPtr, site);
      });
}
