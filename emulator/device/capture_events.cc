// Events in a capture (R162, R163, R168).

#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/capture.h"
#include "emulator/device/context.h"

namespace npuemu {
namespace {

absl::Status No(Fault fault, const std::string& text) {
  return WithHazard(FaultError(fault, text), 30);
}

std::string NameOf(const SyncEvent& event) {
  return absl::StrCat("event ", event.id);
}

std::string NameOf(const Stream& stream) {
  return absl::StrCat("stream s", stream.queue.id);
}

// The capture that the event's last record belongs to; null: none, or it ended.
std::shared_ptr<Graph> CaptureOf(const SyncEvent& event) {
  if (event.captured == nullptr) return nullptr;
  std::shared_ptr<Graph> graph = event.captured->graph.lock();
  return graph != nullptr && graph->capturing() ? graph : nullptr;
}

absl::Status CheckFamily(const SyncEvent& event) {
  if (event.family == EventFamily::kNew && (event.flags & kEventSync) != 0) {
    return absl::OkStatus();
  }
  return No(Fault::kRtFeatureNotSupport,
            NameOf(event) +
                " cannot be captured; expected an event of "
                "aclrtCreateEventExWithFlag with ACL_EVENT_SYNC");
}

absl::Status RefuseDefaultStream(const Stream& stream, const SyncEvent& event) {
  if (stream.context->default_stream().get() != &stream) {
    return absl::OkStatus();
  }
  return No(Fault::kRtStreamCaptureImplicit,
            NameOf(event) +
                " was recorded in a capture, which the default "
                "stream cannot join; expected a stream of "
                "aclrtCreateStream");
}

absl::Status Conflict(const SyncEvent& event, const Graph& of,
                      const Graph& other) {
  return No(Fault::kStreamCaptureConflict,
            absl::StrCat(NameOf(event), " belongs to the capture of graph ",
                         of.id, ", the stream to that of graph ", other.id));
}

// R70: one kind of use in a graph.
absl::Status CheckUse(const SyncEvent& event, bool mixed) {
  if (!mixed) return absl::OkStatus();
  return WithHazard(
      FaultError(Fault::kRtParamInvalid,
                 NameOf(event) + " is used with and without the EXTERNAL flag "
                                 "in one capture; expected one of them",
                 "EE1018"),
      30);
}

absl::Status NoteUse(Graph* graph, const SyncEvent& event) {
  graph->event_uses.insert(event.id);
  return CheckUse(event, graph->external_uses.contains({event.id, false}) ||
                             graph->external_uses.contains({event.id, true}));
}

absl::Status Record(Call& call, SyncEvent* event, Stream* stream) {
  Graph* graph = stream->graph.get();
  RETURN_IF_ERROR(CheckFamily(*event));
  RETURN_IF_ERROR(NoteUse(graph, *event));
  const auto other = CaptureOf(*event);
  if (other != nullptr && other.get() != graph) {
    return Conflict(*event, *other, *graph);
  }
  Task task = ControlTask("aclrtRecordEvent");
  task.effect = EffectKind::kSet;
  task.target = graph->NewSignal();
  const std::shared_ptr<Signal> signal = task.target;
  RETURN_IF_ERROR(Keep(call, stream, std::move(task)));
  event->captured = std::make_shared<CapturedRecord>(
      CapturedRecord{stream->graph, stream->lane, signal});
  return absl::OkStatus();
}

absl::Status Wait(Call& call, SyncEvent* event, Stream* stream) {
  Graph* graph = stream->graph.get();
  RETURN_IF_ERROR(CheckFamily(*event));
  RETURN_IF_ERROR(NoteUse(graph, *event));
  const auto of = CaptureOf(*event);
  if (of == nullptr) {
    return No(Fault::kRtCaptureDependency,
              absl::StrCat(NameOf(*event),
                           " was not recorded in the capture "
                           "of ",
                           NameOf(*stream),
                           "; expected a record on a "
                           "stream of the same capture"));
  }
  if (of.get() != graph) return Conflict(*event, *of, *graph);
  if (event->captured->lane == stream->lane) return absl::OkStatus();  // R60
  Task task = ControlTask("aclrtStreamWaitEvent");
  task.wait = WaitKind::kLevel;
  task.wait_for = event->captured->signal;
  task.timeout = call.node.wait_timeout;
  return Keep(call, stream, std::move(task));
}

absl::Status JoinBy(Call& call, const SyncEvent& event, Stream* stream) {
  const std::shared_ptr<Graph> graph = CaptureOf(event);
  if (stream->persistent()) {
    return No(Fault::kRtStreamModel,
              NameOf(*stream) +
                  " belongs to a model and cannot join a "
                  "capture; expected an ordinary stream");
  }
  if (stream->context != graph->context.get()) {
    return No(Fault::kRtStreamContext,
              NameOf(*stream) +
                  " belongs to another context than the capture "
                  "of " +
                  NameOf(event));
  }
  return graph->Join(call, stream);
}

// Checks of both directions; notes the use.
absl::Status CheckExternal(const Call& call, const SyncEvent& event,
                           Stream* stream, bool waits) {
  if (!InCapture(*stream)) {
    return No(
        Fault::kRtStreamNotCaptured,
        absl::StrCat(call.name,
                     ": flag 1 (EXTERNAL) is only for a "
                     "stream that is capturing, ",
                     NameOf(*stream), " is not. Expected value: 0 (DEFAULT)"));
  }
  if ((event.flags & (kEventSync | kEventExternal)) == 0) {
    return No(Fault::kRtFeatureNotSupport,
              NameOf(event) +
                  " has no flag ACL_EVENT_SYNC (0x1) or "
                  "ACL_EVENT_EXTERNAL (0x20); expected one");
  }
  Graph* graph = stream->graph.get();
  RETURN_IF_ERROR(CheckUse(event, graph->event_uses.contains(event.id)));
  if (graph->external_uses.insert({event.id, waits}).second) {
    return absl::OkStatus();
  }
  return No(Fault::kRtParamInvalid,
            absl::StrCat(NameOf(event), " is ", waits ? "awaited" : "recorded",
                         " as external twice in graph ", graph->id,
                         "; expected once"));
}

absl::Status CheckStillThere(Call& call, const SyncEvent& event) {
  if (event.alive()) return absl::OkStatus();
  return WithHazard(
      FaultError(Fault::kRtInvalidHandle,
                 absl::StrCat(call.name, ": the graph uses ", NameOf(event),
                              ", which was destroyed; destroy it behind the "
                              "last execution")),
      31);
}

}  // namespace

absl::Status RefuseCaptured(const Call& call, const SyncEvent& event) {
  if (CaptureOf(event) == nullptr) return absl::OkStatus();
  return No(Fault::kRtEventCaptured,
            absl::StrCat("operation ", call.name, " on ", NameOf(event),
                         " not allowed: it was recorded in a capture that goes "
                         "on, where no record happens"));
}

bool ConcernsCapture(const Stream& stream, const SyncEvent& event) {
  return InCapture(stream) || CaptureOf(event) != nullptr;
}

absl::Status CaptureRecord(Call& call, SyncEvent* event, Stream* stream) {
  if (InCapture(*stream)) {
    const std::shared_ptr<Graph> graph = stream->graph;
    const absl::Status status = Record(call, event, stream);
    return status.ok() ? status : Spoil(graph.get(), status);
  }
  RETURN_IF_ERROR(RefuseDefaultStream(*stream, *event));
  return RefuseCaptured(call, *event);
}

absl::Status CaptureWait(Call& call, SyncEvent* event, Stream* stream) {
  if (!InCapture(*stream)) {
    RETURN_IF_ERROR(RefuseDefaultStream(*stream, *event));
    RETURN_IF_ERROR(JoinBy(call, *event, stream));
  }
  const std::shared_ptr<Graph> graph = stream->graph;
  const absl::Status status = Wait(call, event, stream);
  return status.ok() ? status : Spoil(graph.get(), status);
}

absl::Status CaptureExternalRecord(Call& call,
                                   const std::shared_ptr<SyncEvent>& event,
                                   Stream* stream) {
  RETURN_IF_ERROR(CheckExternal(call, *event, stream, /*waits=*/false));
  Task task = ControlTask("aclrtRecordEventWithFlag");
  task.effect = EffectKind::kSet;
  return KeepCall(call, stream, std::move(task),
                  [event](Call& later, const std::shared_ptr<Stream>& on) {
                    const absl::Status there = CheckStillThere(later, *event);
                    return there.ok() ? RecordEvent(later, event.get(), on)
                                      : there;
                  });
}

absl::Status CaptureExternalWait(Call& call,
                                 const std::shared_ptr<SyncEvent>& event,
                                 Stream* stream) {
  RETURN_IF_ERROR(CheckExternal(call, *event, stream, /*waits=*/true));
  Task task = ControlTask("aclrtStreamWaitEventWithFlag");
  task.wait = WaitKind::kLevel;
  return KeepCall(call, stream, std::move(task),
                  [event](Call& later, const std::shared_ptr<Stream>& on) {
                    const absl::Status there = CheckStillThere(later, *event);
                    return there.ok()
                               ? StreamWaitEvent(later, on.get(), event.get(),
                                                 SimDuration(0))
                               : there;
                  });
}

absl::Status CaptureReset(Call& call, const std::shared_ptr<SyncEvent>& event,
                          Stream* stream) {
  if (!InCapture(*stream)) return RefuseCaptured(call, *event);
  if ((event->flags & kEventExternal) == 0) {
    return Spoil(stream->graph.get(),
                 No(Fault::kRtFeatureNotSupport,
                    NameOf(*event) + " cannot be reset in a capture; expected "
                                     "one of flag ACL_EVENT_EXTERNAL (0x20)"));
  }
  Task task = ControlTask("aclrtResetEvent");
  task.effect = EffectKind::kReset;
  return KeepCall(call, stream, std::move(task),
                  [event](Call& later, const std::shared_ptr<Stream>& on) {
                    const absl::Status there = CheckStillThere(later, *event);
                    return there.ok() ? ResetEvent(later, event.get(), on.get())
                                      : there;
                  });
}

}  // namespace npuemu
