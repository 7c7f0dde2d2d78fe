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
constexpr uint64_t kVirtualBytes = 1ull << 40;

// Device d owns [device_base + d * kDeviceStride, + kDeviceStride), never
// readable; its bytes are at the same offset from data_base. The addresses
// that programs reserve (virtual_memory.h) are the kVirtualBytes below
// device_base, with the bytes mapped there below data_base.
struct AddressSpace {
  uint64_t device_base;
  uint64_t data_base;

  uint64_t virtual_base() const { return device_base - kVirtualBytes; }
  // Of the bytes of any device address, from it.
  uint64_t data_offset() const { return data_base - device_base; }
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

// A file without a name that can hold `bytes`; it takes memory for what was
// written only. Error kRtMemoryAllocation.
absl::StatusOr<int> CreateExtents(uint64_t bytes);
// Puts its bytes [offset, offset + bytes) at a reserved range, readable and
// writable, in place of what lies there. Error kRtMemoryAllocation.
absl::Status MapExtent(uint64_t address, uint64_t bytes, int file,
                       uint64_t offset);
// The range is reserved again, without access.
void UnmapExtent(uint64_t address, uint64_t bytes);
// Gives the memory of these bytes back; they read as 0.
void DiscardExtent(int file, uint64_t offset, uint64_t bytes);

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_ADDRESS_SPACE_H_
