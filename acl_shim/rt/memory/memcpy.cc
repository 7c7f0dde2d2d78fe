// Copies of flat and two-dimensional blocks (R83-R92).

#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/checks.h"
#include "emulator/device/capture.h"
#include "emulator/device/transfer.h"

namespace npuemu::shim {
namespace {

// Limits of asynchronous 2D copies (R92).
constexpr uint64_t kMaxWidth = 5'000'000;
constexpr uint64_t kMaxHeight = 5'242'880;

absl::Status Copy(Call& call, void* dst, size_t destMax, const void* src,
                  size_t count, aclrtMemcpyKind kind) {
  if (count == 0) return absl::OkStatus();
  RETURN_IF_NULL(dst);
  RETURN_IF_NULL(src);
  if (!IsListedKind(kind)) {
    return BadKind(Fault::kInvalidParam, kind, "[0, 5]");
  }
  RETURN_IF_ERROR(CheckCapacity(count, destMax, "count", "destMax"));
  RETURN_IF_ERROR(RefuseUnsafe(call));
  if (dst == src) return absl::OkStatus();
  return CopyNow(call, dst, src, Flat(count));
}

// R84: an unregistered side takes only the listed kinds; else the pointers
// decide.
absl::Status CheckAsyncKind(Call& call, const void* dst, const void* src,
                            uint64_t count, aclrtMemcpyKind kind) {
  if (IsListedKind(kind)) return absl::OkStatus();
  if (PlaceOf(call.node, dst, count) != Place::kPageable &&
      PlaceOf(call.node, src, count) != Place::kPageable) {
    return absl::OkStatus();
  }
  return BadKind(Fault::kRtParamInvalid, kind,
                 "[0, 5] where a side is pageable host memory");
}

absl::Status CopyAsync(Call& call, void* dst, size_t destMax, const void* src,
                       size_t count, aclrtMemcpyKind kind,
                       aclrtStream handle) {
  if (count == 0) return absl::OkStatus();
  RETURN_IF_NULL(dst);
  RETURN_IF_NULL(src);
  RETURN_IF_ERROR(CheckCapacity(count, destMax, "count", "destMax"));
  RETURN_IF_ERROR(CheckAsyncKind(call, dst, src, count, kind));
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  return CopyOnStream(call, stream.get(), dst, src, Flat(count),
                      kind == ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE);
}

struct Block {
  void* dst;
  size_t dpitch;
  const void* src;
  size_t spitch;
  size_t width;
  size_t height;

  bool empty() const { return width == 0 || height == 0; }
  CopyShape shape() const { return {width, height, dpitch, spitch}; }
};

absl::Status CheckBlock(const Block& block) {
  if (block.dst == nullptr) return NullPointer("dst");
  if (block.src == nullptr) return NullPointer("src");
  if (block.width > block.dpitch || block.width > block.spitch) {
    return InvalidValue(Fault::kInvalidParam, "width",
                        std::to_string(block.width),
                        "at most dpitch (" + std::to_string(block.dpitch) +
                            ") and spitch (" + std::to_string(block.spitch) +
                            ")");
  }
  return absl::OkStatus();
}

absl::Status Copy2dNow(Call& call, const Block& block, aclrtMemcpyKind kind) {
  if (block.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckBlock(block));
  if (kind != ACL_MEMCPY_HOST_TO_DEVICE && kind != ACL_MEMCPY_DEVICE_TO_HOST) {
    return BadKind(Fault::kInvalidParam, kind,
                   "1 (host to device) or 2 (device to host)");
  }
  RETURN_IF_ERROR(RefuseUnsafe(call));
  return CopyNow(call, block.dst, block.src, block.shape());
}

absl::Status Copy2dAsync(Call& call, const Block& block, aclrtMemcpyKind kind,
                         aclrtStream handle) {
  if (block.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckBlock(block));
  if (kind != ACL_MEMCPY_HOST_TO_DEVICE && kind != ACL_MEMCPY_DEVICE_TO_HOST &&
      kind != ACL_MEMCPY_DEVICE_TO_DEVICE) {
    return BadKind(Fault::kInvalidParam, kind,
                   "1 (host to device), 2 (device to host) or 3 (device to "
                   "device)");
  }
  RETURN_IF_ERROR(
      CheckCapacity(block.width, kMaxWidth, "width", "the width limit"));
  RETURN_IF_ERROR(
      CheckCapacity(block.height, kMaxHeight, "height", "the height limit"));
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  return CopyOnStream(call, stream.get(), block.dst, block.src, block.shape(),
                      /*snapshot=*/false);
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtMemcpy(void* dst, size_t destMax, const void* src, size_t count,
                     aclrtMemcpyKind kind) {
  return NodeCall(
      "aclrtMemcpy", Args(dst, destMax, src, count, kind),
      [&](Call& call) { return Copy(call, dst, destMax, src, count, kind); });
}

aclError aclrtMemcpyAsync(void* dst, size_t destMax, const void* src,
                          size_t count, aclrtMemcpyKind kind,
                          aclrtStream stream) {
  return NodeCall(
      "aclrtMemcpyAsync", Args(dst, destMax, src, count, kind, stream),
      [&](Call& call) {
        return CopyAsync(call, dst, destMax, src, count, kind, stream);
      });
}

aclError aclrtMemcpyAsyncWithCondition(void* dst, size_t destMax,
                                       const void* src, size_t count,
                                       aclrtMemcpyKind kind,
                                       aclrtStream stream) {
  return NodeCall(
      "aclrtMemcpyAsyncWithCondition",
      Args(dst, destMax, src, count, kind, stream), [&](Call& call) {
        return CopyAsync(call, dst, destMax, src, count, kind, stream);
      });
}

aclError aclrtMemcpy2d(void* dst, size_t dpitch, const void* src,
                       size_t spitch, size_t width, size_t height,
                       aclrtMemcpyKind kind) {
  return NodeCall(
      "aclrtMemcpy2d", Args(dst, dpitch, src, spitch, width, height, kind),
      [&](Call& call) {
        return Copy2dNow(call, {dst, dpitch, src, spitch, width, height}, kind);
      });
}

aclError aclrtMemcpy2dAsync(void* dst, size_t dpitch, const void* src,
                            size_t spitch, size_t width, size_t height,
                            aclrtMemcpyKind kind, aclrtStream stream) {
  return NodeCall("aclrtMemcpy2dAsync",
                  Args(dst, dpitch, src, spitch, width, height, kind, stream),
                  [&](Call& call) {
                    return Copy2dAsync(
                        call, {dst, dpitch, src, spitch, width, height}, kind,
                        stream);
                  });
}
