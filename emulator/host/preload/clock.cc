// Sleeping, yielding and reading clocks: virtual for threads under control.

#include <unistd.h>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

uint64_t Nanoseconds(const timespec& time) {
  const auto seconds = static_cast<uint64_t>(time.tv_sec);
  if (seconds >= kNoTime / kSecond - 1) return kNoTime - 1;
  return seconds * kSecond + static_cast<uint64_t>(time.tv_nsec);
}

// The program's view of its thread's clock; a read is a poll.
uint64_t Read(const Scope& scope, clockid_t clock, const char* label) {
  ControlledThread* self = scope.self();
  Control()->Poll(self, label);
  const bool realtime =
      clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  return self->clock + (realtime ? kRealtimeStart : kMonotonicStart);
}

}  // namespace

NPUEMU_EXPORT int sched_yield() noexcept {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() == nullptr) return real.yield();
  Control()->Yield(scope.self(), "sched_yield");
  return 0;
}

NPUEMU_EXPORT unsigned sleep(unsigned seconds) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() == nullptr) return real.sleep_s(seconds);
  Control()->Sleep(scope.self(), "sleep", seconds * kSecond);
  return 0;
}

NPUEMU_EXPORT int usleep(useconds_t microseconds) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() == nullptr) return real.sleep_us(microseconds);
  Control()->Sleep(scope.self(), "usleep", uint64_t{microseconds} * 1000);
  return 0;
}

NPUEMU_EXPORT int nanosleep(const timespec* time, timespec* left) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() == nullptr || !ValidTime(time) || time->tv_sec < 0) {
    return real.sleep_ns(time, left);
  }
  Control()->Sleep(scope.self(), "nanosleep", Nanoseconds(*time));
  return 0;
}

NPUEMU_EXPORT int clock_nanosleep(clockid_t clock, int flags,
                                  const timespec* time, timespec* left) {
  const Scope scope(NPUEMU_CALLER);
  ControlledThread* self = scope.self();
  if (self == nullptr || !ValidTime(time) || time->tv_sec < 0 ||
      !VirtualClock(clock)) {
    return real.sleep_clock(clock, flags, time, left);
  }
  uint64_t duration = Nanoseconds(*time);
  if ((flags & TIMER_ABSTIME) != 0) {
    const uint64_t until = FromAbsolute(clock, time);
    const uint64_t now = self->clock;
    duration = until > now ? until - now : 0;
  }
  Control()->Sleep(self, "clock_nanosleep", duration);
  return 0;
}

NPUEMU_EXPORT int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() == nullptr || !VirtualClock(clock)) {
    // A constructor may ask before there is anything to pass to.
    if (real.gettime != nullptr) return real.gettime(clock, time);
    return RawSyscall(SYS_clock_gettime, clock,
                      reinterpret_cast<long>(time)) == 0
               ? 0
               : -1;
  }
  const uint64_t now = Read(scope, clock, "clock_gettime");
  time->tv_sec = static_cast<time_t>(now / kSecond);
  time->tv_nsec = static_cast<long>(now % kSecond);
  return 0;
}

NPUEMU_EXPORT int gettimeofday(timeval* time, void* zone) noexcept {
  const Scope scope(NPUEMU_CALLER);
  // The header says nonnull, but the kernel accepts null.
  if (scope.self() == nullptr || reinterpret_cast<uintptr_t>(time) == 0) {
    return real.timeofday(time, zone);
  }
  const uint64_t now = Read(scope, CLOCK_REALTIME, "gettimeofday");
  time->tv_sec = static_cast<time_t>(now / kSecond);
  time->tv_usec = static_cast<suseconds_t>(now % kSecond / 1000);
  return 0;
}

NPUEMU_EXPORT time_t time(time_t* result) noexcept {
  const Scope scope(NPUEMU_CALLER);
  timespec now = {};
  if (scope.self() == nullptr) {
    RawSyscall(SYS_clock_gettime, CLOCK_REALTIME,
               reinterpret_cast<long>(&now));
  } else {
    now.tv_sec = static_cast<time_t>(
        Read(scope, CLOCK_REALTIME, "time") / kSecond);
  }
  if (result != nullptr) *result = now.tv_sec;
  return now.tv_sec;
}

}  // namespace npuemu::preload
