#include "emulator/memory/allocator.h"

#include <bit>
#include <iterator>

#include "absl/strings/str_format.h"
#include "emulator/base/check.h"
#include "emulator/base/status.h"

namespace npuemu {
namespace {

// How much of the past rule 1 remembers. Beyond it an older block is found by
// best fit instead: still deterministic.
constexpr size_t kMaxRecentPerSize = 256;
constexpr size_t kMaxRecentSizes = 4096;

uint64_t AlignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace

RangeAllocator::RangeAllocator(uint64_t base, uint64_t capacity,
                               uint64_t granularity)
    : base_(base), capacity_(capacity), granularity_(granularity) {
  NPUEMU_CHECK(std::has_single_bit(granularity));
  NPUEMU_CHECK(base % granularity == 0 && capacity % granularity == 0);
  NPUEMU_CHECK(base + capacity >= base);
  if (capacity > 0) AddHole(base, capacity, stamp_++);
}

absl::StatusOr<uint64_t> RangeAllocator::Allocate(uint64_t bytes,
                                                  uint64_t alignment) {
  if (bytes == 0) {
    return FaultError(Fault::kInvalidParam,
                      "size is 0, expected at least 1 byte");
  }
  if (!std::has_single_bit(alignment)) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("alignment is %d, expected a power of two", alignment));
  }
  if (bytes <= capacity_) {
    const uint64_t size = AlignUp(bytes, granularity_);
    std::optional<uint64_t> begin = TakeRecent(size, alignment);
    if (!begin) begin = TakeBestFit(size, alignment);
    if (begin) {
      live_.emplace(*begin, size);
      used_ += size;
      return *begin;
    }
  }
  return FaultError(
      Fault::kRtMemoryAllocation,
      absl::StrFormat("out of memory: requested %d bytes aligned to %d, free "
                      "%d of %d bytes, largest free piece %d bytes",
                      bytes, alignment, free(), capacity_, largest_hole()));
}

absl::Status RangeAllocator::Free(uint64_t address) {
  auto block = live_.find(address);
  if (block == live_.end()) {
    if (std::optional<Block> around = Find(address)) {
      return FaultError(
          Fault::kInvalidParam,
          absl::StrFormat("address 0x%x lies %d bytes into the block of %d "
                          "bytes at 0x%x, expected its start",
                          address, address - around->begin, around->size,
                          around->begin));
    }
    return FaultError(
        Fault::kInvalidParam,
        absl::StrFormat("address 0x%x lies in no live block", address));
  }
  uint64_t begin = address;
  uint64_t size = block->second;
  used_ -= size;
  live_.erase(block);
  Remember(begin, size);

  auto next = holes_.lower_bound(begin);
  if (next != holes_.end() && next->first == begin + size) {
    size += next->second.size;
    RemoveHole(next);
    next = holes_.lower_bound(begin);
  }
  if (next != holes_.begin()) {
    auto before = std::prev(next);
    if (before->first + before->second.size == begin) {
      begin = before->first;
      size += before->second.size;
      RemoveHole(before);
    }
  }
  AddHole(begin, size, stamp_++);
  return absl::OkStatus();
}

std::optional<RangeAllocator::Block> RangeAllocator::Find(
    uint64_t address) const {
  auto it = live_.upper_bound(address);
  if (it == live_.begin()) return std::nullopt;
  --it;
  if (address - it->first >= it->second) return std::nullopt;
  return Block{it->first, it->second};
}

uint64_t RangeAllocator::largest_hole() const {
  return fits_.empty() ? 0 : fits_.rbegin()->first.size;
}

void RangeAllocator::AddHole(uint64_t begin, uint64_t size, uint64_t stamp) {
  holes_.emplace(begin, Hole{size, stamp});
  fits_.emplace(FitKey{size, ~stamp}, begin);
}

void RangeAllocator::RemoveHole(HoleMap::iterator hole) {
  fits_.erase(FitKey{hole->second.size, ~hole->second.stamp});
  holes_.erase(hole);
}

// The hole that holds all of [begin, begin + size), or end().
RangeAllocator::HoleMap::iterator RangeAllocator::HoleAround(uint64_t begin,
                                                             uint64_t size) {
  auto it = holes_.upper_bound(begin);
  if (it == holes_.begin()) return holes_.end();
  --it;
  const uint64_t offset = begin - it->first;
  const uint64_t room = it->second.size;
  return offset <= room && size <= room - offset ? it : holes_.end();
}

// Cuts [begin, begin + size) out of `hole`. What is left keeps the hole's
// place in the order; the upper part needs a stamp of its own to stay unique,
// so it counts as freed now.
void RangeAllocator::Take(HoleMap::iterator hole, uint64_t begin,
                          uint64_t size) {
  const uint64_t hole_begin = hole->first;
  const Hole old = hole->second;
  RemoveHole(hole);
  const uint64_t below = begin - hole_begin;
  const uint64_t above = old.size - below - size;
  if (below > 0) AddHole(hole_begin, below, old.stamp);
  if (above > 0) {
    AddHole(begin + size, above, below > 0 ? stamp_++ : old.stamp);
  }
}

std::optional<uint64_t> RangeAllocator::TakeRecent(uint64_t size,
                                                   uint64_t alignment) {
  auto it = recent_.find(size);
  if (it == recent_.end()) return std::nullopt;
  std::vector<uint64_t>& begins = it->second;
  std::optional<uint64_t> found;
  while (!begins.empty() && !found) {
    const uint64_t begin = begins.back();
    auto hole = HoleAround(begin, size);
    // An entry that is not aligned as asked stays for others; the search ends
    // there, so that a call costs no more than the entries it drops.
    if (hole != holes_.end() && begin % alignment != 0) break;
    begins.pop_back();
    if (hole == holes_.end()) continue;  // reused since, in part or whole
    Take(hole, begin, size);
    found = begin;
  }
  if (begins.empty()) recent_.erase(it);
  return found;
}

std::optional<uint64_t> RangeAllocator::TakeBestFit(uint64_t size,
                                                    uint64_t alignment) {
  for (auto fit = fits_.lower_bound(FitKey{size, 0}); fit != fits_.end();
       ++fit) {
    const uint64_t begin = AlignUp(fit->second, alignment);
    if (begin < fit->second) continue;  // wrapped
    auto hole = HoleAround(begin, size);
    if (hole == holes_.end()) continue;
    Take(hole, begin, size);
    return begin;
  }
  return std::nullopt;
}

void RangeAllocator::Remember(uint64_t begin, uint64_t size) {
  if (recent_.size() >= kMaxRecentSizes && !recent_.contains(size)) {
    recent_.clear();
  }
  std::vector<uint64_t>& begins = recent_[size];
  if (begins.size() >= kMaxRecentPerSize) {
    begins.erase(begins.begin(), begins.begin() + kMaxRecentPerSize / 2);
  }
  begins.push_back(begin);
}

}  // namespace npuemu
