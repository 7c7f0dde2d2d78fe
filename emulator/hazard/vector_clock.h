// File: vector_clock.h
// What one actor knows of all: for each, up to which of its steps everything
// happened before (design 7). Actors are host threads and streams, by a dense
// index; their steps count from 1.

#ifndef EMULATOR_HAZARD_VECTOR_CLOCK_H_
#define EMULATOR_HAZARD_VECTOR_CLOCK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace npuemu {

// One step of one actor.
struct Epoch {
  uint32_t actor = 0;
  uint64_t step = 0;  // 0: none
};

class VectorClock {
 public:
  uint64_t operator[](size_t actor) const {
    return actor < steps_.size() ? steps_[actor] : 0;
  }
  void Advance(Epoch to) {
    if (to.actor >= steps_.size()) steps_.resize(to.actor + 1);
    steps_[to.actor] = std::max(steps_[to.actor], to.step);
  }
  void Join(const VectorClock& other) {
    if (other.steps_.size() > steps_.size()) steps_.resize(other.steps_.size());
    for (size_t i = 0; i < other.steps_.size(); ++i) {
      steps_[i] = std::max(steps_[i], other.steps_[i]);
    }
  }
  // What both know.
  void Meet(const VectorClock& other) {
    if (other.steps_.size() < steps_.size()) steps_.resize(other.steps_.size());
    for (size_t i = 0; i < steps_.size(); ++i) {
      steps_[i] = std::min(steps_[i], other.steps_[i]);
    }
  }
  bool empty() const { return steps_.empty(); }
  bool Knows(Epoch epoch) const { return (*this)[epoch.actor] >= epoch.step; }

 private:
  std::vector<uint64_t> steps_;
};

// Shared by all who know the same.
using Knowledge = std::shared_ptr<const VectorClock>;

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_VECTOR_CLOCK_H_
