#include "emulator/memory/device_memory.h"

#include <algorithm>
#include <array>
#include <bit>
#include <deque>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "emulator/base/check.h"
#include "emulator/base/status.h"
#include "emulator/memory/allocator.h"
#include "emulator/memory/copy.h"
#include "emulator/memory/interval_map.h"
#include "emulator/memory/text_buffer.h"

namespace npuemu {
namespace {

constexpr uint64_t kBlockGranularity = 512;
constexpr uint64_t kHugePage = 2ull << 20;
constexpr uint64_t kGigaPage = 1ull << 30;
constexpr uint64_t kHugeThreshold = 1ull << 20;  // R78
constexpr uint8_t kFreshByte = 0xDD;
constexpr uint8_t kFreedByte = 0xFD;
constexpr uint64_t kGranules = kDeviceStride / kCommitGranule;

uint64_t AlignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

// One bit a granule. A bit is set after its pages are accessible and never
// cleared, so a lock-free reader that sees it may touch them.
class CommitMap {
 public:
  bool Test(uint64_t granule) const {
    return words_[granule / 64].load(std::memory_order_acquire) >>
               (granule % 64) &
           1;
  }

  void Set(uint64_t granule) {
    words_[granule / 64].fetch_or(1ull << (granule % 64),
                                  std::memory_order_release);
  }

  // True when all of [first, last] are set.
  bool TestAll(uint64_t first, uint64_t last) const {
    while (first <= last) {
      const uint64_t bits = std::min(last - first + 1, 64 - first % 64);
      const uint64_t mask = (~0ull >> (64 - bits)) << (first % 64);
      const uint64_t word = words_[first / 64].load(std::memory_order_acquire);
      if ((word & mask) != mask) return false;
      first += bits;
    }
    return true;
  }

 private:
  std::array<std::atomic<uint64_t>, kGranules / 64> words_{};
};

}  // namespace

struct DeviceMemory::Device {
  Device(int index_in, uint64_t base_in, uint64_t capacity)
      : index(index_in),
        base(base_in),
        allocator(base_in, capacity, kBlockGranularity) {}

  const int index;
  const uint64_t base;  // device address
  bool reserved = false;
  uint64_t next_id = 1;
  RangeAllocator allocator;
  CommitMap committed;
  std::map<uint64_t, Allocation> live;  // by base
  IntervalMap<Allocation> freed;        // what lay there last, until reused
  // Blocks that --poison keeps from being reused, oldest first.
  std::deque<std::pair<uint64_t, uint64_t>> quarantine;  // base, size
  uint64_t quarantined = 0;                              // bytes
};

absl::StatusOr<std::unique_ptr<DeviceMemory>> DeviceMemory::Create(
    const Options& options) {
  if (options.devices < 1 || options.devices > kMaxDevices) {
    return FaultError(Fault::kInvalidParam,
                      absl::StrFormat("devices is %d, expected 1 to %d",
                                      options.devices, kMaxDevices));
  }
  if (options.bytes_per_device == 0 ||
      options.bytes_per_device > kDeviceStride ||
      options.bytes_per_device % kCommitGranule != 0) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("bytes_per_device is %d, expected a multiple of %d up "
                        "to %d",
                        options.bytes_per_device, kCommitGranule,
                        kDeviceStride));
  }
  ASSIGN_OR_RETURN(const AddressSpace space,
                   ClaimAddressSpace(options.devices));
  return std::unique_ptr<DeviceMemory>(new DeviceMemory(options, space));
}

DeviceMemory::DeviceMemory(const Options& options, const AddressSpace& space)
    : options_(options),
      space_(space),
      span_(static_cast<uint64_t>(options.devices) * kDeviceStride),
      virtual_(space, this, &changing_, options.bytes_per_device,
               options.poison ? kFreshByte : -1) {
  for (int d = 0; d < options.devices; ++d) {
    devices_.push_back(std::make_unique<Device>(
        d, space.device_base + d * kDeviceStride, options.bytes_per_device));
  }
}

DeviceMemory::~DeviceMemory() {
  for (const auto& device : devices_) {
    if (!device->reserved) continue;
    const uint64_t offset = device->base - space_.device_base;
    ReleaseRange(device->base, options_.bytes_per_device);
    ReleaseRange(space_.data_base + offset, options_.bytes_per_device);
  }
  ReleaseAddressSpace(space_);
}

