// File: shadow.h
// The last accesses of every byte that tasks and host calls touched: who wrote
// it last, and who read it since. Two accesses of which one writes, by actors
// that do not know of each other's, are a race (design 7).
//
// Bytes that were accessed alike form one segment. What exactly one segment
// holds is found without a search, which is nearly every access of a program
// that works on whole buffers.
//
// Memory: at most `most` segments (about 100 bytes each); beyond it everything
// is forgotten, which may hide a race between an access before and one after.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_SHADOW_H_
#define EMULATOR_HAZARD_SHADOW_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "emulator/hazard/vector_clock.h"

namespace npuemu {

// One access of a task or a call.
struct Access {
  Epoch epoch;
  uint64_t task = 0;      // 0: the host's
  uint64_t call = 0;      // of the host's (CallTable)
  const char* name = "";  // static: argument or function
  bool write = false;
  bool frees = false;
};

class Shadow {
 public:
  explicit Shadow(size_t most) : most_(most), recent_(kRecent) {}

  // Half-open bytes [begin, end), begin < end. `conflict` is told each earlier
  // access that `knowledge` does not know, with the bytes that both touch.
  using Conflict = absl::FunctionRef<void(const Access& earlier,
                                          uint64_t begin, uint64_t end)>;
  void Touch(uint64_t begin, uint64_t end, const Access& access,
             const VectorClock& knowledge, Conflict conflict);

  // Nothing that was before matters (a free, a new allocation).
  void Forget(uint64_t begin, uint64_t end);

  size_t segments() const { return segments_.size(); }
  // How often everything was forgotten.
  uint64_t overflows() const { return overflows_; }

 private:
  struct Segment {
    uint64_t end = 0;
    Access write;  // step 0: none
    absl::InlinedVector<Access, 1> reads;  // since, one for each actor
  };
  using Segments = std::map<uint64_t, Segment>;  // by begin
  static constexpr size_t kRecent = 1024;

  static size_t Slot(uint64_t begin) { return begin / 64 % kRecent; }
  static void TouchSegment(uint64_t begin, Segment& segment,
                           const Access& access, const VectorClock& knowledge,
                           Conflict conflict);
  // A segment begins at `at`, if one holds it.
  Segments::iterator SplitAt(uint64_t at);
  Segments::iterator Erase(Segments::iterator first);

  const size_t most_;
  Segments segments_;
  std::vector<Segments::value_type*> recent_;  // by Slot; may be null
  uint64_t overflows_ = 0;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_SHADOW_H_
