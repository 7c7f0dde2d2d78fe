#include "emulator/hazard/allocations.h"

#include <algorithm>
#include <iterator>

namespace npuemu {

void ByteSet::Add(uint64_t begin, uint64_t end) {
  if (begin >= end) return;
  auto next = ranges_.upper_bound(begin);
  if (next != ranges_.begin() && std::prev(next)->second >= begin) {
    --next;
    if (next->second >= end) return;
    begin = next->first;
  }
  while (next != ranges_.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = ranges_.erase(next);
  }
  ranges_.emplace_hint(next, begin, end);
}

uint64_t ByteSet::Missing(uint64_t begin, uint64_t end) const {
  if (begin >= end) return 0;
  uint64_t missing = end - begin;
  auto range = ranges_.upper_bound(begin);
  if (range != ranges_.begin()) --range;
  for (; range != ranges_.end() && range->first < end; ++range) {
    const uint64_t from = std::max(begin, range->first);
    const uint64_t to = std::min(end, range->second);
    if (from < to) missing -= to - from;
  }
  return missing;
}

void Allocations::OnAlloc(const Event& event, const CallRecord& by) {
  recent_ = {};
  ByPlace& places = devices_[event.device];
  // Freed ones that lie where this one does are over.
  auto next = places.lower_bound(event.a);
  if (next != places.begin()) {
    const AllocationRecord& before = std::prev(next)->second;
    if (before.begin + before.bytes > event.a) --next;
  }
  AllocationRecord allocation;
  while (next != places.end() && next->first < event.a + event.b) {
    if (next->second.freed.index > allocation.freed_before.index) {
      allocation.freed_before = next->second.freed;
    }
    next = places.erase(next);
  }
  allocation.number = ++count_;
  allocation.device = event.device;
  allocation.begin = event.a;
  allocation.bytes = event.b;
  allocation.made = by;
  places[event.a] = allocation;
}

void Allocations::OnFree(const Event& event, const CallRecord& by) {
  recent_ = {};
  ByPlace& places = devices_[event.device];
  const auto found = places.find(event.a);
  if (found == places.end()) return;
  if (event.device < 0) {  // its place is never given out again
    places.erase(found);
  } else {
    found->second.freed = by;
  }
}

void Allocations::OnReset(int device) {
  recent_ = {};
  devices_.erase(device);
}

AllocationRecord* Allocations::Find(int device, uint64_t at) {
  constexpr uint64_t kBlock = 512;  // allocations begin at such places
  Found& recent = recent_[(at / kBlock ^ at / (kBlock * kRecent)) % kRecent];
  if (recent.record != nullptr && recent.at == at && recent.device == device) {
    return recent.record;
  }
  const auto places = devices_.find(device);
  if (places == devices_.end()) return nullptr;
  auto next = places->second.upper_bound(at);
  if (next == places->second.begin()) return nullptr;
  recent = {device, at, &std::prev(next)->second};
  return recent.record;
}

}  // namespace npuemu