// The device, its ranges reserved: lazily, since checkers that shadow the
// address space pay for every range (design 6).
absl::StatusOr<DeviceMemory::Device*> DeviceMemory::DeviceFor(int device) {
  if (device < 0 || device >= options_.devices) {
    return FaultError(Fault::kRtInvalidDeviceid,
                      absl::StrFormat("device is %d, expected 0 to %d", device,
                                      options_.devices - 1));
  }
  Device* found = devices_[device].get();
  if (found->reserved) return found;
  const uint64_t bytes = options_.bytes_per_device;
  const uint64_t offset = found->base - space_.device_base;
  const std::string what = absl::StrFormat("the memory of device %d", device);
  RETURN_IF_ERROR(ReserveRange(found->base, bytes, what));
  absl::Status data = ReserveRange(space_.data_base + offset, bytes, what);
  if (!data.ok()) {
    ReleaseRange(found->base, bytes);
    return data;
  }
  found->reserved = true;
  return found;
}

absl::StatusOr<uint64_t> DeviceMemory::Allocate(int device, uint64_t bytes,
                                                const AllocOptions& options) {
  if (!std::has_single_bit(options.alignment) ||
      options.alignment > kGigaPage) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("alignment is %d, expected a power of two up to %d",
                        options.alignment, kGigaPage));
  }
  ASSIGN_OR_RETURN(Device* const owner, DeviceFor(device));
  const ChangeScope scope(&changing_);
  ASSIGN_OR_RETURN(const uint64_t base, TakeBlock(owner, bytes, options));
  const uint64_t size = owner->allocator.Find(base)->size;
  absl::Status committed = Commit(owner, base, size, size > kHugeThreshold);
  if (!committed.ok()) {
    NPUEMU_CHECK(owner->allocator.Free(base).ok());
    return committed;
  }
  Record(owner, base, bytes, options);
  if (options_.poison) Fill(base, size, kFreshByte);
  return base;
}

// A block that counts as used and has no record yet.
absl::StatusOr<uint64_t> DeviceMemory::TakeBlock(Device* device, uint64_t bytes,
                                                 const AllocOptions& options) {
  absl::StatusOr<uint64_t> base = AllocateBlock(device, bytes, options);
  if (FaultOf(base.status()) == Fault::kRtMemoryAllocation &&
      DrainQuarantine(device, 0)) {
    base = AllocateBlock(device, bytes, options);
  }
  if (base.ok() || FaultOf(base.status()) != Fault::kRtMemoryAllocation) {
    return base;
  }
  return FaultError(
      Fault::kRtMemoryAllocation,
      absl::StrFormat("device %d: %s", device->index, base.status().message()));
}

absl::StatusOr<uint64_t> DeviceMemory::TakePages(int device, uint64_t bytes,
                                                 uint64_t alignment) {
  ASSIGN_OR_RETURN(Device* const owner, DeviceFor(device));
  RETURN_IF_ERROR(CheckCap(bytes));
  AllocOptions options;
  options.policy = PagePolicy::kNormalOnly;
  options.alignment = alignment;
  const ChangeScope scope(&changing_);
  ASSIGN_OR_RETURN(const uint64_t base, TakeBlock(owner, bytes, options));
  committed_bytes_ += bytes;
  return base - owner->base;
}

void DeviceMemory::ReturnPages(int device, uint64_t offset, uint64_t bytes) {
  Device& owner = *devices_[static_cast<size_t>(device)];
  committed_bytes_ -= bytes;
  NPUEMU_CHECK(owner.allocator.Free(owner.base + offset).ok());
}

uint64_t DeviceMemory::NextId(int device) {
  return devices_[static_cast<size_t>(device)]->next_id++;
}

absl::StatusOr<uint64_t> DeviceMemory::AllocateBlock(
    Device* device, uint64_t bytes, const AllocOptions& options) {
  PagePolicy policy = options.policy;
  if (policy == PagePolicy::kHugeFirst && bytes <= kHugeThreshold) {
    policy = PagePolicy::kNormalOnly;
  }
  // A size of 0 or beyond the device is the allocator's error to report.
  const bool possible = bytes > 0 && bytes <= device->allocator.capacity();
  if (policy == PagePolicy::kNormalOnly || !possible) {
    return device->allocator.Allocate(bytes, options.alignment);
  }
  const uint64_t page =
      policy == PagePolicy::kHuge1GOnly ? kGigaPage : kHugePage;
  absl::StatusOr<uint64_t> base = device->allocator.Allocate(
      AlignUp(bytes, page), std::max(page, options.alignment));
  if (base.ok() || policy != PagePolicy::kHugeFirst) return base;
  return device->allocator.Allocate(bytes, options.alignment);
}

