#include "emulator/device/sync_event.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "emulator/base/injection.h"
#include "emulator/device/capture.h"
#include "emulator/device/host_wait.h"

namespace npuemu {
namespace {

// Events and notifies count together; 0 means none.
uint32_t LogObject(int id) { return static_cast<uint32_t>(id) + 1; }

void LogObjectCreate(Call& call, int id, uint64_t family) {
  if (!call.node.log().checking()) return;
  call.Log(EventKind::kObjectCreate, -1, -1, LogObject(id), family);
}

void LogObjectDestroy(Call& call, int id) {
  if (!call.node.log().checking()) return;
  call.Log(EventKind::kObjectDestroy, -1, -1, LogObject(id), 0);
}

// R56: which flags go together.
bool FlagsAreLegal(EventFamily family, uint32_t flags) {
  constexpr uint32_t kCombined = kEventSync | kEventProgress | kEventTimeLine;
  if (flags == 0) return false;
  if ((flags & ~kCombined) == 0) return true;
  if (flags == kEventDeviceUseOnly) return true;
  if (flags == kEventExternal) return family == EventFamily::kFixed;
  if (flags == kEventIpc) return family == EventFamily::kNew;
  return false;
}

// R73: fresh ids per record do not work in streams that belong to a model.
absl::Status CheckStream(const SyncEvent& event, const Stream& stream) {
  if (!stream.persistent() || event.family == EventFamily::kFixed) {
    return absl::OkStatus();
  }
  return FaultError(Fault::kRtFeatureNotSupport,
                    "a PERSISTENT stream takes only events of "
                    "aclrtCreateEventWithFlag with ACL_EVENT_SYNC");
}

// R62: stream waits and resets need the SYNC flag.
absl::Status CheckSync(const SyncEvent& event, const char* what) {
  if ((event.flags & (kEventSync | kEventExternal)) != 0) {
    return absl::OkStatus();
  }
  return FaultError(
      Fault::kRtFeatureNotSupport,
      absl::StrFormat("%s needs an event with ACL_EVENT_SYNC (0x1); this one "
                      "was created with flags 0x%x",
                      what, event.flags));
}

}  // namespace

SyncEvent::SyncEvent(int event_id, Device* owner, EventFamily kind,
                     uint32_t flag_bits)
    : id(event_id),
      device(owner),
      family(kind),
      flags(flag_bits),
      epoch(owner->epoch) {
  if (family == EventFamily::kFixed) level = std::make_shared<Signal>();
}

absl::StatusOr<std::shared_ptr<SyncEvent>> CreateEvent(Call& call,
                                                       Device* device,
                                                       EventFamily family,
                                                       uint32_t flags) {
  if (!FlagsAreLegal(family, flags)) {
    return FaultError(
        Fault::kRtParamInvalid,
        absl::StrFormat("%s failed because value 0x%x for parameter flag is "
                        "invalid. Expected value: a combination of "
                        "ACL_EVENT_SYNC, ACL_EVENT_CAPTURE_STREAM_PROGRESS, "
                        "ACL_EVENT_TIME_LINE, or one special flag alone",
                        call.name, flags));
  }
  if (device->events >= kMaxEventsPerDevice) {
    return FaultError(
        Fault::kRtNoEventResource,
        absl::StrCat("device ", device->id, " has ", device->events,
                     " events, expected at most ", kMaxEventsPerDevice));
  }
  ++device->events;
  auto event = std::make_shared<SyncEvent>(call.node.NextEventId(), device,
                                           family, flags);
  LogObjectCreate(call, event->id, static_cast<uint64_t>(family));
  return event;
}

void DestroyEvent(Call& call, SyncEvent* event) {
  if (event->alive()) --event->device->events;
  event->destroyed = true;
  LogObjectDestroy(call, event->id);
}

absl::Status RecordEvent(Call& call, SyncEvent* event,
                         const std::shared_ptr<Stream>& stream) {
  RETURN_IF_ERROR(CheckStream(*event, *stream));
  if (ConcernsCapture(*stream, *event)) {
    return CaptureRecord(call, event, stream.get());
  }
  auto record = std::make_shared<EventRecord>();
  record->signal = event->family == EventFamily::kFixed
                       ? event->level
                       : std::make_shared<Signal>();
  record->stream = stream;
  Task task = ControlTask("aclrtRecordEvent");
  task.effect = EffectKind::kSet;
  task.target = record->signal;
  task.object = LogObject(event->id);
  task.Hooks().on_decided = [record](const Task& decided) {
    record->decided = true;
    record->end = decided.end;
  };
  RETURN_IF_ERROR(Submit(call, stream.get(), std::move(task)));
  record->seq = stream->queue.submitted;
  event->latest = std::move(record);
  ++event->records;
  return absl::OkStatus();
}

namespace {

// What a wait says by itself: H18, H19, H22.
void CheckWait(Call& call, const Stream& stream, const SyncEvent& event) {
  const std::string name = absl::StrCat("event ", event.id);
  const bool fixed = event.family == EventFamily::kFixed;
  // A fixed id blocks until it is recorded: a hazard if it never is (hang).
  if (event.latest == nullptr && !fixed) {
    call.Misuse(18, absl::StrCat(name, " was never recorded: the wait ",
                                 event.family == EventFamily::kNew
                                     ? "does nothing"
                                     : "is refused"),
                stream.queue.id);
  }
  if (fixed && event.records > 1) {
    call.Misuse(19, absl::StrCat(name, " has one fixed id and was recorded ",
                                 event.records, " times without a reset: an "
                                 "old record satisfies the wait"),
                stream.queue.id);
  }
  if (event.device->id != stream.queue.device) {
    call.Misuse(22, absl::StrCat(name, " belongs to device ", event.device->id,
                                 ", the stream to device ",
                                 stream.queue.device,
                                 ": an order is not guaranteed (R69)"),
                stream.queue.id);
  }
}

}  // namespace

absl::Status StreamWaitEvent(Call& call, Stream* stream, SyncEvent* event,
                             SimDuration timeout) {
  RETURN_IF_ERROR(CheckStream(*event, *stream));
  if (ConcernsCapture(*stream, *event)) {
    return CaptureWait(call, event, stream);
  }
  RETURN_IF_ERROR(CheckSync(*event, "aclrtStreamWaitEvent"));
  if (call.node.log().checking()) CheckWait(call, *stream, *event);
  const std::shared_ptr<EventRecord>& latest = event->latest;
  if (event->family != EventFamily::kFixed) {
    if (latest == nullptr) {
      if (event->family == EventFamily::kNew) return absl::OkStatus();  // R59
      return FaultError(Fault::kRtParamInvalid,
                        "The event has not been recorded. Call "
                        "aclrtRecordEvent first",
                        "EE1018");
    }
    const bool complete =
        latest->decided && !latest->reset && latest->end <= call.now;
    const bool same_stream = event->family == EventFamily::kNew &&
                             latest->stream.get() == stream;
    if (complete) {
      call.Log(EventKind::kPassed, stream->queue.device, stream->queue.id,
               latest->signal->id, LogObject(event->id));
    }
    if (complete || same_stream) return absl::OkStatus();  // R60
  }
  Task task = ControlTask("aclrtStreamWaitEvent");
  task.wait = WaitKind::kLevel;
  // R58: the latest record at call time; R61: the level, whoever set it.
  task.wait_for = event->family == EventFamily::kFixed ? event->level
                                                       : latest->signal;
  task.object = LogObject(event->id);
  task.timeout = timeout.count() > 0 ? timeout : call.node.wait_timeout;
  ++*event->open_waits;
  task.Hooks().on_decided = [open = event->open_waits](const Task&) {
    --*open;
  };
  return Submit(call, stream, std::move(task));
}

absl::Status ResetEvent(Call& call, SyncEvent* event, Stream* stream) {
  if (event->family == EventFamily::kNew) {
    return FaultError(Fault::kRtFeatureNotSupport,
                      "aclrtResetEvent does not support events of "
                      "aclrtCreateEventExWithFlag; each record is new");
  }
  RETURN_IF_ERROR(CheckSync(*event, "aclrtResetEvent"));
  event->records = 0;
  std::shared_ptr<Signal> signal = event->level;
  if (event->family == EventFamily::kDefault) {
    if (event->latest == nullptr) return absl::OkStatus();
    event->latest->reset = true;
    signal = event->latest->signal;
  }
  Task task = ControlTask("aclrtResetEvent");
  task.effect = EffectKind::kReset;
  task.target = std::move(signal);
  task.object = LogObject(event->id);
  return Submit(call, stream, std::move(task));
}

bool QueryEvent(Call& call, SyncEvent* event) {
  if (event->latest == nullptr) return event->family == EventFamily::kNew;
  EventRecord& latest = *event->latest;
  PollTask(call, latest.stream.get(), latest.seq);
  const bool complete = latest.decided && latest.end <= call.now;
  if (complete) {
    const StreamQueue& queue = latest.stream->queue;
    call.Log(EventKind::kSync, queue.device, queue.id, latest.seq, 0);
  } else {
    call.WaitedUntil(call.now + CostModel::kPoll);
  }
  return complete;
}

bool QueryEventWaits(Call& call, SyncEvent* event) {
  const bool complete = *event->open_waits == 0;
  if (!complete) call.WaitedUntil(call.now + CostModel::kPoll);
  return complete;
}

absl::Status SynchronizeEvent(Call& call, SyncEvent* event,
                              std::optional<SimDuration> timeout) {
  const std::shared_ptr<EventRecord> latest = event->latest;
  if (latest == nullptr) return absl::OkStatus();  // R63
  if (call.node.injection().TimesOut()) {
    return FaultError(Fault::kRtEventSyncTimeout,
                      absl::StrCat("event e", event->id,
                                   ": a timeout by --inject"));
  }
  if (latest->stream->persistent()) {
    return FaultError(Fault::kRtParamInvalid,
                      "the event is recorded in a PERSISTENT stream; expected "
                      "a record in an ordinary stream (R73)");
  }
  Goal goal;
  goal.roots.push_back({&latest->stream->queue, latest->seq});
  const std::string what = absl::StrCat("event e", event->id);
  RETURN_IF_ERROR(WaitFor(call, goal,
                          {what.c_str(), Fault::kRtEventSyncTimeout, timeout,
                           Fault::kRtEventSyncTimeout}));
  if (timeout && latest->end > call.now + *timeout) {
    call.WaitedUntil(call.now + *timeout);
    return FaultError(Fault::kRtEventSyncTimeout,
                      what + " completes after the timeout in virtual time");
  }
  call.WaitedUntil(latest->end);
  return EndWait(call, latest->stream.get(), latest->seq);
}

absl::StatusOr<float> ElapsedTime(Call& call, const SyncEvent& start,
                                  const SyncEvent& end) {
  if (start.latest == nullptr) {
    return FaultError(Fault::kRtInternalError,
                      "the start event was never recorded");
  }
  ASSIGN_OR_RETURN(const SimTime begin_time, Timestamp(call, start));
  ASSIGN_OR_RETURN(const SimTime end_time, Timestamp(call, end));
  if (end_time < begin_time) {
    return FaultError(
        Fault::kRtEventTimestampReversal,
        absl::StrCat("the end event (", Nanoseconds(end_time),
                     " ns) lies before the start event (",
                     Nanoseconds(begin_time), " ns) in virtual time"));
  }
  return static_cast<float>(
      static_cast<double>((end_time - begin_time).count()) / 1e6);
}

absl::StatusOr<SimTime> Timestamp(const Call& call, const SyncEvent& event) {
  if ((event.flags & kEventTimeLine) == 0) {
    return FaultError(
        Fault::kRtEventTimestampInvalid,
        absl::StrFormat("the event has no time: created with flags 0x%x, "
                        "expected ACL_EVENT_TIME_LINE (0x8)",
                        event.flags));
  }
  if (event.latest == nullptr || !event.latest->decided ||
      event.latest->end > call.now) {
    return FaultError(Fault::kRtEventTimestampInvalid,
                      "the event is not complete; synchronize it first");
  }
  return event.latest->end;
}

absl::StatusOr<std::shared_ptr<Notify>> CreateNotify(Call& call,
                                                     Device* device) {
  if (device->notifies >= kMaxNotifiesPerDevice) {
    return FaultError(
        Fault::kRtNoNotifyResource,
        absl::StrCat("device ", device->id, " has ", device->notifies,
                     " notifies, expected at most ", kMaxNotifiesPerDevice));
  }
  ++device->notifies;
  auto notify = std::make_shared<Notify>(call.node.NextEventId(), device);
  LogObjectCreate(call, notify->id, kNotifyFamily);
  return notify;
}

void DestroyNotify(Call& call, Notify* notify) {
  if (notify->alive()) --notify->device->notifies;
  notify->destroyed = true;
  LogObjectDestroy(call, notify->id);
}

absl::Status RecordNotify(Call& call, Notify* notify, Stream* stream) {
  Task task = ControlTask("aclrtRecordNotify");
  task.effect = EffectKind::kSet;
  task.target = notify->signal;
  task.object = LogObject(notify->id);
  return Submit(call, stream, std::move(task));
}

absl::Status WaitAndResetNotify(Call& call, Notify* notify, Stream* stream,
                                SimDuration timeout) {
  Task task = ControlTask("aclrtWaitAndResetNotify");
  task.wait = WaitKind::kConsume;
  task.wait_for = notify->signal;
  task.object = LogObject(notify->id);
  task.timeout = timeout;
  return Submit(call, stream, std::move(task));
}

}  // namespace npuemu
