// File: thread_order.h
// Threads that use one stream, or one event, and that nothing orders: H3, H4
// (aclop calls), H9 (calls that submit several tasks), H21 (record and wait),
// H2 (tasks that touch the same bytes: else their order does not matter).
// It needs what host threads do to order each other: where calls are ordered by
// arrival it finds nothing.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_THREAD_ORDER_H_
#define EMULATOR_HAZARD_THREAD_ORDER_H_

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emulator/hazard/call_table.h"
#include "emulator/hazard/happens_before.h"
#include "emulator/hazard/shadow.h"

namespace npuemu {

class ThreadOrder {
 public:
  // `task` was submitted while nothing orders it and `other`.
  using Tell = std::function<void(int rule, uint64_t other, uint64_t task)>;

  ThreadOrder(HappensBefore* order, CallTable* calls, Tell tell)
      : order_(order), calls_(calls), tell_(std::move(tell)) {}

  // Behind the event's effects on `order` and `calls`.
  void OnEvent(const Event& event);

  // A stream that several threads used, -1 if there is none.
  int shared_stream() const { return shared_stream_; }

 private:
  // A thread's last submission to a stream, or record of an event.
  struct Last {
    uint64_t thread = 0;
    Epoch epoch;
    uint64_t call = 0;
    uint64_t task = 0;
    bool aclop = false;
    int pieces = 0;  // submissions of this call to this stream
    uint64_t conflict = 0;  // a task of another thread that this call met
  };

  void OnSubmit(const Event& event);
  void OnAccess(const Event& event);
  void OnRecord(uint64_t object, uint64_t task);
  void OnWait(uint64_t object, uint64_t task);
  // Whether the last submissions of the threads of these tasks are pieces.
  bool Compound(int stream, uint64_t first, uint64_t second) const;

  HappensBefore* const order_;
  CallTable* const calls_;
  const Tell tell_;
  RecentMap<int, std::vector<Last>> streams_;
  // What tasks access, in the order of their submissions; by stream.
  std::unordered_map<int, Shadow> accesses_;
  std::unordered_map<uint64_t, Last> records_;  // the last, by event
  std::unordered_map<uint64_t, Last> waits_;
  std::unordered_map<uint64_t, bool> snapshots_;  // events that bind so
  int shared_stream_ = -1;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_THREAD_ORDER_H_