absl::Status DeviceMemory::CheckCap(uint64_t needed) const {
  if (needed <= options_.host_memory_cap - committed_bytes_) {
    return absl::OkStatus();
  }
  return FaultError(
      Fault::kRtMemoryAllocation,
      absl::StrFormat("device memory is backed by this machine's memory, and "
                      "%d bytes more would pass --host-memory (%d of %d bytes "
                      "are committed); raise --host-memory or "
                      "NPUEMU_HOST_MEMORY",
                      needed, committed_bytes_, options_.host_memory_cap));
}

// Makes the bytes of [begin, begin + bytes) accessible, run by run.
absl::Status DeviceMemory::Commit(Device* device, uint64_t begin,
                                  uint64_t bytes, bool huge) {
  const uint64_t first = (begin - device->base) / kCommitGranule;
  const uint64_t end = (begin - device->base + bytes - 1) / kCommitGranule + 1;
  uint64_t missing = 0;
  for (uint64_t g = first; g < end; ++g) {
    missing += !device->committed.Test(g);
  }
  if (missing == 0) return absl::OkStatus();
  RETURN_IF_ERROR(CheckCap(missing * kCommitGranule));
  const uint64_t data = device->base - space_.device_base + space_.data_base;
  for (uint64_t g = first; g < end;) {
    uint64_t run = 0;
    while (g + run < end && !device->committed.Test(g + run)) ++run;
    if (run == 0) {
      ++g;
      continue;
    }
    RETURN_IF_ERROR(
        CommitRange(data + g * kCommitGranule, run * kCommitGranule, huge));
    for (uint64_t i = 0; i < run; ++i) device->committed.Set(g + i);
    committed_bytes_ += run * kCommitGranule;
    g += run;
  }
  return absl::OkStatus();
}

void DeviceMemory::Record(Device* device, uint64_t base, uint64_t bytes,
                          const AllocOptions& options) {
  Allocation record;
  record.id = device->next_id++;
  record.base = base;
  record.size = device->allocator.Find(base)->size;
  record.requested = options.requested != 0 ? options.requested : bytes;
  record.device = device->index;
  record.live = true;
  record.site = options.site;
  record.free_site = nullptr;
  device->freed.Erase(base, base + record.size);
  device->live.emplace(base, record);
}

absl::Status DeviceMemory::Free(uint64_t address, const void* site) {
  const int index = DeviceOf(address);
  if (index < 0) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address 0x%x is not a device address, expected the "
                        "start of a device allocation",
                        address));
  }
  Device& device = *devices_[index];
  if (!device.live.contains(address)) return NotAllocated(device, address);
  const ChangeScope scope(&changing_);
  ReleaseAllocation(&device, address, site);
  return absl::OkStatus();
}

absl::Status DeviceMemory::NotAllocated(const Device& device,
                                        uint64_t address) const {
  if (IsVirtual(address)) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address 0x%x is reserved by aclrtReserveMemAddress "
                        "(%s), expected memory of aclrtMalloc; aclrtUnmapMem "
                        "and aclrtFreePhysical end a mapping",
                        address, Name(address)));
  }
  if (const Allocation* around = Find(address)) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address 0x%x is %s, inside an allocation of %d "
                        "bytes, expected its start 0x%x",
                        address, Name(address), around->requested,
                        around->base));
  }
  if (const Allocation* freed = FindFreed(address)) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address 0x%x is %s, an allocation of %d bytes that "
                        "is already freed",
                        address, Name(address), freed->requested));
  }
  return FaultError(
      Fault::kInvalidParam,
      absl::StrFormat("address 0x%x of device %d (%s) was never allocated",
                      address, device.index, Name(address)));
}

void DeviceMemory::ReleaseAllocation(Device* device, uint64_t base,
                                     const void* site) {
  const auto it = device->live.find(base);
  NPUEMU_CHECK(it != device->live.end());
  Allocation freed = it->second;
  device->live.erase(it);
  freed.live = false;
  freed.free_site = site;
  device->freed.Insert(base, base + freed.size, freed);
  if (!options_.poison) {
    NPUEMU_CHECK(device->allocator.Free(base).ok());
    return;
  }
  Fill(base, freed.size, kFreedByte);
  device->quarantine.emplace_back(base, freed.size);
  device->quarantined += freed.size;
  DrainQuarantine(device, options_.quarantine_bytes);
}

