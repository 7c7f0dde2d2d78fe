// File: ready_set.h
// The heads that may run now, in the order of the policy. An indexed heap per
// lane: adding, removing and the first of a lane cost O(log streams), whatever
// is queued behind the heads. Same calls, same contents, same order: no
// address and no hash takes part.

#ifndef EMULATOR_SCHED_READY_SET_H_
#define EMULATOR_SCHED_READY_SET_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emulator/base/sim_time.h"
#include "emulator/sched/stream_queue.h"
#include "emulator/task/cost_model.h"

namespace npuemu {

// The head of a stream whose wait is satisfied.
struct ReadyTask {
  const Task* task;
  SimTime earliest;  // when it could start
  bool needed;       // the call that drives cannot return without it
};

class ReadySet {
 public:
  explicit ReadySet(const CostModel* costs) : costs_(costs) {}

  bool empty() const { return all_.empty(); }
  size_t size() const { return all_.size(); }
  // 0 <= index < size(); in no order that means anything.
  ReadyTask operator[](size_t index) const;
  StreamQueue* queue(size_t index) const { return all_[index]; }

  // Lanes are numbered from 0 by the policy; a lane may be empty.
  size_t lanes() const { return lanes_.size(); }
  // The first of a lane by (key, arrival); null if it is empty.
  StreamQueue* First(size_t lane = 0) const;
  // When the head of the queue could start.
  SimTime EarliestStart(const StreamQueue& queue) const;

  // REQUIRES: the queue is not in the set, or is, respectively.
  void Add(StreamQueue* queue, Rank rank);
  void Remove(StreamQueue* queue);
  void Rerank(StreamQueue* queue, Rank rank);

  // No task is to start earlier than this (Policy::StartsWhenDecided).
  void set_floor(SimTime floor) { floor_ = std::max(floor_, floor); }
  SimTime floor() const { return floor_; }

 private:
  using Heap = std::vector<StreamQueue*>;
  static bool Before(const StreamQueue* a, const StreamQueue* b);
  static void Up(Heap& heap, size_t at);
  static void Down(Heap& heap, size_t at);
  void Push(StreamQueue* queue, Rank rank);
  void Pull(StreamQueue* queue);

  const CostModel* const costs_;
  SimTime floor_;
  std::vector<StreamQueue*> all_;
  std::vector<Heap> lanes_;
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_READY_SET_H_
