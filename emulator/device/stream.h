// File: stream.h
// A stream: its queue, flags and failure mode (semantics.md section 3).

#ifndef EMULATOR_DEVICE_STREAM_H_
#define EMULATOR_DEVICE_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/device/node.h"
#include "emulator/sched/stream_queue.h"

namespace npuemu {

class CallbackQueue;
class Context;
class Graph;
struct TaskUpdate;

// Flag bits of aclrtCreateStreamWithConfig (R35).
constexpr uint32_t kStreamFastLaunch = 0x1;
constexpr uint32_t kStreamFastSync = 0x2;
constexpr uint32_t kStreamPersistent = 0x4;
constexpr uint32_t kStreamHuge = 0x8;
constexpr uint32_t kStreamCpuSchedule = 0x10;
constexpr uint32_t kStreamDeviceUseOnly = 0x20;

constexpr uint32_t kLowestPriority = 7;

class Stream {
 public:
  Stream(int id, Context* context, uint32_t priority, uint32_t flags);

  StreamQueue queue;
  Context* const context;  // valid while !destroyed
  const uint32_t flags;
  const bool saturate;  // overflow mode at creation (arithmetic.md 1.3)
  // Of the simulated runtime's object; another stream's after the destroy.
  uint64_t address = 0;
  bool destroyed = false;
  bool destroyed_with_context = false;
  bool overflow_switch = false;
  uint64_t failure_mode = 0;  // ACL_CONTINUE_ON_FAILURE
  // Host functions (R105-R113).
  std::shared_ptr<CallbackQueue> callbacks;     // null: not bound
  bool host_function_launched = false;
  std::shared_ptr<Signal> callback_signal;      // one per stream (R109)

  // Keeps the stream's tasks instead of the scheduler: a capture, or the model
  // that it is bound to (graph.h). Null: none.
  std::shared_ptr<Graph> graph;
  int lane = 0;  // of the graph
  // Keeps them between the begin and the end of an update (capture.h).
  std::shared_ptr<TaskUpdate> update;
  // Streams of graphs that ran parts of an execution on this stream, and up to
  // where: a wait for this one is a wait for them.
  std::vector<std::pair<std::shared_ptr<Stream>, uint64_t>> helpers;

  bool persistent() const { return (flags & kStreamPersistent) != 0; }
};

// Errors: kRtNoStreamResource beyond 1984 per device (R33).
absl::StatusOr<std::shared_ptr<Stream>> CreateStream(Call& call,
                                                     Context* context,
                                                     uint32_t priority,
                                                     uint32_t flags,
                                                     bool is_default = false);

// Waits for what is queued, then destroys (R48). `force` drops it instead.
absl::Status DestroyStream(Call& call, Stream* stream, bool force);

// Appends a task. Blocks while the queue is full (R37). Errors:
// kRtStreamAbort, the context's failure (R52), kRtStreamTaskFull (R39).
absl::Status Submit(Call& call, Stream* stream, Task&& task);

// A task of the stream itself: record, wait, notify.
Task ControlTask(const char* name);

// Waits for the last task submitted before the call (R41); returns and clears
// the stream's error (R180). timeout: R42.
absl::Status SynchronizeStream(Call& call, Stream* stream,
                               std::optional<SimDuration> timeout);

// Whether the task `seq` is decided; counts the poll and drives as the policy
// says. An unsuccessful poll advances the caller's clock.
bool PollTask(Call& call, Stream* stream, uint64_t seq);

// Whether everything submitted has completed at the caller's time (R45).
bool QueryStream(Call& call, Stream* stream);

// Stops the running task and drops queued ones (R51).
absl::Status AbortStream(Call& call, Stream* stream);

// ACL_STOP_ON_FAILURE switches the whole context (R52).
absl::Status SetFailureMode(Call& call, Stream* stream, uint64_t mode);

// The host knows the first `seq` tasks to be complete: the log is told, and the
// error is returned that the synchronise has, cleared by R53.
absl::Status EndWait(Call& call, Stream* stream, uint64_t seq);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_STREAM_H_
