// File: device_memory.h
// The memory of all devices of the node (design 6). A device address lies in a
// reserved range that the host can never read; the bytes live at a constant
// offset, so translation is one addition. Pages are committed in granules of
// 2 MiB when an allocation first covers them and stay committed: freed memory
// keeps its bytes until it is reused, and a write a little past a buffer lands
// in slack. What a program maps itself (VirtualMemory) has device addresses
// too.
//
// Thread safety: externally synchronized (the runtime's lock), except
// IsDeviceAddress, DeviceOf, Translate and DescribeFromSignal, which take no
// lock and may run beside everything else.

#ifndef EMULATOR_MEMORY_DEVICE_MEMORY_H_
#define EMULATOR_MEMORY_DEVICE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "emulator/memory/address_space.h"
#include "emulator/memory/allocation.h"
#include "emulator/memory/change_flag.h"
#include "emulator/memory/virtual_memory.h"

namespace npuemu {

// Which pages back an allocation (R78).
enum class PagePolicy {
  kHugeFirst,   // > 1 MiB: 2 MiB pages, else normal; falls back to normal
  kHugeOnly,    // 2 MiB pages, no fallback
  kHuge1GOnly,  // 1 GiB pages, no fallback
  kNormalOnly,  // 4 KiB pages (blocks are still only 512-byte aligned)
};

struct AllocOptions {
  PagePolicy policy = PagePolicy::kHugeFirst;
  uint64_t alignment = 64;     // power of two, at most 1 GiB
  uint64_t requested = 0;      // what the program asked for; 0: the same
  const void* site = nullptr;  // caller's return address, for reports
};

struct MemoryInfo {
  uint64_t free;   // bytes
  uint64_t total;  // bytes
};

class DeviceMemory final : private PagePool {
 public:
  struct Options {
    int devices = 8;                           // 1..16
    uint64_t bytes_per_device = 64ull << 30;   // multiple of 2 MiB, <= 64 GiB
    uint64_t host_memory_cap = 16ull << 30;    // --host-memory, whole node
    bool poison = false;                       // --poison
    uint64_t quarantine_bytes = 256ull << 20;  // per device, with poison
  };

  // Chooses the address ranges; maps nothing yet. Errors: kInvalidParam (an
  // option out of range), kRtMemoryAllocation (no free address range).
  static absl::StatusOr<std::unique_ptr<DeviceMemory>> Create(
      const Options& options);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  // A block of `bytes` (the caller has rounded by R76/R77), contents not
  // initialised. Errors: kInvalidParam (bytes 0, alignment),
  // kRtInvalidDeviceid, kRtMemoryAllocation (R79): device full, --host-memory
  // reached, or the operating system refuses; the text says which.
  absl::StatusOr<uint64_t> Allocate(int device, uint64_t bytes,
                                    const AllocOptions& options = {});

  // Frees the allocation that starts at `address` (R80: at once). Errors
  // kInvalidParam: not a device address; inside an allocation (named); already
  // freed (named); never allocated.
  absl::Status Free(uint64_t address, const void* site = nullptr);

  // Frees all allocations of a device and what is mapped; returns how many
  // allocations. For device reset.
  size_t FreeAll(int device);

  // The live allocation whose block holds `address`, or null. Valid until
  // that allocation is freed.
  const Allocation* Find(uint64_t address) const;

  // The freed allocation that held `address` last, or null when the address
  // is live or was never used. Valid until the next Allocate or Free.
  const Allocation* FindFreed(uint64_t address) const;

  // Live allocations of a device in order of allocation.
  std::vector<Allocation> Live(int device) const;

  // The host address of the bytes at `address`, or null unless the whole
  // range lies in committed memory of one device. Whether the range lies in
  // an allocation is a question for Find. bytes 0 asks for the one address.
  std::byte* Translate(uint64_t address, uint64_t bytes) const;

  // Reserved and mapped addresses.
  VirtualMemory& virtual_memory() { return virtual_; }

  bool IsDeviceAddress(uint64_t address) const {
    return address - space_.virtual_base() < kVirtualBytes + span_;
  }
  bool IsDeviceAddress(const void* pointer) const {
    return IsDeviceAddress(reinterpret_cast<uint64_t>(pointer));
  }

  // The device that owns the address, -1 if none.
  int DeviceOf(uint64_t address) const {
    const uint64_t offset = address - space_.device_base;
    if (offset < span_) return static_cast<int>(offset / kDeviceStride);
    return IsVirtual(address) ? virtual_.DeviceOf(address) : -1;
  }

  // The place in its device that logs give an address, whose device is not -1:
  // reserved addresses come behind the device's own.
  uint64_t OffsetOf(uint64_t address) const {
    if (IsVirtual(address)) {
      return kDeviceStride + (address - space_.virtual_base());
    }
    return (address - space_.device_base) % kDeviceStride;
  }

  // The first address behind `address` where another mapping may begin: what
  // is told of a range is told piece by piece.
  uint64_t PieceEnd(uint64_t address) const;

  // R100. kRtInvalidDeviceid.
  absl::StatusOr<MemoryInfo> Info(int device) const;

  // The name for logs and hashes, the same in every run: "d0:alloc#12+0x40",
  // "d0:alloc#12+0x40(freed)", or "d0:+0x1200" where nothing ever lay; a host
  // address is "host:0x..." (not the same in every run).
  std::string Name(uint64_t address) const;

  // Copies what is known of a device address; for a signal handler: no lock,
  // no allocation. False if nothing is known or a change is under way.
  bool DescribeFromSignal(uint64_t address, Allocation* out) const;

  uint64_t committed_bytes() const { return committed_bytes_; }
  int devices() const { return options_.devices; }
  const AddressSpace& address_space() const { return space_; }

 private:
  struct Device;

  DeviceMemory(const Options& options, const AddressSpace& space);
  bool IsVirtual(uint64_t address) const {
    return address - space_.virtual_base() < kVirtualBytes;
  }
  absl::StatusOr<uint64_t> TakePages(int device, uint64_t bytes,
                                     uint64_t alignment) override;
  void ReturnPages(int device, uint64_t offset, uint64_t bytes) override;
  uint64_t NextId(int device) override;
  absl::StatusOr<Device*> DeviceFor(int device);
  absl::StatusOr<uint64_t> TakeBlock(Device* device, uint64_t bytes,
                                     const AllocOptions& options);
  absl::StatusOr<uint64_t> AllocateBlock(Device* device, uint64_t bytes,
                                         const AllocOptions& options);
  absl::Status Commit(Device* device, uint64_t begin, uint64_t bytes,
                      bool huge);
  absl::Status CheckCap(uint64_t needed) const;
  void Record(Device* device, uint64_t base, uint64_t bytes,
              const AllocOptions& options);
  void ReleaseAllocation(Device* device, uint64_t base, const void* site);
  bool DrainQuarantine(Device* device, uint64_t keep_bytes);
  absl::Status NotAllocated(const Device& device, uint64_t address) const;
  void Fill(uint64_t address, uint64_t bytes, uint8_t pattern) const;

  const Options options_;
  const AddressSpace space_;
  const uint64_t span_;  // bytes of all devices' ranges
  uint64_t committed_bytes_ = 0;
  // Set while records change, so that a signal handler leaves them alone.
  mutable ChangeFlag changing_;
  std::vector<std::unique_ptr<Device>> devices_;
  VirtualMemory virtual_;
};

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_DEVICE_MEMORY_H_
