// Copies whose addresses the device reads from memory when the task runs: from
// a descriptor, or through pointers to pointers. Within one device only.

#include <cstring>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/checks.h"
#include "emulator/device/transfer.h"
#include "emulator/memory/copy.h"

namespace npuemu::shim {
namespace {

// What aclrtSetMemcpyDesc leaves in device memory. The layout is ours: programs
// treat it as opaque bytes.
struct Descriptor {
  uint64_t magic;
  uint64_t src;
  uint64_t dst;
  uint64_t count;
  uint64_t unused[4];
};
constexpr uint64_t kMagic = 0x6d656d6370796473;  // "memcpyds"

absl::Status CheckInner(aclrtMemcpyKind kind) {
  if (kind == ACL_MEMCPY_INNER_DEVICE_TO_DEVICE) return absl::OkStatus();
  return BadKind(Fault::kRtParamInvalid, kind,
                 "6 (ACL_MEMCPY_INNER_DEVICE_TO_DEVICE)");
}

// Runs `copy` as a task that may touch all memory of its device: the ranges
// stand in memory that earlier tasks may still write.
absl::Status SubmitIndirect(Call& call, Stream* stream, uint64_t bytes,
                            TaskBody copy) {
  Task task;
  task.name = call.name;
  task.unit = Unit::kCopyDevice;
  task.cost = call.node.costs().Copy(task.unit, bytes);
  const AddressSpace& space = call.node.memory().address_space();
  const uint64_t base =
      space.device_base +
      static_cast<uint64_t>(stream->queue.device) * kDeviceStride;
  task.writes.push_back({base, base + kDeviceStride});
  task.writes.push_back({space.virtual_base(), space.device_base});
  task.exact_reads = task.exact_writes = false;
  task.body = std::move(copy);
  return Submit(call, stream, std::move(task));
}

Fault CopyInside(const DeviceMemory& memory, uint64_t dst, uint64_t src,
                 uint64_t count) {
  std::byte* to = memory.Translate(dst, count);
  const std::byte* from = memory.Translate(src, count);
  if (to == nullptr || from == nullptr) return Fault::kRtSysDma;
  CopyBytes(to, from, count);
  return Fault::kNone;
}

absl::Status SetDescriptor(Call& call, void* desc, void* src, void* dst,
                           size_t count) {
  RETURN_IF_ERROR(CheckDeviceMemory(call, desc, "desc"));
  RETURN_IF_ERROR(CheckDeviceMemory(call, src, "srcAddr"));
  RETURN_IF_ERROR(CheckDeviceMemory(call, dst, "dstAddr"));
  const Descriptor value = {kMagic, reinterpret_cast<uint64_t>(src),
                            reinterpret_cast<uint64_t>(dst), count, {}};
  return CopyNow(call, desc, &value, Flat(sizeof(value)));
}

absl::Status CopyByDescriptor(Call& call, void* desc, aclrtStream handle) {
  RETURN_IF_ERROR(CheckDeviceMemory(call, desc, "desc"));
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  const DeviceMemory* memory = &call.node.memory();
  const auto at = reinterpret_cast<uint64_t>(desc);
  Descriptor now{};
  if (const std::byte* from = memory->Translate(at, sizeof(now))) {
    std::memcpy(&now, from, sizeof(now));  // only its size, for the cost
  }
  const uint64_t bytes = now.magic == kMagic ? now.count : 0;
  return SubmitIndirect(call, stream.get(), bytes, [memory, at] {
    Descriptor read{};
    const std::byte* from = memory->Translate(at, sizeof(read));
    if (from == nullptr) return Fault::kRtSysDma;
    std::memcpy(&read, from, sizeof(read));
    if (read.magic != kMagic) return Fault::kRtSysDma;
    return CopyInside(*memory, read.dst, read.src, read.count);
  });
}

absl::Status CheckPointers(Call& call, void** dst, size_t destMax,
                           const void** src, size_t count,
                           aclrtMemcpyKind kind) {
  RETURN_IF_NULL(dst);
  RETURN_IF_NULL(src);
  RETURN_IF_ERROR(CheckInner(kind));
  RETURN_IF_ERROR(CheckCapacity(count, destMax, "count", "destMax"));
  RETURN_IF_ERROR(CheckDeviceMemory(call, dst, "dst"));
  return CheckDeviceMemory(call, src, "src");
}

// Where a pointer to a pointer stands, and what is added to its value.
struct Place2 {
  uint64_t at;
  uint64_t offset;
};

absl::Status CopyThroughPointers(Call& call, const Place2& dst,
                                 const Place2& src, uint64_t count,
                                 aclrtStream handle) {
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  const DeviceMemory* memory = &call.node.memory();
  return SubmitIndirect(call, stream.get(), count, [=] {
    const std::byte* to = memory->Translate(dst.at, 8);
    const std::byte* from = memory->Translate(src.at, 8);
    if (to == nullptr || from == nullptr) return Fault::kRtSysDma;
    uint64_t to_base = 0;
    uint64_t from_base = 0;
    std::memcpy(&to_base, to, 8);
    std::memcpy(&from_base, from, 8);
    return CopyInside(*memory, to_base + dst.offset, from_base + src.offset,
                      count);
  });
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtGetMemcpyDescSize(aclrtMemcpyKind kind, size_t* descSize) {
  return ApiCall("aclrtGetMemcpyDescSize", [&]() -> absl::Status {
    RETURN_IF_NULL(descSize);
    RETURN_IF_ERROR(CheckInner(kind));
    *descSize = sizeof(Descriptor);
    return absl::OkStatus();
  });
}

aclError aclrtSetMemcpyDesc(void* desc, aclrtMemcpyKind kind, void* srcAddr,
                            void* dstAddr, size_t count, void* config) {
  return NodeCall("aclrtSetMemcpyDesc", Args(desc, srcAddr, dstAddr, count),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(desc);
                    RETURN_IF_NULL(srcAddr);
                    RETURN_IF_NULL(dstAddr);
                    RETURN_IF_ERROR(CheckInner(kind));
                    if (config != nullptr) {
                      return InvalidValue(Fault::kRtParamInvalid, "config",
                                          "not null", "nullptr");
                    }
                    return SetDescriptor(call, desc, srcAddr, dstAddr, count);
                  });
}

aclError aclrtMemcpyAsyncWithDesc(void* desc, aclrtMemcpyKind kind,
                                  aclrtStream stream) {
  return NodeCall("aclrtMemcpyAsyncWithDesc", Args(desc, kind, stream),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(desc);
                    RETURN_IF_ERROR(CheckInner(kind));
                    return CopyByDescriptor(call, desc, stream);
                  });
}

aclError aclrtMemcpyAsyncWithOffset(void** dst, size_t destMax,
                                    size_t dstDataOffset, const void** src,
                                    size_t count, size_t srcDataOffset,
                                    aclrtMemcpyKind kind, aclrtStream stream) {
  return NodeCall(
      "aclrtMemcpyAsyncWithOffset", Args(dst, src, count, stream),
      [&](Call& call) -> absl::Status {
        if (count == 0) return absl::OkStatus();
        RETURN_IF_ERROR(CheckPointers(call, dst, destMax, src, count, kind));
        return CopyThroughPointers(
            call, {reinterpret_cast<uint64_t>(dst), dstDataOffset},
            {reinterpret_cast<uint64_t>(src), srcDataOffset}, count, stream);
      });
}
