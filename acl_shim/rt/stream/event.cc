// Events of all families (R56-R73).

#include <chrono>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/stream/timeouts.h"
#include "emulator/device/capture.h"
#include "emulator/device/sync_event.h"

namespace npuemu::shim {
namespace {

absl::Status Create(Call& call, aclrtEvent* event, EventFamily family,
                    uint32_t flag) {
  RETURN_IF_NULL(event);
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  ASSIGN_OR_RETURN(auto made,
                   CreateEvent(call, &context->device(), family, flag));
  *event = Process::Get().events.Add(std::move(made));
  return absl::OkStatus();
}

// An event and a stream of the current context (R65).
struct Pair {
  std::shared_ptr<SyncEvent> event;
  std::shared_ptr<Stream> stream;
};

absl::StatusOr<Pair> Find(Call& call, aclrtEvent event, aclrtStream stream) {
  Pair pair;
  ASSIGN_OR_RETURN(pair.event, Process::Get().FindEvent(event, "event"));
  ASSIGN_OR_RETURN(pair.stream, Process::Get().FindStream(call, stream));
  return pair;
}

absl::StatusOr<bool> IsExternal(uint32_t flag) {
  if (flag == ACL_EVENT_RECORD_DEFAULT) return false;
  if (flag == ACL_EVENT_RECORD_EXTERNAL) return true;
  return InvalidValue(Fault::kRtParamInvalid, "flag", std::to_string(flag),
                      "0 (DEFAULT) or 1 (EXTERNAL)");
}

absl::Status WaitExternal(Call& call, const Pair& pair, uint32_t timeout) {
  if (timeout != 0 && InCapture(*pair.stream)) {
    return InvalidValue(Fault::kRtParamInvalid, "timeout",
                        std::to_string(timeout), "0 with flag 1 (EXTERNAL)");
  }
  return CaptureExternalWait(call, pair.event, pair.stream.get());
}

absl::Status Wait(Call& call, aclrtStream stream, aclrtEvent event,
                  std::chrono::seconds timeout) {
  ASSIGN_OR_RETURN(const Pair pair, Find(call, event, stream));
  return StreamWaitEvent(call, pair.stream.get(), pair.event.get(), timeout);
}

// R62: events of the new mode have no such state.
absl::Status RefuseNewMode(const Call& call, const SyncEvent& event) {
  if (event.family != EventFamily::kNew) return absl::OkStatus();
  return FaultError(Fault::kRtFeatureNotSupport,
                    std::string(call.name) +
                        " does not support events of "
                        "aclrtCreateEventExWithFlag. Use "
                        "aclrtQueryEventStatus");
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtCreateEvent(aclrtEvent* event) {
  return NodeCall("aclrtCreateEvent", Args(event), [&](Call& call) {
    return Create(call, event, EventFamily::kDefault,
                  kEventSync | kEventProgress | kEventTimeLine);
  });
}

aclError aclrtCreateEventWithFlag(aclrtEvent* event, uint32_t flag) {
  return NodeCall("aclrtCreateEventWithFlag", Args(event, flag),
                  [&](Call& call) {
                    return Create(call, event, EventFamily::kFixed, flag);
                  });
}

aclError aclrtCreateEventExWithFlag(aclrtEvent* event, uint32_t flag) {
  return NodeCall(
      "aclrtCreateEventExWithFlag", Args(event, flag),
      [&](Call& call) { return Create(call, event, EventFamily::kNew, flag); });
}

aclError aclrtDestroyEvent(aclrtEvent event) {
  return NodeCall(
      "aclrtDestroyEvent", Args(event), [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(const auto found,
                         Process::Get().events.Remove(event, "event"));
        const bool alive = found->alive();
        DestroyEvent(call, found.get());  // its tasks keep what they need (R68)
        if (!alive && call.node.log().checking()) {
          call.Misuse(44, "the event went with the reset of its device (R14)");
        }
        return absl::OkStatus();
      });
}

aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream) {
  return NodeCall(
      "aclrtRecordEvent", Args(event, stream), [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(const Pair pair, Find(call, event, stream));
        return RecordEvent(call, pair.event.get(), pair.stream);
      });
}

aclError aclrtRecordEventWithFlag(aclrtEvent event, aclrtStream stream,
                                  uint32_t flag) {
  return NodeCall("aclrtRecordEventWithFlag", Args(event, stream, flag),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const Pair pair,
                                     Find(call, event, stream));
                    ASSIGN_OR_RETURN(const bool external, IsExternal(flag));
                    if (external) {
                      return CaptureExternalRecord(call, pair.event,
                                                   pair.stream.get());
                    }
                    return RecordEvent(call, pair.event.get(), pair.stream);
                  });
}

aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream) {
  return NodeCall(
      "aclrtResetEvent", Args(event, stream), [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(const Pair pair, Find(call, event, stream));
        if (ConcernsCapture(*pair.stream, *pair.event)) {
          return CaptureReset(call, pair.event, pair.stream.get());
        }
        return ResetEvent(call, pair.event.get(), pair.stream.get());
      });
}

aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event) {
  return NodeCall("aclrtStreamWaitEvent", Args(stream, event), [&](Call& call) {
    return Wait(call, stream, event, std::chrono::seconds(0));
  });
}

