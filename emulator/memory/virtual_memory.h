// File: virtual_memory.h
// Addresses that a program reserves and the physical memory that it maps there
// (R97). Physical memory takes capacity of its device and has no address; a
// reservation takes none. The bytes live in one memory file per device, at the
// offset of the capacity that they took, and are mapped where the program asks
// (design 6), so that they outlive their mapping.
//
// All sizes are multiples of kGranularity. Where the documents give no code for
// misuse it is kRtParamInvalid.
//
// Thread safety: as DeviceMemory. Unmap, Release and Reset take pages away:
// nothing may run that uses them.

#ifndef EMULATOR_MEMORY_VIRTUAL_MEMORY_H_
#define EMULATOR_MEMORY_VIRTUAL_MEMORY_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "emulator/memory/address_space.h"
#include "emulator/memory/allocation.h"
#include "emulator/memory/allocator.h"
#include "emulator/memory/change_flag.h"
#include "emulator/memory/interval_map.h"

namespace npuemu {

// The capacity that physical memory is taken from.
class PagePool {
 public:
  // The offset in the device of `bytes` of its capacity. Errors as of
  // DeviceMemory::Allocate.
  virtual absl::StatusOr<uint64_t> TakePages(int device, uint64_t bytes,
                                             uint64_t alignment) = 0;
  virtual void ReturnPages(int device, uint64_t offset, uint64_t bytes) = 0;
  // The number of the device's next allocation.
  virtual uint64_t NextId(int device) = 0;

 protected:
  ~PagePool() = default;
};

class VirtualMemory {
 public:
  static constexpr uint64_t kGranularity = 2ull << 20;

  // `device_bytes`: of each device. `fresh_byte`: what new memory is filled
  // with; -1: nothing.
  VirtualMemory(const AddressSpace& space, PagePool* pool, ChangeFlag* changing,
                uint64_t device_bytes, int fresh_byte);
  ~VirtualMemory();
  VirtualMemory(const VirtualMemory&) = delete;
  VirtualMemory& operator=(const VirtualMemory&) = delete;

  // Reserves at least `bytes` of addresses for the device. Errors:
  // kRtParamInvalid (bytes 0), kRtMemoryAllocation.
  absl::StatusOr<uint64_t> Reserve(int device, uint64_t bytes);
  // Errors kRtParamInvalid: no reservation begins there; something is mapped.
  absl::Status Release(uint64_t address);

  // The number of new physical memory, which Free ends; `page` is its unit.
  // Errors: kRtParamInvalid (bytes 0 or no multiple of it), those of the pool.
  absl::StatusOr<uint64_t> Create(int device, uint64_t bytes, uint64_t page);
  // What is mapped goes when it is unmapped (R97). Error kRtParamInvalid: it
  // is gone, by Reset.
  absl::Status Free(uint64_t physical);

  // Where it is mapped and the program may not use it yet, `accessible` is
  // false. Errors kRtParamInvalid: address or size are no multiples; not
  // inside one reservation; another size than the physical memory's; something
  // lies there; the memory is mapped elsewhere or gone; the reservation has
  // memory of another device.
  absl::Status Map(uint64_t address, uint64_t bytes, uint64_t physical,
                   bool accessible, const void* site);
  // `address` is where a mapping begins, else kRtParamInvalid.
  absl::Status Unmap(uint64_t address, const void* site);
  // `bytes`: of the whole mapping. kRtParamInvalid.
  absl::Status SetAccess(uint64_t address, uint64_t bytes, bool accessible);
  absl::StatusOr<bool> IsAccessible(uint64_t address) const;
  // Which physical memory a mapping that begins there shows.
  absl::StatusOr<uint64_t> PhysicalAt(uint64_t address) const;
  // Whether Map would give bytes that something else wrote before.
  bool WasMapped(uint64_t physical) const;

  // A device's reservations, mappings and physical memory are gone.
  void Reset(int device);

  // What is mapped there, or was last; as DeviceMemory's.
  const Allocation* Find(uint64_t address) const;
  const Allocation* FindFreed(uint64_t address) const;
  // The next address behind it where a mapping begins or ends.
  uint64_t PieceEnd(uint64_t address) const;

  // Lock-free, for addresses in [virtual_base, + kVirtualBytes) alone. The
  // device that has, or last had, the reservation; -1: none ever.
  int DeviceOf(uint64_t address) const {
    return (states_[Granule(address)].load(std::memory_order_acquire) &
            ~kOpen) -
           1;
  }
  std::byte* Translate(uint64_t address, uint64_t bytes) const;

 private:
  static constexpr uint64_t kGranules = kVirtualBytes / kGranularity;
  static constexpr uint8_t kOpen = 0x80;

  struct Physical {
    int device = -1;
    uint64_t offset = 0;  // in the device's file and capacity
    uint64_t bytes = 0;
    uint64_t mapped_at = 0;  // 0: nowhere
    bool freed = false;
    bool used = false;  // was mapped once
  };
  struct Reservation {
    uint64_t bytes = 0;
    int device = -1;
    int mappings = 0;
  };
  struct Mapping {
    Allocation record;
    uint64_t physical = 0;
  };
  using Reservations = std::map<uint64_t, Reservation>;

  uint64_t Granule(uint64_t address) const {
    return (address - space_.virtual_base()) / kGranularity;
  }
  void SetStates(uint64_t begin, uint64_t bytes, int device, bool open);
  absl::StatusOr<Reservation*> ReservationOf(uint64_t address, uint64_t bytes);
  absl::StatusOr<int> FileOf(int device);
  absl::StatusOr<Physical*> Mappable(uint64_t physical, uint64_t bytes);
  absl::StatusOr<const Mapping*> MappingAt(uint64_t address) const;
  void Discard(uint64_t physical);
  void ReleaseAddresses(Reservations::iterator reservation);

  const AddressSpace space_;
  PagePool* const pool_;
  ChangeFlag* const changing_;
  const uint64_t device_bytes_;
  const int fresh_byte_;
  RangeAllocator addresses_;
  Reservations reservations_;
  std::map<uint64_t, Mapping> mappings_;  // by address
  IntervalMap<Allocation> unmapped_;      // what lay there last
  std::map<uint64_t, Physical> physicals_;
  uint64_t last_physical_ = 0;
  std::array<int, kMaxDevices> files_;  // -1: none yet
  // Of each granule: 1 + device, and kOpen where it may be used. Only there
  // may pages be touched.
  const std::unique_ptr<std::atomic<uint8_t>[]> states_;
};

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_VIRTUAL_MEMORY_H_
