// File: allocations.h
// Device and pinned memory as the program allocated it, by the places of the
// log (event.def), and which bytes of it were ever written.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_ALLOCATIONS_H_
#define EMULATOR_HAZARD_ALLOCATIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "emulator/event/event.h"
#include "emulator/hazard/call_table.h"

namespace npuemu {

// A set of bytes, half-open ranges.
class ByteSet {
 public:
  void Add(uint64_t begin, uint64_t end);
  // How many of the bytes it has not.
  uint64_t Missing(uint64_t begin, uint64_t end) const;

 private:
  std::map<uint64_t, uint64_t> ranges_;  // begin -> end
};

struct AllocationRecord {
  uint64_t number = 0;  // in order of all, from 1; 0: none
  int device = -1;      // -1: pinned host memory
  uint64_t begin = 0;
  uint64_t bytes = 0;  // asked for
  CallRecord made;
  CallRecord freed;  // index 0: it lives
  CallRecord freed_before;  // the last one whose place it took
  ByteSet written;
};

class Allocations {
 public:
  void OnAlloc(const Event& event, const CallRecord& by);
  void OnFree(const Event& event, const CallRecord& by);
  void OnReset(int device);

  uint64_t count() const { return count_; }

  // The one that holds the byte, or whose slack it may lie in: the last that
  // begins at or before it. Null: none. A freed one is kept until its bytes
  // are given out again.
  AllocationRecord* Find(int device, uint64_t at);

 private:
  using ByPlace = std::map<uint64_t, AllocationRecord>;
  // A question and its answer, which holds until the next change.
  struct Found {
    int device = -1;
    uint64_t at = 0;
    AllocationRecord* record = nullptr;  // null: no question
  };
  static constexpr size_t kRecent = 16;

  uint64_t count_ = 0;
  std::map<int, ByPlace> devices_;
  std::array<Found, kRecent> recent_;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_ALLOCATIONS_H_
