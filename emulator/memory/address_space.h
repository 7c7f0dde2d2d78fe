// File: address_space.h
// Where device memory lies in the process, and the raw calls that map it.
// Thread-safe.

#ifndef EMULATOR_MEMORY_ADDRESS_SPACE_H_
#define EMULATOR_MEMORY_ADDRESS_SPACE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace npuemu {

constexpr uint64_t kDeviceStride = 64ull << 30;
constexpr uint64_t kCommitGranule = 2ull << 20;
constexpr int kMaxDevices = 16;

// Device d owns [device_base + d * kDeviceStride, + kDeviceStride), never
// readable; its bytes are at the same offset from data_base.
struct AddressSpace {
  uint64_t device_base;
  uint64_t data_base;
};

// Claims the first row of the table whose ranges are free for `devices`
// devices, until ReleaseAddressSpace; maps nothing. Error
// kRtMemoryAllocation: none is free.
absl::StatusOr<AddressSpace> ClaimAddressSpace(int devices);
void ReleaseAddressSpace(const AddressSpace& space);

// Reserves [address, address + bytes) without access. `what` names it in the
// error (kRtMemoryAllocation), which gives size, limit and next step.
absl::Status ReserveRange(uint64_t address, uint64_t bytes,
                          std::string_view what);
void ReleaseRange(uint64_t address, uint64_t bytes);

// Makes a reserved range readable and writable; `huge` asks for huge pages.
absl::Status CommitRange(uint64_t address, uint64_t bytes, bool huge);

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_ADDRESS_SPACE_H_
