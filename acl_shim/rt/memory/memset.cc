// Sets of bytes and words (R93, R94).

#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/checks.h"
#include "emulator/device/capture.h"
#include "emulator/device/transfer.h"

namespace npuemu::shim {
namespace {

absl::StatusOr<FillShape> ByteFill(void* devPtr, size_t maxCount,
                                   int32_t value, size_t count) {
  RETURN_IF_NULL(devPtr);
  RETURN_IF_ERROR(CheckCapacity(count, maxCount, "count", "maxCount"));
  return FillShape{count, static_cast<uint8_t>(value), 1};
}

absl::StatusOr<FillShape> WordFill(Call& call, void* ptr, size_t memSize,
                                   uint32_t value, size_t N) {
  RETURN_IF_NULL(ptr);
  if (reinterpret_cast<uint64_t>(ptr) % 4 != 0) {
    return InvalidValue(Fault::kRtParamInvalid, "ptr",
                        std::to_string(reinterpret_cast<uint64_t>(ptr)),
                        "a 4-byte aligned address");
  }
  RETURN_IF_ERROR(CheckCapacity(N, memSize / 4, "N", "memSize / 4"));
  if (PlaceOf(call.node, ptr, N * 4) == Place::kPageable) {
    return InvalidValue(Fault::kRtParamInvalid, "ptr", "pageable host memory",
                        "memory of aclrtMalloc or aclrtMallocHost");
  }
  return FillShape{N, value, 4};
}

absl::Status Now(Call& call, void* pointer, const FillShape& fill) {
  RETURN_IF_ERROR(RefuseUnsafe(call));
  return FillNow(call, pointer, fill);
}

absl::Status OnStream(Call& call, void* pointer, const FillShape& fill,
                      aclrtStream handle) {
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  return FillOnStream(call, stream.get(), pointer, fill);
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtMemset(void* devPtr, size_t maxCount, int32_t value,
                     size_t count) {
  return NodeCall("aclrtMemset", Args(devPtr, maxCount, value, count),
                  [&](Call& call) -> absl::Status {
                    if (count == 0) return absl::OkStatus();
                    ASSIGN_OR_RETURN(const FillShape fill,
                                     ByteFill(devPtr, maxCount, value, count));
                    return Now(call, devPtr, fill);
                  });
}

aclError aclrtMemsetAsync(void* devPtr, size_t maxCount, int32_t value,
                          size_t count, aclrtStream stream) {
  return NodeCall("aclrtMemsetAsync",
                  Args(devPtr, maxCount, value, count, stream),
                  [&](Call& call) -> absl::Status {
                    if (count == 0) return absl::OkStatus();
                    ASSIGN_OR_RETURN(const FillShape fill,
                                     ByteFill(devPtr, maxCount, value, count));
                    return OnStream(call, devPtr, fill, stream);
                  });
}

aclError aclrtMemsetD32(void* ptr, size_t memSize, uint32_t value, size_t N) {
  return NodeCall("aclrtMemsetD32", Args(ptr, memSize, value, N),
                  [&](Call& call) -> absl::Status {
                    if (N == 0) return absl::OkStatus();
                    ASSIGN_OR_RETURN(const FillShape fill,
                                     WordFill(call, ptr, memSize, value, N));
                    return Now(call, ptr, fill);
                  });
}

aclError aclrtMemsetD32Async(void* ptr, size_t memSize, uint32_t value,
                             size_t N, aclrtStream stream) {
  return NodeCall("aclrtMemsetD32Async", Args(ptr, memSize, value, N, stream),
                  [&](Call& call) -> absl::Status {
                    if (N == 0) return absl::OkStatus();
                    ASSIGN_OR_RETURN(const FillShape fill,
                                     WordFill(call, ptr, memSize, value, N));
                    return OnStream(call, ptr, fill, stream);
                  });
}
