#include "emulator/device/stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/base/injection.h"
#include "emulator/device/callback_queue.h"
#include "emulator/device/capture.h"
#include "emulator/device/context.h"
#include "emulator/device/host_wait.h"
#include "emulator/device/pair_order.h"

namespace npuemu {
namespace {

std::string NameOf(const Stream& stream) {
  return absl::StrCat("stream s", stream.queue.id);
}

void ForgetEnded(StreamQueue* queue, SimTime now) {
  while (!queue->ends.empty() && queue->ends.front() <= now) {
    queue->ends.pop_front();
  }
}

// Waits until an entry of the queue is free; a task takes one (R36, R37).
absl::Status EnsureRoom(Call& call, Stream* stream) {
  StreamQueue* queue = &stream->queue;
  ForgetEnded(queue, call.now);
  while (queue->ends.size() + queue->pending.size() >= kMaxTasksPerStream) {
    if (stream->persistent()) {
      return FaultError(
          Fault::kRtStreamTaskFull,
          absl::StrCat(NameOf(*stream), " is full: ", queue->pending.size(),
                       " tasks are queued, expected at most ",
                       kMaxTasksPerStream,
                       ". Submit fewer tasks or use more streams"));
    }
    if (!queue->ends.empty()) {
      call.WaitedUntil(queue->ends.front());
      ForgetEnded(queue, call.now);
      continue;
    }
    Goal goal;
    goal.roots.push_back({queue, queue->decided + 1});
    const std::string what = absl::StrCat("room in full ", NameOf(*stream));
    RETURN_IF_ERROR(WaitFor(call, goal,
                            {what.c_str(), Fault::kRtStreamTaskFull,
                             std::nullopt, Fault::kRtStreamTaskFull,
                             /*may_idle=*/false, /*submits=*/true}));
  }
  return absl::OkStatus();
}

absl::Status CheckAlive(const Stream& stream) {
  if (!stream.destroyed) return absl::OkStatus();
  return FaultError(
      Fault::kRtInvalidHandle,
      absl::StrCat(NameOf(stream), " was destroyed by another thread during "
                                   "the call"));
}

absl::Status CheckAccepts(const Stream& stream) {
  RETURN_IF_ERROR(CheckAlive(stream));
  const Fault failure = stream.queue.domain->failure;
  if (failure != Fault::kNone) {
    return FaultError(failure,
                      "the context has stopped after a task failed "
                      "(ACL_STOP_ON_FAILURE); reset the device to go on");
  }
  if (stream.queue.aborting) {
    return FaultError(Fault::kRtStreamAbort,
                      absl::StrCat(NameOf(stream), " is being aborted"));
  }
  return absl::OkStatus();
}

}  // namespace

Stream::Stream(int id, Context* owner, uint32_t priority,
               uint32_t flag_bits)
    : queue(id, owner->device().id, &owner->failure_domain()),
      context(owner),
      flags(flag_bits),
      saturate(owner->device().overflow_mode == 0),
      callback_signal(std::make_shared<Signal>()) {
  queue.priority = std::min(priority, kLowestPriority);
  queue.stopped = persistent();  // runs only through a model (R35)
}

absl::StatusOr<std::shared_ptr<Stream>> CreateStream(Call& call,
                                                     Context* context,
                                                     uint32_t priority,
                                                     uint32_t flags,
                                                     bool is_default) {
  Device& device = context->device();
  if (device.streams >= kMaxStreamsPerDevice) {
    return FaultError(
        Fault::kRtNoStreamResource,
        absl::StrCat("device ", device.id, " has ", device.streams,
                     " streams, expected at most ", kMaxStreamsPerDevice,
                     " with default streams. Destroy streams that are done"));
  }
  auto stream = std::make_shared<Stream>(call.node.NextStreamId(), context,
                                         priority, flags);
  stream->address = call.node.TakeStreamAddress();
  ++device.streams;
  context->AddStream(stream);
  call.Log(EventKind::kStreamCreate, device.id, stream->queue.id, flags,
           is_default ? 1 : 0);
  return stream;
}

absl::Status DestroyStream(Call& call, Stream* stream, bool force) {
  if (call.node.before_stream_destroy != nullptr) {
    call.node.before_stream_destroy(call, stream);
  }
  if (!force) {
    call.SwitchPoint("DESTROY_PRE");
    RETURN_IF_ERROR(CheckAlive(*stream));
  }
  if (!force && !stream->persistent()) {
    Goal goal;
    goal.roots.push_back({&stream->queue, stream->queue.submitted});
    const std::string what =
        absl::StrCat("the tasks of ", NameOf(*stream), " before it ends");
    const absl::Status waited =
        WaitFor(call, goal,
                {what.c_str(), Fault::kRtStreamSyncTimeout, std::nullopt,
                 Fault::kRtStreamSyncTimeout});
    call.WaitedUntil(stream->queue.last_end);
    RETURN_IF_ERROR(waited);
  }
  LeaveCapture(call, stream);
  call.node.scheduler().Flush(call.lock);
  call.node.scheduler().DropPending(&stream->queue);
  call.node.scheduler().Remove(&stream->queue);
  if (stream->callbacks != nullptr) stream->callbacks->Unbind(stream);
  stream->destroyed = true;
  call.node.GiveBackStreamAddress(stream->address);
  --stream->context->device().streams;
  call.Log(EventKind::kStreamDestroy, stream->queue.device, stream->queue.id,
           0, 0);
  stream->context->RemoveStream(stream);
  return absl::OkStatus();
}

Task ControlTask(const char* name) {
  Task task;
  task.name = name;
  task.cost = CostModel::kControl;
  return task;
}

absl::Status Submit(Call& call, Stream* stream, Task&& task) {
  RETURN_IF_ERROR(CheckAccepts(*stream));
  if (stream->graph != nullptr) return Keep(call, stream, std::move(task));
  if (stream->update != nullptr) {
    return KeepUpdate(call, stream, std::move(task));
  }
  RETURN_IF_ERROR(EnsureRoom(call, stream));
  // While the call waited for room another thread may have acted.
  RETURN_IF_ERROR(CheckAccepts(*stream));
  Scheduler& scheduler = call.node.scheduler();
  const Fault injected = call.node.injection().OfTask(scheduler.next_task());
  if (injected != Fault::kNone) task.fault = injected;  // its body is left out
  if (PairOrder* pair = call.node.pair_order()) {
    pair->OnSubmit(scheduler.next_task(), &task);
  }
  scheduler.Submit(call.lock, &stream->queue, std::move(task), call.now);
  call.thread.last_task = stream->queue.submitted;
  return absl::OkStatus();
}

namespace {

absl::Status TakeError(Stream* stream) {
  StreamQueue& queue = stream->queue;
  const Fault failure = queue.domain->failure;
  const Fault error = failure != Fault::kNone ? failure : queue.error;
  if (failure == Fault::kNone) queue.error = Fault::kNone;
  if (error == Fault::kNone) return absl::OkStatus();
  return FaultError(error,
                    absl::StrCat("a task of ", NameOf(*stream),
                                 " failed with ", static_cast<int>(error),
                                 " (", InfoOf(error).name, ")"));
}

}  // namespace

absl::Status EndWait(Call& call, Stream* stream, uint64_t seq) {
  const StreamQueue& queue = stream->queue;
  call.Log(EventKind::kSync, queue.device, queue.id, seq, 0);
  absl::Status status = TakeError(stream);
  for (const auto& [helper, until] : std::exchange(stream->helpers, {})) {
    if (!helper->destroyed) status.Update(EndWait(call, helper.get(), until));
  }
  return status;
}

absl::Status SynchronizeStream(Call& call, Stream* stream,
                               std::optional<SimDuration> timeout) {
  if (stream->persistent()) return absl::OkStatus();  // R44
  if (call.node.injection().TimesOut()) {
    return FaultError(Fault::kRtStreamSyncTimeout,
                      NameOf(*stream) + ": a timeout by --inject");
  }
  Goal goal;
  const uint64_t last = stream->queue.submitted;
  const uint64_t aborts = stream->queue.aborts;
  goal.roots.push_back({&stream->queue, last});
  const std::string what = NameOf(*stream);
  RETURN_IF_ERROR(WaitFor(call, goal,
                          {what.c_str(), Fault::kRtStreamSyncTimeout, timeout,
                           Fault::kRtStreamSyncTimeout}));
  if (stream->queue.aborts != aborts) {
    return FaultError(Fault::kRtStreamAbort, what + " was aborted");
  }
  const SimTime end = stream->queue.last_end;
  if (timeout && end > call.now + *timeout) {
    call.WaitedUntil(call.now + *timeout);
    return FaultError(
        Fault::kRtStreamSyncTimeout,
        absl::StrCat(what, " has work until ", Nanoseconds(end),
                     " ns of virtual time, after the timeout"));
  }
  call.WaitedUntil(end);
  return EndWait(call, stream, last);
}

bool PollTask(Call& call, Stream* stream, uint64_t seq) {
  StreamQueue& queue = stream->queue;
  Scheduler& scheduler = call.node.scheduler();
  constexpr int kPollsUntilObserved = 64;  // design 4, `late`
  if (queue.decided < seq && !stream->persistent()) {
    ++queue.polls;
    if (!scheduler.policy().CountsPolls() ||
        queue.polls >= kPollsUntilObserved) {
      Goal goal;
      goal.roots.push_back({&queue, seq});
      scheduler.Drive(call.lock, goal, call.now);
    }
  }
  return queue.decided >= seq;
}

bool QueryStream(Call& call, Stream* stream) {
  const bool decided = PollTask(call, stream, stream->queue.submitted);
  const bool complete = decided && stream->queue.last_end <= call.now;
  if (complete) {
    call.node.scheduler().Flush(call.lock);  // the host may look now
    call.Log(EventKind::kSync, stream->queue.device, stream->queue.id,
             stream->queue.submitted, 0);
  } else {
    call.WaitedUntil(call.now + CostModel::kPoll);
  }
  return complete;
}

absl::Status AbortStream(Call& call, Stream* stream) {
  if (stream->persistent()) {
    return FaultError(Fault::kRtStreamModel,
                      NameOf(*stream) + " is bound to a model and cannot be "
                                        "aborted; expected an ordinary stream");
  }
  if (call.node.log().checking()) {
    call.Misuse(29, absl::StrCat("the abort of ", NameOf(*stream),
                                 " may drop a record that another stream "
                                 "waits for"),
                stream->queue.id);
  }
  // Other calls may run while a body runs without the lock.
  stream->queue.aborting = true;
  call.node.scheduler().Flush(call.lock);
  stream->queue.aborting = false;
  ++stream->queue.aborts;
  call.node.scheduler().DropPending(&stream->queue);
  stream->queue.error = Fault::kNone;
  return absl::OkStatus();
}

absl::Status SetFailureMode(Call& call, Stream* stream, uint64_t mode) {
  if (mode > 1) {
    return FaultError(Fault::kRtParamInvalid,
                      absl::StrCat("value ", mode, " for parameter mode is "
                                   "invalid. Expected value: 0 or 1"));
  }
  if (mode == stream->failure_mode) return absl::OkStatus();
  if (mode == 0) {
    return FaultError(Fault::kRtFeatureNotSupport,
                      "ACL_STOP_ON_FAILURE cannot be taken back");
  }
  if (stream->persistent()) {
    return FaultError(Fault::kRtFeatureNotSupport,
                      NameOf(*stream) + " is bound to a model");
  }
  call.node.scheduler().Flush(call.lock);
  stream->failure_mode = mode;
  stream->queue.domain->stop_on_failure = true;
  return absl::OkStatus();
}

}  // namespace npuemu
