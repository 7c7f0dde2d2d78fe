// File: callers.h
// The places in the program that make calls, as numbers of the log: a place is
// told when it is seen for the first time.
//
// Thread safety: under the node's lock.

#ifndef EMULATOR_DEVICE_CALLERS_H_
#define EMULATOR_DEVICE_CALLERS_H_

#include <cstdint>
#include <unordered_map>

#include "emulator/event/event_log.h"

namespace npuemu {

class Callers {
 public:
  explicit Callers(EventLog* log) : log_(log) {}

  // The number of a return address; 0 for null.
  uint64_t IdOf(const void* caller);

  // --stacks full: tells how the thread came to the call that begins, whose
  // return address is `caller`. 1.5 to 3 us.
  void TellStack(uint64_t thread, const void* caller);

 private:
  EventLog* const log_;
  std::unordered_map<const void*, uint64_t> ids_;
  // Frames by their caller's frame << 32 | place: a tree of all stacks.
  std::unordered_map<uint64_t, uint64_t> frames_;
};

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_CALLERS_H_
