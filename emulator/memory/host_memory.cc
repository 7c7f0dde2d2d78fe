#include "emulator/memory/host_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_format.h"
#include "emulator/base/check.h"
#include "emulator/base/status.h"

namespace npuemu {
namespace {

constexpr uint64_t kAlignment = 64;  // R82
constexpr uint64_t kPage = 4096;
constexpr uint64_t kOwnPages = 64ull << 10;
constexpr uint64_t kHugePage = 2ull << 20;

uint64_t AlignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

// Whole pages; from 2 MiB on aligned so that huge pages fit. Null on failure.
void* MapPages(uint64_t bytes) {
  const uint64_t size = AlignUp(bytes, kPage);
  const bool huge = bytes >= kHugePage;
  const uint64_t room = huge ? size + kHugePage : size;
  void* mapped = mmap(nullptr, room, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  if (!huge) return mapped;
  const uint64_t begin = reinterpret_cast<uint64_t>(mapped);
  const uint64_t aligned = AlignUp(begin, kHugePage);
  if (aligned > begin) munmap(mapped, aligned - begin);
  const uint64_t tail = begin + room - (aligned + size);
  if (tail > 0) munmap(reinterpret_cast<void*>(aligned + size), tail);
  void* result = reinterpret_cast<void*>(aligned);
  madvise(result, size, MADV_HUGEPAGE);  // a hint: may fail
  return result;
}

// The same pages at two places; null where the kernel refuses.
void* MapTwice(uint64_t bytes, uint64_t* alias) {
  const uint64_t size = AlignUp(bytes, kPage);
  const int fd = memfd_create("npuemu-pinned", MFD_CLOEXEC);
  if (fd < 0) return nullptr;
  void* maps[2] = {MAP_FAILED, MAP_FAILED};
  if (ftruncate(fd, static_cast<off_t>(size)) == 0) {
    for (void*& map : maps) {
      map = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
  }
  close(fd);
  if (maps[0] != MAP_FAILED && maps[1] != MAP_FAILED) {
    *alias = reinterpret_cast<uint64_t>(maps[1]);
    return maps[0];
  }
  for (void* map : maps) {
    if (map != MAP_FAILED) munmap(map, size);
  }
  return nullptr;
}

void ReleaseMemory(const HostBlock& block) {
  void* pointer = reinterpret_cast<void*>(block.base);
  const uint64_t bytes = block.size;
  if (block.alias != 0) {
    munmap(reinterpret_cast<void*>(block.alias), AlignUp(bytes, kPage));
    munmap(pointer, AlignUp(bytes, kPage));
  } else if (bytes >= kOwnPages) {
    NPUEMU_CHECK(munmap(pointer, AlignUp(bytes, kPage)) == 0);
  } else {
    std::free(pointer);
  }
}

uint64_t AddressOf(const void* pointer) {
  return reinterpret_cast<uint64_t>(pointer);
}

}  // namespace

HostMemory::~HostMemory() {
  blocks_.ForEachOverlap(0, ~0ull, [](const auto& piece) {
    const HostBlock& block = piece.value;
    if (!block.registered) ReleaseMemory(block);
    return true;
  });
}

absl::StatusOr<void*> HostMemory::Allocate(uint64_t bytes, const void* site) {
  if (bytes == 0) {
    return FaultError(Fault::kInvalidParam,
                      "size is 0, expected at least 1 byte");
  }
  void* pointer = nullptr;
  uint64_t alias = 0;
  if (bytes <= (1ull << 47)) {  // no host has more; roundings cannot wrap
    pointer = aliased_ ? MapTwice(bytes, &alias)
              : bytes >= kOwnPages
                  ? MapPages(bytes)
                  : std::aligned_alloc(kAlignment, AlignUp(bytes, kAlignment));
  }
  if (pointer == nullptr) {
    return FaultError(
        Fault::kRtMemoryAllocation,
        absl::StrFormat("this machine refuses %d bytes of host memory; see "
                        "\"ulimit -v\", vm.overcommit_memory and \"free\"",
                        bytes));
  }
  Add(pointer, bytes, alias, /*registered=*/false, site);
  allocated_bytes_ += bytes;
  return pointer;
}

absl::Status HostMemory::Free(void* pointer) {
  const HostBlock* block = Find(pointer);
  if (block == nullptr) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address %p is not pinned host memory, expected the "
                        "start of a live aclrtMallocHost allocation",
                        pointer));
  }
  if (block->registered) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address %p is %s, a registered range of the program; "
                        "end it with aclrtHostUnregister",
                        pointer, Name(pointer)));
  }
  if (block->base != AddressOf(pointer)) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address %p is %s, inside an allocation of %d bytes, "
                        "expected its start 0x%x",
                        pointer, Name(pointer), block->size, block->base));
  }
  const HostBlock freed = *block;
  blocks_.Erase(freed.base, freed.base + freed.size);
  allocated_bytes_ -= freed.size;
  ReleaseMemory(freed);
  return absl::OkStatus();
}

