// File: sim_time.h
// Virtual time: nanoseconds since the node was made. No wall clock stands
// behind it; it is no performance prediction (design 4).

#ifndef EMULATOR_BASE_SIM_TIME_H_
#define EMULATOR_BASE_SIM_TIME_H_

#include <chrono>
#include <cstdint>

namespace npuemu {

using SimDuration = std::chrono::nanoseconds;

// The clock type that makes SimTime a type of its own; it has no now().
struct VirtualClock {
  using duration = SimDuration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};

using SimTime = VirtualClock::time_point;

inline int64_t Nanoseconds(SimTime time) {
  return time.time_since_epoch().count();
}

}  // namespace npuemu

#endif  // EMULATOR_BASE_SIM_TIME_H_
