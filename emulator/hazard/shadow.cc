#include "emulator/hazard/shadow.h"

#include <iterator>
#include <utility>

namespace npuemu {

void Shadow::TouchSegment(uint64_t begin, Segment& segment,
                          const Access& access, const VectorClock& knowledge,
                          Conflict conflict) {
  const auto check = [&](const Access& earlier) {
    if (!knowledge.Knows(earlier.epoch)) conflict(earlier, begin, segment.end);
  };
  if (segment.write.epoch.step != 0) check(segment.write);
  if (access.write) {
    for (const Access& read : segment.reads) check(read);
    segment.reads.clear();
    segment.write = access;
    return;
  }
  // A read that this one knows of adds nothing: who knows this one knows both.
  size_t kept = 0;
  for (Access& read : segment.reads) {
    if (!knowledge.Knows(read.epoch) &&
        read.epoch.actor != access.epoch.actor) {
      segment.reads[kept++] = read;
    }
  }
  segment.reads.resize(kept);
  segment.reads.push_back(access);
}

void Shadow::Touch(uint64_t begin, uint64_t end, const Access& access,
                   const VectorClock& knowledge, Conflict conflict) {
  Segments::value_type*& recent = recent_[Slot(begin)];
  if (recent != nullptr && recent->first == begin &&
      recent->second.end == end) {
    TouchSegment(begin, recent->second, access, knowledge, conflict);
    return;
  }
  if (segments_.size() >= most_) {
    Forget(0, ~uint64_t{0});
    ++overflows_;
  }
  SplitAt(end);
  auto next = SplitAt(begin);
  uint64_t at = begin;
  while (at < end) {
    if (next == segments_.end() || next->first > at) {  // a gap
      const uint64_t until =
          next == segments_.end() ? end : std::min(end, next->first);
      next = segments_.emplace_hint(next, at, Segment{until, {}, {}});
    }
    TouchSegment(at, next->second, access, knowledge, conflict);
    at = next->second.end;
    ++next;
  }
  const auto first = segments_.find(begin);
  if (access.write) {  // all of it is alike now
    for (auto old = std::next(first); old != next;) old = Erase(old);
    first->second.end = end;
  }
  if (first->second.end == end) recent = &*first;
}

void Shadow::Forget(uint64_t begin, uint64_t end) {
  SplitAt(end);
  for (auto it = SplitAt(begin); it != segments_.end() && it->first < end;) {
    it = Erase(it);
  }
}

Shadow::Segments::iterator Shadow::SplitAt(uint64_t at) {
  const auto next = segments_.lower_bound(at);
  if (next == segments_.begin()) return next;
  const auto holder = std::prev(next);
  if (holder->second.end <= at) return next;
  Segment rest = holder->second;
  holder->second.end = at;
  return segments_.emplace_hint(next, at, std::move(rest));
}

Shadow::Segments::iterator Shadow::Erase(Segments::iterator segment) {
  Segments::value_type*& recent = recent_[Slot(segment->first)];
  if (recent == &*segment) recent = nullptr;
  return segments_.erase(segment);
}

}  // namespace npuemu