absl::Status HostMemory::Register(const void* pointer, uint64_t bytes,
                                  const void* site) {
  const uint64_t begin = AddressOf(pointer);
  if (pointer == nullptr || bytes == 0 || begin + bytes < begin) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("range is %d bytes at %p, expected a non-empty range "
                        "of host memory",
                        bytes, pointer));
  }
  absl::Status status;
  blocks_.ForEachOverlap(begin, begin + bytes, [&](const auto& piece) {
    const HostBlock& block = piece.value;
    status = FaultError(
        Fault::kHostMemoryAlreadyRegistered,
        absl::StrFormat("range of %d bytes at %p overlaps pinned#%d, %d bytes "
                        "at 0x%x, which is %s already",
                        bytes, pointer, block.id, block.size, block.base,
                        block.registered ? "registered" : "allocated pinned"));
    return false;
  });
  if (status.ok()) Add(pointer, bytes, 0, /*registered=*/true, site);
  return status;
}

absl::Status HostMemory::Unregister(const void* pointer) {
  const HostBlock* block = Find(pointer);
  if (block == nullptr || !block->registered ||
      block->base != AddressOf(pointer)) {
    return FaultError(
        Fault::kHostMemoryNotRegistered,
        absl::StrFormat("address %p (%s) is not the start of a range given to "
                        "aclrtHostRegister",
                        pointer, Name(pointer)));
  }
  blocks_.Erase(block->base, block->base + block->size);
  return absl::OkStatus();
}

bool HostMemory::IsPinned(const void* pointer, uint64_t bytes) const {
  const uint64_t begin = AddressOf(pointer);
  const uint64_t length = bytes == 0 ? 1 : bytes;
  if (begin + length < begin) return false;
  return blocks_.Covers(begin, begin + length);
}

bool HostMemory::IsMapped(const void* pointer, uint64_t bytes) const {
  const uint64_t begin = AddressOf(pointer);
  return blocks_.ForEachOverlap(begin, begin + bytes, [&](const auto& piece) {
    if (!piece.value.registered) return true;
    const uint64_t first = std::max(begin, piece.begin) / kPage * kPage;
    const uint64_t end = std::min(begin + bytes, piece.end);
    std::vector<unsigned char> resident((end - first + kPage - 1) / kPage);
    return mincore(reinterpret_cast<void*>(first), end - first,
                   resident.data()) == 0 ||
           errno != ENOMEM;
  });
}

const HostBlock* HostMemory::Find(const void* pointer) const {
  const auto* piece = blocks_.Find(AddressOf(pointer));
  return piece != nullptr ? &piece->value : nullptr;
}

std::byte* HostMemory::View(const void* pointer) const {
  const HostBlock* block = Find(pointer);
  const uint64_t at = AddressOf(pointer);
  const bool aliased = block != nullptr && block->alias != 0;
  return reinterpret_cast<std::byte*>(
      aliased ? block->alias + (at - block->base) : at);
}

std::string HostMemory::Name(const void* pointer) const {
  const HostBlock* block = Find(pointer);
  if (block == nullptr) return absl::StrFormat("pageable:%p", pointer);
  const uint64_t offset = AddressOf(pointer) - block->base;
  if (offset == 0) return absl::StrFormat("pinned#%d", block->id);
  return absl::StrFormat("pinned#%d+0x%x", block->id, offset);
}

void HostMemory::Add(const void* pointer, uint64_t bytes, uint64_t alias,
                     bool registered, const void* site) {
  const uint64_t begin = AddressOf(pointer);
  blocks_.Insert(begin, begin + bytes,
                 HostBlock{next_id_++, begin, bytes, alias, registered, site});
}

}  // namespace npuemu
