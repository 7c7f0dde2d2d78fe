// File: task.h
// A task is one device action on a stream: what it waits for, what it reads
// and writes, what it costs, and a callable body (design 1.1). Plain data; the
// scheduler decides when it runs.

#ifndef EMULATOR_TASK_TASK_H_
#define EMULATOR_TASK_TASK_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/any_invocable.h"
#include "emulator/base/sim_time.h"
#include "emulator/base/status.h"
#include "emulator/event/kinds.h"
#include "emulator/task/task_body.h"

namespace npuemu {

class StreamQueue;

// Half-open bytes [begin, end): a device or host address (design 6).
struct MemoryRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

inline bool Overlap(const MemoryRange& a, const MemoryRange& b) {
  return a.begin < b.end && b.begin < a.end;
}

using RangeList = absl::InlinedVector<MemoryRange, 3>;

// A thing that waits are for: one record of an event, the level of a fixed-id
// event, a notify, or the return of a host function. Changed only by the
// scheduler.
struct Signal {
  uint64_t id = 0;  // over the node, by the first task that names it; 0: none
  bool set = false;
  bool dropped = false;  // an abort dropped a task that would have set it
  SimTime set_at;
  // Host functions that were delivered and will set it, and those of them that
  // returned. Only a call that must observe the stream may see a return (so
  // that real threads never decide an order).
  int host_pending = 0;
  int host_returned = 0;
  std::vector<SimTime> returns;  // of the pending ones, in virtual time
  // Queued tasks that will set it, and streams whose head waits for it, be it
  // set or not.
  struct Setter {
    StreamQueue* queue;
    uint64_t seq;
  };
  std::vector<Setter> setters;
  std::vector<StreamQueue*> waiters;
};

// The arguments whose bytes a task accesses, in the order of its ranges; the
// last names all that follow. Static text.
struct AccessNames {
  std::span<const char* const> reads;
  std::span<const char* const> writes;
  // aclDataType of each range; -1, or none, where it is unknown.
  std::span<const int8_t> read_types = {};
  std::span<const int8_t> write_types = {};
};

// What few tasks have.
struct TaskHooks {
  absl::AnyInvocable<bool()> value_ready;  // of kValue
  // Called when the task joins its stream: it has its id.
  absl::AnyInvocable<void(const struct Task&)> on_submitted;
  // Called just before the task is decided; true: it was changed (repeat.h).
  absl::AnyInvocable<bool(struct Task*)> renew;
  // Called when the task is decided: it has its id and its end.
  absl::AnyInvocable<void(const struct Task&)> on_decided;
};

// With its place in the queue and the block of a launch at most 512 bytes:
// scheduler_test and //emulator/sched:sched_bench look.
struct Task {
  StreamQueue* queue = nullptr;
  uint64_t id = 0;   // over the node, by submission; 1 is the first
  uint64_t seq = 0;  // in its stream; 1 is the first
  const char* name = "";
  Unit unit = Unit::kControl;
  bool parallel = false;   // the body uses worker threads: run it unlocked
  bool exact_reads = true;   // hold no byte that is not accessed
  bool exact_writes = true;
  uint32_t cores = 1;      // of kCube or kVector
  uint32_t object = 0;     // for the log: 1 + id of the event or notify
  SimDuration cost{0};
  SimTime submitted;
  SimTime start;
  SimTime end;

  RangeList reads;   // empty ranges name arguments that are not there
  RangeList writes;
  const AccessNames* names = nullptr;  // null: none; valid until it ran
  TaskBody body;

  WaitKind wait = WaitKind::kNone;
  std::shared_ptr<Signal> wait_for;
  SimDuration timeout{0};  // of the wait in virtual time; 0: none

  EffectKind effect = EffectKind::kNone;
  std::shared_ptr<Signal> target;
  std::unique_ptr<TaskHooks> hooks;  // may be null

  TaskHooks& Hooks() {
    if (hooks == nullptr) hooks = std::make_unique<TaskHooks>();
    return *hooks;
  }

  Fault fault = Fault::kNone;  // result of the body
  uint64_t checksum = 0;       // of what it wrote, where somebody records
};

}  // namespace npuemu

#endif  // EMULATOR_TASK_TASK_H_
