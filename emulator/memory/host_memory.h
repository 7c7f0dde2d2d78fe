// File: host_memory.h
// What is known of host memory: pinned blocks that aclrtMallocHost gives out
// and user ranges registered as pinned (R82). Everything else is pageable,
// which decides how asynchronous copies behave (R85, R86).
//
// Thread safety: externally synchronized (the runtime's lock).

#ifndef EMULATOR_MEMORY_HOST_MEMORY_H_
#define EMULATOR_MEMORY_HOST_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "emulator/memory/interval_map.h"

namespace npuemu {

enum class HostMemoryKind {
  kPinned,    // every byte is pinned
  kPageable,  // none is, or only a part
};

// One pinned range.
struct HostBlock {
  uint64_t id;       // from 1, allocations and registrations together
  uint64_t base;     // host address
  uint64_t size;     // bytes as asked for
  uint64_t alias;    // second mapping of the same pages; 0: none
  bool registered;   // a user range, not ours to free
  const void* site;  // who allocated or registered it
};

class HostMemory {
 public:
  // `aliased`: allocations get pages of their own, mapped twice.
  explicit HostMemory(bool aliased = false) : aliased_(aliased) {}
  ~HostMemory();  // frees what the program left
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;

  // Pinned memory, 64-byte aligned; from 64 KiB on whole pages of its own,
  // from 2 MiB on huge ones. Contents are zero where they come from fresh
  // pages, else undefined. Errors: kInvalidParam (bytes 0),
  // kRtMemoryAllocation.
  absl::StatusOr<void*> Allocate(uint64_t bytes, const void* site = nullptr);

  // Frees what Allocate returned. Errors kInvalidParam: not the start of a
  // live pinned allocation (named), registered memory, pageable memory.
  absl::Status Free(void* pointer);

  // Pins [pointer, pointer + bytes) of the user. Errors: kInvalidParam (null,
  // bytes 0, wrap), kHostMemoryAlreadyRegistered (507910) where a byte of it
  // is pinned already.
  absl::Status Register(const void* pointer, uint64_t bytes,
                        const void* site = nullptr);

  // Ends a registration. Error kHostMemoryNotRegistered (507911): no
  // registration starts here.
  absl::Status Unregister(const void* pointer);

  // True when all of [pointer, pointer + bytes) is pinned, possibly by
  // adjacent blocks. bytes 0 asks for the one address.
  bool IsPinned(const void* pointer, uint64_t bytes) const;
  HostMemoryKind Classify(const void* pointer, uint64_t bytes) const {
    return IsPinned(pointer, bytes) ? HostMemoryKind::kPinned
                                    : HostMemoryKind::kPageable;
  }

  // False where a byte of registered memory in the range is not mapped any
  // more: the program unmapped it behind our back. One system call for each
  // registered range, none for memory that is ours.
  bool IsMapped(const void* pointer, uint64_t bytes) const;

  // The pinned block that holds the address, or null. Valid until it ends.
  const HostBlock* Find(const void* pointer) const;

  // Where the library reads and writes the pinned byte: the second mapping,
  // whose protection never changes.
  std::byte* View(const void* pointer) const;

  // The name for logs: "pinned#3+0x40", the same in every run; or
  // "pageable:0x...".
  std::string Name(const void* pointer) const;

  uint64_t allocated_bytes() const { return allocated_bytes_; }
  size_t blocks() const { return blocks_.size(); }

 private:
  void Add(const void* pointer, uint64_t bytes, uint64_t alias,
           bool registered, const void* site);

  const bool aliased_;
  uint64_t next_id_ = 1;
  uint64_t allocated_bytes_ = 0;
  IntervalMap<HostBlock> blocks_;
};

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_HOST_MEMORY_H_
