// File: capture.h
// Stream capture: what begins and ends one, how events carry it to other
// streams, and what must not be called meanwhile (semantics.md R158-R168).
//
// An error of a call that submits to a capturing stream invalidates its capture
// (R165); calls that are refused without a submission leave it as it is. Every
// error here is a sign of H30.

#ifndef EMULATOR_DEVICE_CAPTURE_H_
#define EMULATOR_DEVICE_CAPTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "emulator/device/graph.h"
#include "emulator/device/sync_event.h"

namespace npuemu {

// Errors: kRtFeatureNotSupport for a default stream, kRtStreamCaptured,
// kRtStreamModel, kRtStreamTaskGroupStatus in an update (R158).
absl::StatusOr<std::shared_ptr<Graph>> BeginCapture(Call& call, Stream* stream,
                                                    CaptureMode mode);
// The ready graph. Errors: kRtStreamNotCaptured and kRtStreamCaptureUnmatched,
// after which a capture goes on; all others end it, and its graph is over:
// kRtStreamCaptureWrongThread, kRtStreamCaptureInvalidated,
// kStreamTaskGroupStatus, kRtStreamUnjoined (R159, R163, R165).
absl::StatusOr<std::shared_ptr<Graph>> EndCapture(Call& call, Stream* stream);
// The stream or its context goes: the capture cannot end well any more.
void LeaveCapture(Call& call, Stream* stream);

// The error of a call that needs a capture which is none any more.
absl::Status Invalidated(const Graph& graph);
// Makes the capture invalid; returns the status.
absl::Status Spoil(Graph* graph, absl::Status status);

// R160: whether the current context's captures allow a call that may block.
absl::Status RefuseUnsafe(Call& call,
                          Fault fault = Fault::kRtCaptureModeNotSupport);
// R160, R161: whether they allow a copy at once in place of one on the stream:
// kRtCaptureModeBlockAsync, kRtParamInvalid where the stream itself captures.
absl::Status RefusePageable(Call& call, const Stream& stream);
// R161: the stream does not capture; else kRtStreamCaptured.
absl::Status RefuseCaptured(const Call& call, const Stream& stream);
// None of the context's streams does.
absl::Status RefuseCapturing(const Call& call, Context* context);
// The event was not recorded in a capture that goes on; else kRtEventCaptured.
absl::Status RefuseCaptured(const Call& call, const SyncEvent& event);

// Whether a record of, or a wait for, the event on the stream is a matter of
// capture; these do it (R162, R163).
bool ConcernsCapture(const Stream& stream, const SyncEvent& event);
absl::Status CaptureRecord(Call& call, SyncEvent* event, Stream* stream);
absl::Status CaptureWait(Call& call, SyncEvent* event, Stream* stream);
// With the EXTERNAL flag: each execution records the event itself, or waits for
// the record that it then has (R168). kRtStreamNotCaptured outside of captures.
// Resets are of such events only.
absl::Status CaptureExternalRecord(Call& call,
                                   const std::shared_ptr<SyncEvent>& event,
                                   Stream* stream);
absl::Status CaptureExternalWait(Call& call,
                                 const std::shared_ptr<SyncEvent>& event,
                                 Stream* stream);
absl::Status CaptureReset(Call& call, const std::shared_ptr<SyncEvent>& event,
                          Stream* stream);

// Task groups and updates (R167).
struct TaskGroup {
  std::weak_ptr<Graph> graph;
  std::vector<std::shared_ptr<GraphTask>> tasks;
};
// What a stream keeps between the begin and the end of an update.
struct TaskUpdate {
  std::shared_ptr<TaskGroup> group;
  std::vector<std::shared_ptr<Task>> tasks;
};
// Whether the lane's group, if one is open, may have the task.
absl::Status CheckGroup(const Call& call, Graph* graph, GraphLane* lane,
                        const Task& task);
absl::Status BeginGroup(const Call& call, Stream* stream);
absl::StatusOr<std::shared_ptr<TaskGroup>> EndGroup(const Call& call,
                                                    Stream* stream);
absl::Status BeginUpdate(const Call& call, Stream* stream,
                         std::shared_ptr<TaskGroup> group);
absl::Status KeepUpdate(const Call& call, Stream* stream, Task&& task);
// The update itself is a task of the stream.
absl::Status EndUpdate(Call& call, Stream* stream);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_CAPTURE_H_
