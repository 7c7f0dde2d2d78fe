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

Argument OfPointer(Node& node, uint64_t address) {
  constexpr uint64_t kHandleMagic = 0x0a;
  if (address == 0) return {ArgumentKind::kNull, -1, 0};
  if (address >> 56 == kHandleMagic) {
    return {ArgumentKind::kHandle, -1, InTheLog(address) ? address : 0};
  }
  return node.Canonical(address);
}

}  // namespace

void Args::Log(Call& call) const {
  Argument arguments[kMost];
  for (size_t i = 0; i < count_; ++i) {
    const Value& value = values_[i];
    arguments[i] = value.pointer
                       ? OfPointer(call.node, value.bits)
                       : Argument{ArgumentKind::kNumber, -1, value.bits};
  }
  call.node.log().AppendArguments({arguments, count_}, call.name, call.now);
}

}  // namespace npuemu::shim
