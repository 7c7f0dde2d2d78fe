// File: allocator.h
// A deterministic allocator over an abstract address range: it hands out
// numbers and touches no memory. The same calls give the same addresses on
// every machine. Order of preference (design 5, so that I11 and H28 arise):
//   1. the last freed block of exactly this size that is still whole,
//   2. best fit: the smallest hole that holds the block,
//   3. among equal holes the last freed one; in a hole the lowest address.
// Freed neighbours merge at once. Not thread-safe.

#ifndef EMULATOR_MEMORY_ALLOCATOR_H_
#define EMULATOR_MEMORY_ALLOCATOR_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace npuemu {

class RangeAllocator {
 public:
  struct Block {
    uint64_t begin;
    uint64_t size;
  };

  // Sizes are rounded up to `granularity` bytes (a power of two that divides
  // base and capacity), and no block is aligned to less.
  RangeAllocator(uint64_t base, uint64_t capacity, uint64_t granularity);

  // The address of a block of at least `bytes`, aligned to `alignment` (a
  // power of two). Its real size is bytes rounded up to the granularity.
  // Errors: kInvalidParam (bytes 0, alignment), kRtMemoryAllocation (R79;
  // names requested, free and largest).
  absl::StatusOr<uint64_t> Allocate(uint64_t bytes, uint64_t alignment);

  // Returns the block that starts at `address`. Error kInvalidParam: no block
  // starts there; says which block holds the address.
  absl::Status Free(uint64_t address);

  // The live block that holds `address`.
  std::optional<Block> Find(uint64_t address) const;

  uint64_t base() const { return base_; }
  uint64_t capacity() const { return capacity_; }
  uint64_t used() const { return used_; }
  uint64_t free() const { return capacity_ - used_; }
  uint64_t largest_hole() const;
  size_t live_blocks() const { return live_.size(); }
  size_t holes() const { return holes_.size(); }

 private:
  struct Hole {
    uint64_t size;
    uint64_t stamp;  // when its latest part was freed
  };
  // Best fit, then last freed first: (size, ~stamp) ascending.
  struct FitKey {
    uint64_t size;
    uint64_t age;
    auto operator<=>(const FitKey&) const = default;
  };
  using HoleMap = std::map<uint64_t, Hole>;

  void AddHole(uint64_t begin, uint64_t size, uint64_t stamp);
  void RemoveHole(HoleMap::iterator hole);
  HoleMap::iterator HoleAround(uint64_t begin, uint64_t size);
  void Take(HoleMap::iterator hole, uint64_t begin, uint64_t size);
  std::optional<uint64_t> TakeRecent(uint64_t size, uint64_t alignment);
  std::optional<uint64_t> TakeBestFit(uint64_t size, uint64_t alignment);
  void Remember(uint64_t begin, uint64_t size);

  const uint64_t base_;
  const uint64_t capacity_;
  const uint64_t granularity_;
  uint64_t used_ = 0;
  uint64_t stamp_ = 0;
  std::map<uint64_t, uint64_t> live_;  // begin -> size
  HoleMap holes_;                      // by begin; no two touch
  std::map<FitKey, uint64_t> fits_;    // the same holes -> begin
  // Begins of freed blocks by exact size, newest last; may be stale.
  std::map<uint64_t, std::vector<uint64_t>> recent_;
};

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_ALLOCATOR_H_
