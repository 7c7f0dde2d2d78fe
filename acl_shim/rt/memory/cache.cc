// Cache maintenance. Caches are not modelled: host and device always see the
// same bytes, so these change times and checks only.

#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/checks.h"
#include "emulator/device/stream.h"
#include "emulator/device/transfer.h"

namespace npuemu::shim {
namespace {

absl::Status CheckRange(Call& call, const void* address, uint64_t size,
                        const char* argument) {
  if (address == nullptr) return NullPointer(argument);
  if (size == 0) {
    return InvalidValue(Fault::kRtParamInvalid, "size", "0", "at least 1");
  }
  RETURN_IF_ERROR(CheckDeviceMemory(call, address, argument));
  const auto begin = reinterpret_cast<uint64_t>(address);
  const Allocation* block = call.node.memory().Find(begin);
  return CheckCapacity(size, block->base + block->size - begin, "size",
                       "the bytes left in the allocation");
}

absl::Status Prefetch(Call& call, void* src, size_t size, aclrtCmoType type,
                      aclrtStream handle) {
  RETURN_IF_NULL(src);
  if (type != ACL_RT_CMO_TYPE_PREFETCH) {
    return InvalidValue(Fault::kRtFeatureNotSupport, "cmoType",
                        std::to_string(static_cast<int>(type)),
                        "0 (ACL_RT_CMO_TYPE_PREFETCH)");
  }
  RETURN_IF_ERROR(CheckRange(call, src, size, "src"));
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  Task task;
  task.name = call.name;
  task.cost = call.node.costs().Copy(Unit::kCopyDevice, size);
  return Submit(call, stream.get(), std::move(task));
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtCmoAsync(void* src, size_t size, aclrtCmoType cmoType,
                       aclrtStream stream) {
  return NodeCall(
      "aclrtCmoAsync", Args(src, size, cmoType, stream),
      [&](Call& call) { return Prefetch(call, src, size, cmoType, stream); });
}

aclError aclrtMemFlush(void* devPtr, size_t size) {
  return NodeCall("aclrtMemFlush", Args(devPtr, size), [&](Call& call) {
    return CheckRange(call, devPtr, size, "devPtr");
  });
}

aclError aclrtMemInvalidate(void* devPtr, size_t size) {
  return NodeCall("aclrtMemInvalidate", Args(devPtr, size), [&](Call& call) {
    return CheckRange(call, devPtr, size, "devPtr");
  });
}