aclError aclrtStreamWaitEventWithTimeout(aclrtStream stream, aclrtEvent event,
                                         int32_t timeout) {
  return NodeCall(
      "aclrtStreamWaitEventWithTimeout", Args(stream, event, timeout),
      [&](Call& call) -> absl::Status {
        if (timeout < 0) {
          return InvalidValue(Fault::kRtParamInvalid, "timeout",
                              std::to_string(timeout),
                              "0 (no timeout) or seconds");
        }
        return Wait(call, stream, event, std::chrono::seconds(timeout));
      });
}

aclError aclrtStreamWaitEventWithFlag(aclrtStream stream, aclrtEvent event,
                                      uint32_t timeout, uint32_t flag) {
  return NodeCall("aclrtStreamWaitEventWithFlag",
                  Args(stream, event, timeout, flag),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const Pair pair,
                                     Find(call, event, stream));
                    ASSIGN_OR_RETURN(const bool external, IsExternal(flag));
                    if (external) return WaitExternal(call, pair, timeout);
                    return Wait(call, stream, event,
                                std::chrono::seconds(timeout));
                  });
}

aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus* status) {
  return NodeCall(
      "aclrtQueryEvent", Args(event, status), [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(status);
        ASSIGN_OR_RETURN(const auto found,
                         Process::Get().FindEvent(event, "event"));
        RETURN_IF_ERROR(RefuseCaptured(call, *found));
        RETURN_IF_ERROR(RefuseNewMode(call, *found));
        *status = QueryEvent(call, found.get()) ? ACL_EVENT_STATUS_COMPLETE
                                                : ACL_EVENT_STATUS_NOT_READY;
        return absl::OkStatus();
      });
}

aclError aclrtQueryEventStatus(aclrtEvent event,
                               aclrtEventRecordedStatus* status) {
  return NodeCall("aclrtQueryEventStatus", Args(event, status),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(status);
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindEvent(event, "event"));
                    RETURN_IF_ERROR(RefuseCaptured(call, *found));
                    *status = QueryEvent(call, found.get())
                                  ? ACL_EVENT_RECORDED_STATUS_COMPLETE
                                  : ACL_EVENT_RECORDED_STATUS_NOT_READY;
                    return absl::OkStatus();
                  });
}

aclError aclrtQueryEventWaitStatus(aclrtEvent event,
                                   aclrtEventWaitStatus* status) {
  return NodeCall("aclrtQueryEventWaitStatus", Args(event, status),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(status);
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindEvent(event, "event"));
                    RETURN_IF_ERROR(RefuseCaptured(call, *found));
                    RETURN_IF_ERROR(RefuseNewMode(call, *found));
                    *status = QueryEventWaits(call, found.get())
                                  ? ACL_EVENT_WAIT_STATUS_COMPLETE
                                  : ACL_EVENT_WAIT_STATUS_NOT_READY;
                    return absl::OkStatus();
                  });
}

aclError aclrtSynchronizeEvent(aclrtEvent event) {
  return NodeCall("aclrtSynchronizeEvent", Args(event),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindEvent(event, "event"));
                    RETURN_IF_ERROR(RefuseCaptured(call, *found));
                    return SynchronizeEvent(call, found.get(), std::nullopt);
                  });
}

aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout) {
  return NodeCall("aclrtSynchronizeEventWithTimeout", Args(event, timeout),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindEvent(event, "event"));
                    RETURN_IF_ERROR(RefuseCaptured(call, *found));
                    ASSIGN_OR_RETURN(const auto limit, HostTimeout(timeout));
                    return SynchronizeEvent(call, found.get(), limit);
                  });
}

aclError aclrtEventElapsedTime(float* ms, aclrtEvent startEvent,
                               aclrtEvent endEvent) {
  return NodeCall("aclrtEventElapsedTime", Args(ms, startEvent, endEvent),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(ms);
                    Process& process = Process::Get();
                    ASSIGN_OR_RETURN(
                        const auto start,
                        process.FindEvent(startEvent, "startEvent"));
                    ASSIGN_OR_RETURN(const auto end,
                                     process.FindEvent(endEvent, "endEvent"));
                    ASSIGN_OR_RETURN(*ms, ElapsedTime(call, *start, *end));
                    return absl::OkStatus();
                  });
}

aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t* timestamp) {
  return NodeCall(
      "aclrtEventGetTimestamp", Args(event, timestamp),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(timestamp);
        ASSIGN_OR_RETURN(const auto found,
                         Process::Get().FindEvent(event, "event"));
        ASSIGN_OR_RETURN(const SimTime time, Timestamp(call, *found));
        *timestamp = static_cast<uint64_t>(Nanoseconds(time) / 1000);
        return absl::OkStatus();
      });
}

aclError aclrtGetEventId(aclrtEvent event, uint32_t* eventId) {
  return NodeCall("aclrtGetEventId", Args(event, eventId),
                  [&](Call&) -> absl::Status {
                    RETURN_IF_NULL(eventId);
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindEvent(event, "event"));
                    *eventId = static_cast<uint32_t>(found->id);
                    return absl::OkStatus();
                  });
}

aclError aclrtGetEventAvailNum(uint32_t* eventCount) {
  return NodeCall("aclrtGetEventAvailNum", Args(eventCount),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(eventCount);
                    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
                    *eventCount = static_cast<uint32_t>(
                        kMaxEventsPerDevice - context->device().events);
                    return absl::OkStatus();
                  });
}
