// Tasks that write a value, and that wait for one (R75).

#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "emulator/device/transfer.h"

namespace npuemu {
namespace {

constexpr const char* kDeviceAddress[] = {"devAddr"};
constexpr AccessNames kValueNames{kDeviceAddress, kDeviceAddress};

uint64_t Address(const void* pointer) {
  return reinterpret_cast<uint64_t>(pointer);
}

absl::Status CheckValueAddress(Call& call, void* address) {
  const DeviceMemory& memory = call.node.memory();
  if (!memory.IsDeviceAddress(address) || Address(address) % 8 != 0) {
    if (call.node.log().checking()) {
      call.Misuse(24, "the value's address is no 8-byte aligned device memory");
    }
    return FaultError(
        Fault::kRtParamInvalid,
        absl::StrFormat("%s failed because value %p for parameter devAddr is "
                        "invalid. Expected value: an 8-byte aligned address "
                        "of device memory",
                        call.name, address));
  }
  if (memory.Translate(Address(address), 8) != nullptr) return absl::OkStatus();
  return FaultError(
      Fault::kRtParamInvalid,
      absl::StrFormat("%s failed because 8 bytes at devAddr = %p (%s) are not "
                      "device memory. Expected value: memory of aclrtMalloc",
                      call.name, address, memory.Name(Address(address))));
}

}  // namespace

absl::Status WriteValue(Call& call, Stream* stream, void* address,
                        uint64_t value) {
  RETURN_IF_ERROR(CheckValueAddress(call, address));
  Task task;
  task.name = call.name;
  task.cost = CostModel::kControl;
  task.writes.push_back({Address(address), Address(address) + 8});
  task.names = &kValueNames;
  task.effect = EffectKind::kPublish;
  const DeviceMemory* memory = &call.node.memory();
  task.body = [=]() -> Fault {
    std::byte* to = memory->Translate(Address(address), 8);
    if (to == nullptr) return Fault::kRtSysDma;
    std::memcpy(to, &value, 8);
    return Fault::kNone;
  };
  return Submit(call, stream, std::move(task));
}

absl::Status WaitValue(Call& call, Stream* stream, void* address,
                       uint64_t value, ValueTest test) {
  RETURN_IF_ERROR(CheckValueAddress(call, address));
  Task task;
  task.name = call.name;
  task.cost = CostModel::kControl;
  task.wait = WaitKind::kValue;
  task.reads.push_back({Address(address), Address(address) + 8});
  task.names = &kValueNames;
  const DeviceMemory* memory = &call.node.memory();
  task.Hooks().value_ready = [=] {
    const std::byte* from = memory->Translate(Address(address), 8);
    if (from == nullptr) return false;
    uint64_t now = 0;
    std::memcpy(&now, from, 8);
    switch (test) {
      case ValueTest::kGreaterOrEqual:
        return static_cast<int64_t>(now - value) >= 0;
      case ValueTest::kEqual:
        return now == value;
      case ValueTest::kAnd:
        return (now & value) != 0;
      case ValueTest::kNor:
        return ~(now | value) != 0;
    }
    return false;
  };
  return Submit(call, stream, std::move(task));
}

}  // namespace npuemu