// Gives the oldest quarantined blocks back until at most `keep_bytes` are
// left. True if any was.
bool DeviceMemory::DrainQuarantine(Device* device, uint64_t keep_bytes) {
  bool any = false;
  while (device->quarantined > keep_bytes) {
    const auto [base, size] = device->quarantine.front();
    device->quarantine.pop_front();
    device->quarantined -= size;
    NPUEMU_CHECK(device->allocator.Free(base).ok());
    any = true;
  }
  return any;
}

size_t DeviceMemory::FreeAll(int device) {
  if (device < 0 || device >= options_.devices) return 0;
  virtual_.Reset(device);
  Device* owner = devices_[device].get();
  const ChangeScope scope(&changing_);
  const size_t count = owner->live.size();
  while (!owner->live.empty()) {
    ReleaseAllocation(owner, owner->live.begin()->first, nullptr);
  }
  return count;
}

const Allocation* DeviceMemory::Find(uint64_t address) const {
  if (IsVirtual(address)) return virtual_.Find(address);
  const int index = DeviceOf(address);
  if (index < 0) return nullptr;
  const auto& live = devices_[index]->live;
  auto it = live.upper_bound(address);
  if (it == live.begin()) return nullptr;
  const Allocation& found = std::prev(it)->second;
  return address - found.base < found.size ? &found : nullptr;
}

const Allocation* DeviceMemory::FindFreed(uint64_t address) const {
  if (IsVirtual(address)) return virtual_.FindFreed(address);
  const int index = DeviceOf(address);
  if (index < 0) return nullptr;
  const auto* piece = devices_[index]->freed.Find(address);
  return piece != nullptr ? &piece->value : nullptr;
}

std::vector<Allocation> DeviceMemory::Live(int device) const {
  std::vector<Allocation> result;
  if (device < 0 || device >= options_.devices) return result;
  for (const auto& [base, record] : devices_[device]->live) {
    result.push_back(record);
  }
  std::sort(
      result.begin(), result.end(),
      [](const Allocation& a, const Allocation& b) { return a.id < b.id; });
  return result;
}

std::byte* DeviceMemory::Translate(uint64_t address, uint64_t bytes) const {
  const uint64_t offset = address - space_.device_base;
  if (offset >= span_) {
    return IsVirtual(address) ? virtual_.Translate(address, bytes) : nullptr;
  }
  const Device& device = *devices_[offset / kDeviceStride];
  const uint64_t begin = offset % kDeviceStride;
  const uint64_t length = std::max<uint64_t>(bytes, 1);
  if (length > kDeviceStride - begin) return nullptr;
  if (!device.committed.TestAll(begin / kCommitGranule,
                                (begin + length - 1) / kCommitGranule)) {
    return nullptr;
  }
  return reinterpret_cast<std::byte*>(space_.data_base + offset);
}

absl::StatusOr<MemoryInfo> DeviceMemory::Info(int device) const {
  if (device < 0 || device >= options_.devices) {
    return FaultError(Fault::kRtInvalidDeviceid,
                      absl::StrFormat("device is %d, expected 0 to %d", device,
                                      options_.devices - 1));
  }
  const Device& owner = *devices_[device];
  return MemoryInfo{owner.allocator.free() + owner.quarantined,
                    owner.allocator.capacity()};
}

uint64_t DeviceMemory::PieceEnd(uint64_t address) const {
  if (!IsVirtual(address)) return UINT64_MAX;
  return virtual_.PieceEnd(address);
}

std::string DeviceMemory::Name(uint64_t address) const {
  TextBuffer text;
  const int device = DeviceOf(address);
  if (device < 0) {
    text.Text("host:").Hex(address);
  } else {
    const Allocation* record = Find(address);
    if (record == nullptr) record = FindFreed(address);
    AppendName(text, address, record, device, OffsetOf(address));
  }
  return std::string(text.view());
}

bool DeviceMemory::DescribeFromSignal(uint64_t address, Allocation* out) const {
  if (!changing_.TryBegin()) return false;
  const Allocation* record = Find(address);
  if (record == nullptr) record = FindFreed(address);
  if (record != nullptr) *out = *record;
  changing_.End();
  return record != nullptr;
}

void DeviceMemory::Fill(uint64_t address, uint64_t bytes,
                        uint8_t pattern) const {
  std::byte* data = Translate(address, bytes);
  NPUEMU_CHECK(data != nullptr);
  FillBytes(data, pattern, bytes);
}

}  // namespace npuemu
