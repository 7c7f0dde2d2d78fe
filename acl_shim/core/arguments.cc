#include "acl_shim/core/arguments.h"

#include "acl_shim/core/handle_table.h"

namespace npuemu::shim {
namespace {

// Handles of descriptors and buffers are given out in an order of their own.
bool InTheLog(uint64_t handle) {
  switch (static_cast<HandleKind>(handle >> 48 & 0xff)) {
    case HandleKind::kContext:
    case HandleKind::kStream:
    case HandleKind::kEvent:
    case HandleKind::kNotify:
      return true;
    default:
      return false;
  }
}

struct Canonical {
  ArgumentKind kind;
  uint64_t value;
  int device;
};

Canonical OfPointer(Node& node, uint64_t address) {
  constexpr uint64_t kHandleMagic = 0x0a;
  if (address == 0) return {ArgumentKind::kNull, 0, -1};
  if (address >> 56 == kHandleMagic) {
    return {ArgumentKind::kHandle, InTheLog(address) ? address : 0, -1};
  }
  const int device = node.memory().DeviceOf(address);
  if (device >= 0) {
    const uint64_t base = node.memory().address_space().device_base +
                          static_cast<uint64_t>(device) * kDeviceStride;
    return {ArgumentKind::kDevice, address - base, device};
  }
  const HostBlock* block =
      node.host_memory().Find(reinterpret_cast<const void*>(address));
  if (block == nullptr) return {ArgumentKind::kHost, 0, -1};
  return {ArgumentKind::kPinned, block->id << 40 | (address - block->base),
          -1};
}

}  // namespace

void Args::Log(Call& call) const {
  for (size_t i = 0; i < count_; ++i) {
    const Value& value = values_[i];
    const Canonical argument =
        value.pointer ? OfPointer(call.node, value.bits)
                      : Canonical{ArgumentKind::kNumber, value.bits, -1};
    call.Log(EventKind::kArgument, argument.device, -1,
             static_cast<uint64_t>(argument.kind), argument.value);
  }
}

}  // namespace npuemu::shim
