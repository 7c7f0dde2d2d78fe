// File: interval_map.h
// Ordered half-open ranges [begin, end) -> T over 64-bit addresses. A later
// Insert replaces what it covers and splits what it cuts; equal neighbours are
// not merged, so a value always belongs to one Insert. Iteration is in address
// order. Not thread-safe.
//
//   IntervalMap<Owner> owners;
//   owners.Insert(0x100, 0x200, alice);
//   if (auto* piece = owners.Find(0x180)) Use(piece->value);

#ifndef EMULATOR_MEMORY_INTERVAL_MAP_H_
#define EMULATOR_MEMORY_INTERVAL_MAP_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "emulator/base/check.h"

namespace npuemu {

template <typename T>
class IntervalMap {
 public:
  struct Piece {
    uint64_t begin;
    uint64_t end;
    T value;
  };

  bool empty() const { return pieces_.empty(); }
  size_t size() const { return pieces_.size(); }
  void Clear() { pieces_.clear(); }

  // Makes [begin, end) map to `value`. REQUIRES: begin < end.
  void Insert(uint64_t begin, uint64_t end, T value) {
    NPUEMU_CHECK(begin < end);
    Erase(begin, end);
    pieces_.emplace(begin, Piece{begin, end, std::move(value)});
  }

  // Forgets [begin, end); a piece that is cut keeps its outer parts.
  // REQUIRES: begin <= end.
  void Erase(uint64_t begin, uint64_t end) {
    NPUEMU_CHECK(begin <= end);
    if (begin == end) return;
    SplitAt(begin);
    SplitAt(end);
    pieces_.erase(pieces_.lower_bound(begin), pieces_.lower_bound(end));
  }

  // The piece that holds `point`, or null. Valid until the next change of it.
  const Piece* Find(uint64_t point) const {
    auto it = pieces_.upper_bound(point);
    if (it == pieces_.begin()) return nullptr;
    --it;
    return point < it->second.end ? &it->second : nullptr;
  }
  Piece* Find(uint64_t point) {
    return const_cast<Piece*>(std::as_const(*this).Find(point));
  }

  // Calls f(const Piece&) for each piece that overlaps [begin, end), whole
  // pieces, in address order; stops when f returns false. f must not change
  // the map. Returns false if it was stopped.
  template <typename F>
  bool ForEachOverlap(uint64_t begin, uint64_t end, F&& f) const {
    for (auto it = FirstEndingAfter(begin);
         it != pieces_.end() && it->second.begin < end; ++it) {
      if (!f(it->second)) return false;
    }
    return true;
  }

  // Calls f(Piece&) for the pieces of exactly [begin, end): pieces are split
  // at both ends first. f may change the value, not the bounds.
  template <typename F>
  void UpdateRange(uint64_t begin, uint64_t end, F&& f) {
    if (begin >= end) return;
    SplitAt(begin);
    SplitAt(end);
    for (auto it = pieces_.lower_bound(begin);
         it != pieces_.end() && it->first < end; ++it) {
      f(it->second);
    }
  }

  // True when every byte of [begin, end) is in some piece; true if empty.
  bool Covers(uint64_t begin, uint64_t end) const {
    uint64_t reached = begin;
    ForEachOverlap(begin, end, [&](const Piece& piece) {
      if (piece.begin > reached) return false;
      reached = piece.end;
      return true;
    });
    return reached >= end;
  }

 private:
  using Map = std::map<uint64_t, Piece>;

  typename Map::const_iterator FirstEndingAfter(uint64_t point) const {
    auto it = pieces_.upper_bound(point);
    if (it == pieces_.begin()) return it;
    auto before = std::prev(it);
    return before->second.end > point ? before : it;
  }

  // Makes `point` a border of pieces.
  void SplitAt(uint64_t point) {
    Piece* piece = Find(point);
    if (piece == nullptr || piece->begin == point) return;
    pieces_.emplace(point, Piece{point, piece->end, piece->value});
    piece->end = point;
  }

  Map pieces_;  // by begin; disjoint, none empty
};

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_INTERVAL_MAP_H_
