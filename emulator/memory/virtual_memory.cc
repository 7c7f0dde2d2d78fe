#include "emulator/memory/virtual_memory.h"

#include <unistd.h>

#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "emulator/base/check.h"
#include "emulator/base/status.h"
#include "emulator/memory/copy.h"

namespace npuemu {
namespace {

constexpr uint64_t kGigaPage = 1ull << 30;

// The entry that holds the address; end() if none does. `bytes` of an entry.
template <typename Map, typename Bytes>
auto Around(Map& map, uint64_t address, Bytes bytes) {
  auto found = map.upper_bound(address);
  if (found == map.begin()) return map.end();
  --found;
  return address - found->first < bytes(found->second) ? found : map.end();
}

template <typename... Args>
absl::Status Misuse(const absl::FormatSpec<Args...>& format,
                    const Args&... args) {
  return FaultError(Fault::kRtParamInvalid, absl::StrFormat(format, args...));
}

absl::Status CheckMultiple(const char* argument, uint64_t value,
                           uint64_t unit) {
  if (value != 0 && value % unit == 0) return absl::OkStatus();
  return Misuse("%s is %d, expected a multiple of %d above 0", argument, value,
                unit);
}

absl::Status Gone(uint64_t physical) {
  return Misuse(
      "the physical memory #%d of handle is gone since its device "
      "was reset, expected memory of aclrtMallocPhysical",
      physical);
}

}  // namespace

VirtualMemory::VirtualMemory(const AddressSpace& space, PagePool* pool,
                             ChangeFlag* changing, uint64_t device_bytes,
                             int fresh_byte)
    : space_(space),
      pool_(pool),
      changing_(changing),
      device_bytes_(device_bytes),
      fresh_byte_(fresh_byte),
      addresses_(space.virtual_base(), kVirtualBytes, kGranularity),
      states_(new std::atomic<uint8_t>[kGranules]()) {
  files_.fill(-1);
}

VirtualMemory::~VirtualMemory() {
  while (!reservations_.empty()) ReleaseAddresses(reservations_.begin());
  for (const int file : files_) {
    if (file >= 0) close(file);
  }
}

void VirtualMemory::SetStates(uint64_t begin, uint64_t bytes, int device,
                              bool open) {
  const auto state = static_cast<uint8_t>((device + 1) | (open ? kOpen : 0));
  const uint64_t end = Granule(begin) + bytes / kGranularity;
  for (uint64_t g = Granule(begin); g < end; ++g) {
    states_[g].store(state, std::memory_order_release);
  }
}

absl::StatusOr<uint64_t> VirtualMemory::Reserve(int device, uint64_t bytes) {
  if (bytes == 0) return Misuse("size is 0, expected at least 1");
  // Pages of 1 GiB can be mapped where there is room for one.
  const uint64_t alignment = bytes >= kGigaPage ? kGigaPage : kGranularity;
  ASSIGN_OR_RETURN(const uint64_t address,
                   addresses_.Allocate(bytes, alignment));
  const uint64_t size = addresses_.Find(address)->size;
  absl::Status reserved = ReserveRange(address, size, "a reservation");
  if (reserved.ok()) {
    reserved = ReserveRange(address + space_.data_offset(), size,
                            "the bytes of a reservation");
    if (!reserved.ok()) ReleaseRange(address, size);
  }
  if (!reserved.ok()) {
    NPUEMU_CHECK(addresses_.Free(address).ok());
    return reserved;
  }
  reservations_.emplace(address, Reservation{size, device, 0});
  SetStates(address, size, device, /*open=*/false);
  return address;
}

void VirtualMemory::ReleaseAddresses(Reservations::iterator reservation) {
  const auto [address, found] = *reservation;
  ReleaseRange(address, found.bytes);
  ReleaseRange(address + space_.data_offset(), found.bytes);
  NPUEMU_CHECK(addresses_.Free(address).ok());
  reservations_.erase(reservation);
}

absl::Status VirtualMemory::Release(uint64_t address) {
  const auto found = reservations_.find(address);
  if (found == reservations_.end()) {
    return Misuse(
        "virPtr is 0x%x, expected the start of a reservation of "
        "aclrtReserveMemAddress that is not released",
        address);
  }
  if (found->second.mappings > 0) {
    return Misuse(
        "virPtr is 0x%x, where %d mappings are left, expected a "
        "reservation that aclrtUnmapMem has emptied",
        address, found->second.mappings);
  }
  ReleaseAddresses(found);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> VirtualMemory::Create(int device, uint64_t bytes,
                                               uint64_t page) {
  RETURN_IF_ERROR(CheckMultiple("size", bytes, page));
  ASSIGN_OR_RETURN(const uint64_t offset,
                   pool_->TakePages(device, bytes, page));
  physicals_.emplace(++last_physical_, Physical{device, offset, bytes});
  return last_physical_;
}

absl::Status VirtualMemory::Free(uint64_t physical) {
  const auto found = physicals_.find(physical);
  if (found == physicals_.end()) return Gone(physical);
  found->second.freed = true;
  if (found->second.mapped_at == 0) Discard(physical);
  return absl::OkStatus();
}

void VirtualMemory::Discard(uint64_t physical) {
  const auto found = physicals_.find(physical);
  const Physical memory = found->second;
  physicals_.erase(found);
  pool_->ReturnPages(memory.device, memory.offset, memory.bytes);
  const int file = files_[static_cast<size_t>(memory.device)];
  if (memory.used) DiscardExtent(file, memory.offset, memory.bytes);
}

absl::StatusOr<int> VirtualMemory::FileOf(int device) {
  int& file = files_[static_cast<size_t>(device)];
  if (file < 0) {
    ASSIGN_OR_RETURN(file, CreateExtents(device_bytes_));
  }
  return file;
}

absl::StatusOr<VirtualMemory::Reservation*> VirtualMemory::ReservationOf(
    uint64_t address, uint64_t bytes) {
  const auto found = Around(reservations_, address,
                            [](const Reservation& r) { return r.bytes; });
  if (found == reservations_.end()) {
    return Misuse(
        "virPtr is 0x%x, expected an address of "
        "aclrtReserveMemAddress",
        address);
  }
  const uint64_t left = found->first + found->second.bytes - address;
  if (bytes > left) {
    return Misuse(
        "size is %d, expected at most %d, what is left of the "
        "reservation behind virPtr 0x%x",
        bytes, left, address);
  }
  return &found->second;
}

absl::StatusOr<VirtualMemory::Physical*> VirtualMemory::Mappable(
    uint64_t physical, uint64_t bytes) {
  const auto found = physicals_.find(physical);
  if (found == physicals_.end()) return Gone(physical);
  Physical& memory = found->second;
  if (bytes != memory.bytes) {
    return Misuse(
        "size is %d, expected %d, the size of the physical memory "
        "of handle",
        bytes, memory.bytes);
  }
  if (memory.mapped_at != 0) {
    return Misuse(
        "the physical memory of handle is mapped at 0x%x, expected "
        "one that is not mapped: a second place is not modelled",
        memory.mapped_at);
  }
  return &memory;
}

absl::Status VirtualMemory::Map(uint64_t address, uint64_t bytes,
                                uint64_t physical, bool accessible,
                                const void* site) {
  RETURN_IF_ERROR(CheckMultiple("virPtr", address, kGranularity));
  RETURN_IF_ERROR(CheckMultiple("size", bytes, kGranularity));
  ASSIGN_OR_RETURN(Reservation* const place, ReservationOf(address, bytes));
  ASSIGN_OR_RETURN(Physical* const memory, Mappable(physical, bytes));
  const auto next = mappings_.lower_bound(address);
  const bool overlaps =
      Find(address) != nullptr ||
      (next != mappings_.end() && next->first < address + bytes);
  if (overlaps) {
    return Misuse(
        "%d bytes at virPtr 0x%x overlap a mapping, expected "
        "addresses that are not mapped",
        bytes, address);
  }
  if (place->mappings > 0 && place->device != memory->device) {
    return Misuse(
        "handle is memory of device %d, expected device %d, as what "
        "else is mapped in this reservation",
        memory->device, place->device);
  }
  ASSIGN_OR_RETURN(const int file, FileOf(memory->device));
  const uint64_t data = address + space_.data_offset();
  RETURN_IF_ERROR(MapExtent(data, bytes, file, memory->offset));
  if (!memory->used && fresh_byte_ >= 0) {
    FillBytes(reinterpret_cast<std::byte*>(data),
              static_cast<uint8_t>(fresh_byte_), bytes);
  }
  const ChangeScope scope(changing_);
  memory->used = true;
  memory->mapped_at = address;
  place->device = memory->device;
  ++place->mappings;
  const Allocation record{pool_->NextId(memory->device),
                          address,
                          bytes,
                          bytes,
                          memory->device,
                          true,
                          site,
                          nullptr};
  unmapped_.Erase(address, address + bytes);
  mappings_.emplace(address, Mapping{record, physical});
  SetStates(address, bytes, memory->device, accessible);
  return absl::OkStatus();
}

absl::StatusOr<const VirtualMemory::Mapping*> VirtualMemory::MappingAt(
    uint64_t address) const {
  const auto found = mappings_.find(address);
  if (found != mappings_.end()) return &found->second;
  const Allocation* around = Find(address);
  if (around != nullptr) {
    return Misuse(
        "virPtr is 0x%x, inside of a mapping, expected its start "
        "0x%x",
        address, around->base);
  }
  const bool before = FindFreed(address) != nullptr;
  return Misuse("virPtr is 0x%x, where %s, expected where aclrtMapMem mapped",
                address,
                before ? "the mapping was undone" : "nothing is mapped");
}

absl::Status VirtualMemory::Unmap(uint64_t address, const void* site) {
  ASSIGN_OR_RETURN(const Mapping* const found, MappingAt(address));
  const Mapping mapping = *found;
  Allocation record = mapping.record;
  SetStates(address, record.size, record.device, /*open=*/false);
  UnmapExtent(address + space_.data_offset(), record.size);
  {
    const ChangeScope scope(changing_);
    record.live = false;
    record.free_site = site;
    mappings_.erase(address);
    unmapped_.Insert(address, address + record.size, record);
  }
  Around(reservations_, address, [](const Reservation& r) {
    return r.bytes;
  })->second.mappings -= 1;
  Physical& memory = physicals_.at(mapping.physical);
  memory.mapped_at = 0;
  if (memory.freed) Discard(mapping.physical);
  return absl::OkStatus();
}

absl::Status VirtualMemory::SetAccess(uint64_t address, uint64_t bytes,
                                      bool accessible) {
  ASSIGN_OR_RETURN(const Mapping* const found, MappingAt(address));
  if (bytes != found->record.size) {
    return Misuse("size is %d, expected %d, the size of the mapping", bytes,
                  found->record.size);
  }
  SetStates(address, bytes, found->record.device, accessible);
  return absl::OkStatus();
}

absl::StatusOr<bool> VirtualMemory::IsAccessible(uint64_t address) const {
  RETURN_IF_ERROR(MappingAt(address).status());
  return Translate(address, 1) != nullptr;
}

absl::StatusOr<uint64_t> VirtualMemory::PhysicalAt(uint64_t address) const {
  ASSIGN_OR_RETURN(const Mapping* const found, MappingAt(address));
  return found->physical;
}

bool VirtualMemory::WasMapped(uint64_t physical) const {
  const auto found = physicals_.find(physical);
  return found != physicals_.end() && found->second.used;
}

void VirtualMemory::Reset(int device) {
  for (auto it = physicals_.begin(); it != physicals_.end();) {
    const auto [number, memory] = *it++;
    if (memory.device != device) continue;
    physicals_[number].freed = true;
    if (memory.mapped_at == 0) {
      Discard(number);
    } else {
      NPUEMU_CHECK(Unmap(memory.mapped_at, nullptr).ok());
    }
  }
  for (auto it = reservations_.begin(); it != reservations_.end();) {
    const auto reservation = it++;
    if (reservation->second.device != device) continue;
    ReleaseAddresses(reservation);
  }
}

const Allocation* VirtualMemory::Find(uint64_t address) const {
  const auto found = Around(mappings_, address, [](const Mapping& mapping) {
    return mapping.record.size;
  });
  return found == mappings_.end() ? nullptr : &found->second.record;
}

const Allocation* VirtualMemory::FindFreed(uint64_t address) const {
  const auto* piece = unmapped_.Find(address);
  return piece != nullptr ? &piece->value : nullptr;
}

uint64_t VirtualMemory::PieceEnd(uint64_t address) const {
  if (const Allocation* here = Find(address)) return here->base + here->size;
  const auto next = mappings_.upper_bound(address);
  return next == mappings_.end() ? UINT64_MAX : next->first;
}

std::byte* VirtualMemory::Translate(uint64_t address, uint64_t bytes) const {
  const uint64_t left = space_.device_base - address;
  if (bytes > left) return nullptr;
  const uint64_t last = Granule(address + (bytes == 0 ? 0 : bytes - 1));
  for (uint64_t g = Granule(address); g <= last; ++g) {
    const uint8_t state = states_[g].load(std::memory_order_acquire);
    if ((state & kOpen) == 0) return nullptr;
  }
  return reinterpret_cast<std::byte*>(address + space_.data_offset());
}

}  // namespace npuemu
