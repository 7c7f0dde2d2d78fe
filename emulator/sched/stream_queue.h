// File: stream_queue.h
// What the scheduler knows of a stream: its queued tasks, its virtual time,
// its errors. Externally synchronized by the node's mutex.

#ifndef EMULATOR_SCHED_STREAM_QUEUE_H_
#define EMULATOR_SCHED_STREAM_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "emulator/task/task.h"

namespace npuemu {

// Streams that stop together (R52): the streams of one context.
struct FailureDomain {
  bool stop_on_failure = false;
  Fault failure = Fault::kNone;  // once set, nothing more is accepted
};

// Where a ready head stands among the others: smaller keys of a lane first,
// ties by arrival (ReadySet). A policy makes it.
struct Rank {
  uint32_t lane = 0;
  int64_t key = 0;
};

class StreamQueue {
 public:
  StreamQueue(int id, int device, FailureDomain* domain)
      : id(id), device(device), domain(domain) {}

  const int id;      // over the node, by creation
  const int device;
  FailureDomain* const domain;
  uint32_t priority = 0;  // 0 highest ... 7 (R34): who takes a resource first

  std::deque<Task> pending;  // submitted, not decided; front is the head
  uint64_t submitted = 0;    // seq of the last submitted task
  uint64_t decided = 0;      // seq of the last decided task
  SimTime last_end;          // virtual end of the last decided task
  std::deque<SimTime> ends;  // of decided tasks that the host may still wait on
  Fault error = Fault::kNone;  // latest task error, until a sync reads (R180)
  bool aborting = false;       // submissions fail while an abort runs (R51)
  uint64_t aborts = 0;         // those that ended
  bool stopped = false;
  int polls = 0;  // unsuccessful ones since the last progress

  // Scheduler's own marks.
  bool ready() const { return ready_index >= 0; }
  int32_t ready_index = -1;  // its place in the ReadySet
  size_t heap_index = 0;     // its place in its lane
  Rank rank;
  SimTime value_at;          // the value its head waits for was written then
  SimTime ready_at;          // stream and signal let the head start then
  size_t queues_index = 0;   // its place among the queues with pending tasks
  uint64_t needed_seq = 0;   // tasks up to here are needed by the goal
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_STREAM_QUEUE_H_
