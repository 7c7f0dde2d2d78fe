// syscall(SYS_futex): what std::atomic::wait and function-local statics of
// libstdc++ wait with.

#include <cstdarg>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

struct FutexCall {
  std::atomic<uint32_t>* word;
  int operation;
  uint32_t value;
  const timespec* time;
};

int Answer(int error) {
  errno = error;
  return -1;
}

long Wait(ControlledThread* self, const FutexCall& call) {
  ThreadControl* control = Control();
  control->SwitchPoint(self, "futex");
  uint64_t until = kNoTime;
  if (call.time != nullptr) {
    const bool absolute =
        (call.operation & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
    const bool realtime = (call.operation & FUTEX_CLOCK_REALTIME) != 0;
    if (!ValidTime(call.time)) return Answer(EINVAL);
    until = FromAbsolute(realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC,
                         call.time);
    if (!absolute) {
      until = self->clock + static_cast<uint64_t>(call.time->tv_sec) * kSecond +
              static_cast<uint64_t>(call.time->tv_nsec);
    }
  }
  control->Prepare(self, call.word, "a futex (std::atomic wait)", until);
  if (call.word->load() != call.value) {
    control->Unprepare(self);
    return Answer(EAGAIN);
  }
  return control->Commit(self) == WakeReason::kTimedOut ? Answer(ETIMEDOUT)
                                                        : 0;
}

}  // namespace

NPUEMU_EXPORT long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  if (number != SYS_futex) {
    const long result =
        RawSyscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    return result < 0 && result > -4096 ? Answer(static_cast<int>(-result))
                                        : result;
  }
  const Scope scope(NPUEMU_CALLER);
  const FutexCall call = {reinterpret_cast<std::atomic<uint32_t>*>(a[0]),
                          static_cast<int>(a[1]), static_cast<uint32_t>(a[2]),
                          reinterpret_cast<const timespec*>(a[3])};
  const int command = call.operation & FUTEX_CMD_MASK;
  const bool waits = command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET;
  const bool wakes = command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET;
  if (wakes) scope.Released(call.word);
  long result;
  if (waits && scope.self() != nullptr) {
    result = Wait(scope.self(), call);
  } else {
    result = RawSyscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (result < 0) result = Answer(static_cast<int>(-result));
  }
  if (waits) scope.Acquired(call.word);
  if (wakes) {
    scope.Wake(call.word, static_cast<int>(call.value));
    if (scope.self() != nullptr) {
      Control()->SwitchPoint(scope.self(), "futex");
    }
  }
  return result;
}

}  // namespace npuemu::preload
