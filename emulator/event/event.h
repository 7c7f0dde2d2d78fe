// File: event.h
// Everything that happens is one Event value in one log (design 1.4).

#ifndef EMULATOR_EVENT_EVENT_H_
#define EMULATOR_EVENT_EVENT_H_

#include <cstdint>
#include <span>
#include <string>

#include "emulator/base/sim_time.h"

namespace npuemu {

enum class EventKind : uint8_t {
#define EVENT(id, word) id,
#include "emulator/event/event.def"
#undef EVENT
};

// What stands in a log for the detectors alone: it differs between runs.
inline bool IsForDetectors(EventKind kind) {
  switch (kind) {
    case EventKind::kCaller:
    case EventKind::kFrame:
    case EventKind::kStack:
    case EventKind::kEdge:
    case EventKind::kHostTouch: return true;
    default: return false;
  }
}

// What only details a run: the text of a log leaves it out.
inline bool IsDetail(EventKind kind) {
  switch (kind) {
    case EventKind::kTurn:
    case EventKind::kRead:
    case EventKind::kWrite:
    case EventKind::kPassed:
    case EventKind::kObjectCreate:
    case EventKind::kObjectDestroy:
    case EventKind::kHostFunction:
    case EventKind::kReplayed:
    case EventKind::kRenewed:
    case EventKind::kDeviceReset: return true;
    default: return IsForDetectors(kind);
  }
}

// Who acts, besides the program's threads (by their ids).
constexpr uint64_t kActorHelper = 1 << 24;   // the helper thread
constexpr uint64_t kActorContext = 1 << 25;  // + id: a context's host functions

// What an argument is; the value says which. Addresses and handles of objects
// that are no part of the log (descriptors, host memory) have no value.
enum class ArgumentKind : uint8_t {
  kNumber,
  kNull,
  kHandle,  // the handle's value: kind, generation, index
  kDevice,  // offset in the device's memory
  kPinned,  // offset in the last pinned block that lies below
  kHost,
};

// One entry. Only canonical ids, so that two runs compare: streams, tasks and
// threads by creation, addresses as device-relative offsets.
struct Event {
  EventKind kind = EventKind::kCall;
  int16_t device = -1;      // -1: none
  int32_t stream = -1;      // -1: none
  uint64_t task = 0;        // 0: none
  SimTime time;             // when it happened
  SimTime end;              // end of a kRun
  const char* name = "";    // static: API function or operator type
  uint64_t a = 0;
  uint64_t b = 0;
};

// One argument of a call: an event of kind kArgument, with the call's name and
// time. No defaults: calls fill arrays of them.
struct Argument {
  ArgumentKind kind;
  int16_t device;  // of kDevice; -1
  uint64_t value;
};
Event EventOf(const Argument& argument, const char* call, SimTime time);

// One line without line feed: "run   1500 +2300 d0 s1 t7 MatMulV2".
std::string ToText(const Event& event);

// Sees every event, in log order, with the log's lock held: must not call back
// into the emulator.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnEvent(const Event& event) = 0;
  // All arguments of a call at once: there are more of them than of all other
  // events. Here: one OnEvent() each.
  virtual void OnArguments(std::span<const Argument> arguments,
                           const char* call, SimTime time);
};

}  // namespace npuemu

#endif  // EMULATOR_EVENT_EVENT_H_
