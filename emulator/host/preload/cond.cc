// Condition variables, of both symbol versions. A signal wakes the longest
// waiter; the real functions are called too, for threads that are not under
// control.

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

using Cond = pthread_cond_t;
using Mutex = pthread_mutex_t;

// No lock of ours is held: the program's handlers may run, and unwinding.
void CancelPoint() {
  const Outward outward;
  pthread_testcancel();
}

int WaitCond(const Scope& scope, Cond* cond, Mutex* mutex, const char* label,
             uint64_t until) {
  ControlledThread* self = scope.self();
  ThreadControl* control = Control();
  control->SwitchPoint(self, label);
  CancelPoint();
  control->Prepare(self, cond, "a condition variable", until);
  scope.Released(mutex);
  const int error = real.mutex_unlock(mutex);
  if (error != 0) {
    control->Unprepare(self);
    return error;
  }
  control->Wake(self, mutex);
  const WakeReason reason = control->Commit(self);
  const int locked = Acquire(self, mutex, "a mutex", kNoTime,
                             [&] { return real.mutex_trylock(mutex); });
  scope.Acquired(cond);
  scope.Acquired(mutex);
  if (locked != 0) return locked;
  CancelPoint();
  return reason == WakeReason::kTimedOut ? ETIMEDOUT : 0;
}

// Which clock pthread_cond_timedwait uses (pthread_condattr_setclock).
clockid_t ClockOf(const Cond* cond) {
  constexpr unsigned kMonotonicFlag = 2;  // glibc: __wrefs
  return (cond->__data.__wrefs & kMonotonicFlag) != 0 ? CLOCK_MONOTONIC
                                                      : CLOCK_REALTIME;
}

template <typename RealWait>
int Wait(const Scope& scope, Cond* cond, Mutex* mutex, const char* label,
         uint64_t until, RealWait real_wait) {
  if (scope.self() != nullptr) {
    return WaitCond(scope, cond, mutex, label, until);
  }
  scope.Released(mutex);
  const int result = real_wait();
  scope.Acquired(cond);
  scope.Acquired(mutex);
  return result;
}

template <typename RealSignal>
int Signal(const Scope& scope, Cond* cond, const char* label, int count,
           RealSignal real_signal) {
  if (scope.self() != nullptr) Control()->SwitchPoint(scope.self(), label);
  scope.Released(cond);
  const int result = real_signal(cond);
  scope.Wake(cond, count);
  return result;
}

constexpr int kAll = 1 << 30;

uint64_t Limit(const Scope& scope, clockid_t clock, const timespec* time) {
  return scope.self() != nullptr ? FromAbsolute(clock, time) : kNoTime;
}

}  // namespace

NPUEMU_EXPORT int pthread_cond_clockwait(Cond* cond, Mutex* mutex,
                                         clockid_t clock,
                                         const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  if (!ValidTime(time)) return EINVAL;
  return Wait(scope, cond, mutex, "pthread_cond_clockwait",
              Limit(scope, clock, time), [&] {
                return real.cond_clockwait(cond, mutex, clock, time);
              });
}

NPUEMU_EXPORT int npuemu_cond_wait(Cond* cond, Mutex* mutex) {
  const Scope scope(NPUEMU_CALLER);
  return Wait(scope, cond, mutex, "pthread_cond_wait", kNoTime,
              [&] { return real.cond_wait(cond, mutex); });
}

NPUEMU_EXPORT int npuemu_old_cond_wait(Cond* cond, Mutex* mutex) {
  const Scope scope(NPUEMU_CALLER);
  return Wait(scope, cond, mutex, "pthread_cond_wait", kNoTime,
              [&] { return real.old_cond_wait(cond, mutex); });
}

NPUEMU_EXPORT int npuemu_cond_timedwait(Cond* cond, Mutex* mutex,
                                        const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  if (!ValidTime(time)) return EINVAL;
  return Wait(scope, cond, mutex, "pthread_cond_timedwait",
              Limit(scope, ClockOf(cond), time),
              [&] { return real.cond_timedwait(cond, mutex, time); });
}

NPUEMU_EXPORT int npuemu_old_cond_timedwait(Cond* cond, Mutex* mutex,
                                            const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  if (!ValidTime(time)) return EINVAL;
  return Wait(scope, cond, mutex, "pthread_cond_timedwait",
              Limit(scope, CLOCK_REALTIME, time),
              [&] { return real.old_cond_timedwait(cond, mutex, time); });
}

NPUEMU_EXPORT int npuemu_cond_signal(Cond* cond) {
  const Scope scope(NPUEMU_CALLER);
  return Signal(scope, cond, "pthread_cond_signal", 1, real.cond_signal);
}

NPUEMU_EXPORT int npuemu_old_cond_signal(Cond* cond) {
  const Scope scope(NPUEMU_CALLER);
  return Signal(scope, cond, "pthread_cond_signal", 1, real.old_cond_signal);
}

NPUEMU_EXPORT int npuemu_cond_broadcast(Cond* cond) {
  const Scope scope(NPUEMU_CALLER);
  return Signal(scope, cond, "pthread_cond_broadcast", kAll,
                real.cond_broadcast);
}

NPUEMU_EXPORT int npuemu_old_cond_broadcast(Cond* cond) {
  const Scope scope(NPUEMU_CALLER);
  return Signal(scope, cond, "pthread_cond_broadcast", kAll,
                real.old_cond_broadcast);
}

#define NPUEMU_VERSIONS(name)                                         \
  asm(".symver npuemu_" #name ", pthread_" #name "@@GLIBC_2.3.2");    \
  asm(".symver npuemu_old_" #name ", pthread_" #name "@GLIBC_2.2.5");
NPUEMU_VERSIONS(cond_wait)
NPUEMU_VERSIONS(cond_timedwait)
NPUEMU_VERSIONS(cond_signal)
NPUEMU_VERSIONS(cond_broadcast)
#undef NPUEMU_VERSIONS

}  // namespace npuemu::preload
