// File: kinds.h
// What tasks run on, wait for and do: the numbers of kSubmit, kWait and kEffect
// in the log (event.def).

#ifndef EMULATOR_EVENT_KINDS_H_
#define EMULATOR_EVENT_KINDS_H_

#include <cstdint>

#include "emulator/event/event.h"

namespace npuemu {

// What executes a task; the cost model gives each its resources.
enum class Unit : uint8_t {
  kControl,     // the stream itself: record, wait, notify
  kCube,        // AI cores with their cube unit
  kVector,      // vector cores
  kAiCpu,       // AI CPU
  kCopyIn,      // host to device
  kCopyOut,     // device to host
  kCopyDevice,  // device to device
  kHost,        // a host function
};

// What a task waits for before it runs.
enum class WaitKind : uint8_t {
  kNone,
  kLevel,    // until the signal is set; leaves it set
  kConsume,  // until the signal is set; resets it (notify, R74)
  kValue,    // until value_ready says so (R75)
};

// What it does to its signal.
enum class EffectKind : uint8_t {
  kNone,
  kSet,
  kReset,
  kDeliver,  // a host function goes to its thread; its return sets the signal
  kPublish,  // the value that it writes may end waits (R75); for the log
};

// kObjectCreate has the families of events below it.
constexpr uint64_t kNotifyFamily = 3;

// The parts of b: of kSubmit cores and unit, of kWait and kEffect object and
// kind.
inline Unit UnitOf(const Event& submit) {
  return static_cast<Unit>(submit.b & 0xff);
}
inline WaitKind WaitOf(const Event& wait) {
  return static_cast<WaitKind>(wait.b & 0xff);
}
inline EffectKind EffectOf(const Event& effect) {
  return static_cast<EffectKind>(effect.b & 0xff);
}
inline uint64_t ObjectOf(const Event& event) { return event.b >> 8; }

// Of kCaptured and kReplayed.
inline uint64_t NumberOf(const Event& event) { return event.b >> 1; }
inline bool IsUpdatable(const Event& replayed) { return replayed.b & 1; }

}  // namespace npuemu

#endif  // EMULATOR_EVENT_KINDS_H_
