// Semaphores, barriers and pthread_once.

#include <map>
#include <mutex>
#include <new>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

// sem_trywait in the shape of Acquire: EBUSY while there is nothing to take.
int TrySemaphore(sem_t* semaphore) {
  if (real.sem_trywait(semaphore) == 0) return 0;
  return errno == EAGAIN ? EBUSY : errno;
}

template <typename RealWait>
int WaitSemaphore(const Scope& scope, sem_t* semaphore, const char* label,
                  uint64_t until, RealWait real_wait) {
  int result;
  if (scope.self() == nullptr) {
    result = real_wait();
  } else {
    Control()->SwitchPoint(scope.self(), label);
    const int error =
        Acquire(scope.self(), semaphore, "a semaphore", until,
                [&] { return TrySemaphore(semaphore); });
    if (error != 0) errno = error;
    result = error == 0 ? 0 : -1;
  }
  if (result == 0) scope.Acquired(semaphore);
  return result;
}

uint64_t Limit(const Scope& scope, clockid_t clock, const timespec* time) {
  return scope.self() != nullptr ? FromAbsolute(clock, time) : kNoTime;
}

}  // namespace

NPUEMU_EXPORT int sem_wait(sem_t* semaphore) {
  const Scope scope(NPUEMU_CALLER);
  return WaitSemaphore(scope, semaphore, "sem_wait", kNoTime,
                       [&] { return real.sem_wait(semaphore); });
}

NPUEMU_EXPORT int sem_timedwait(sem_t* semaphore, const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  if (!ValidTime(time)) return real.sem_timedwait(semaphore, time);
  return WaitSemaphore(scope, semaphore, "sem_timedwait",
                       Limit(scope, CLOCK_REALTIME, time), [&] {
                         return real.sem_timedwait(semaphore, time);
                       });
}

NPUEMU_EXPORT int sem_clockwait(sem_t* semaphore, clockid_t clock,
                                const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  if (!ValidTime(time)) return real.sem_clockwait(semaphore, clock, time);
  return WaitSemaphore(scope, semaphore, "sem_clockwait",
                       Limit(scope, clock, time), [&] {
                         return real.sem_clockwait(semaphore, clock, time);
                       });
}

NPUEMU_EXPORT int sem_trywait(sem_t* semaphore) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() != nullptr) {
    Control()->Poll(scope.self(), "sem_trywait");
  }
  const int result = real.sem_trywait(semaphore);
  if (result == 0) scope.Acquired(semaphore);
  return result;
}

// A signal handler may call it, on a thread that holds the controller's lock:
// then the watchdog passes the wake on.
NPUEMU_EXPORT int sem_post(sem_t* semaphore) {
  const bool within = local.depth > 0;
  const Scope scope(NPUEMU_CALLER);
  scope.Released(semaphore);
  const int result = real.sem_post(semaphore);
  if (within) {
    missed_wake.store(true, std::memory_order_relaxed);
    return result;
  }
  scope.Wake(semaphore);
  if (scope.self() != nullptr) {
    Control()->SwitchPoint(scope.self(), "sem_post");
  }
  return result;
}

namespace {

struct Barrier {
  unsigned count = 0;
  unsigned arrived = 0;
  uint64_t round = 0;
};

// By address, looked up only. Never destroyed: threads may outlive main.
FutexLock barrier_lock;
std::map<uintptr_t, Barrier>& Barriers() {
  static auto* barriers = new std::map<uintptr_t, Barrier>();
  return *barriers;
}

}  // namespace

NPUEMU_EXPORT int pthread_barrier_init(pthread_barrier_t* barrier,
                                       const pthread_barrierattr_t* attributes,
                                       unsigned count) {
  const Scope scope(NPUEMU_CALLER);
  const int result = real.barrier_init(barrier, attributes, count);
  if (result == 0 && scope.self() != nullptr) {
    const std::lock_guard<FutexLock> guard(barrier_lock);
    Barriers()[reinterpret_cast<uintptr_t>(barrier)] = {count, 0, 0};
  }
  return result;
}

NPUEMU_EXPORT int pthread_barrier_destroy(pthread_barrier_t* barrier) {
  const Scope scope(NPUEMU_CALLER);
  {
    const std::lock_guard<FutexLock> guard(barrier_lock);
    Barriers().erase(reinterpret_cast<uintptr_t>(barrier));
  }
  return real.barrier_destroy(barrier);
}

NPUEMU_EXPORT int pthread_barrier_wait(pthread_barrier_t* barrier) {
  const Scope scope(NPUEMU_CALLER);
  ControlledThread* self = scope.self();
  scope.Released(barrier);
  Barrier* known = nullptr;
  if (self != nullptr) {
    Control()->SwitchPoint(self, "pthread_barrier_wait");
    const std::lock_guard<FutexLock> guard(barrier_lock);
    const auto found = Barriers().find(reinterpret_cast<uintptr_t>(barrier));
    if (found != Barriers().end()) known = &found->second;
  }
  int result = 0;
  if (known == nullptr) {
    result = real.barrier_wait(barrier);
  } else if (++known->arrived == known->count) {
    known->arrived = 0;
    ++known->round;
    scope.Wake(barrier);
    Control()->SwitchPoint(self, "pthread_barrier_wait");
    result = PTHREAD_BARRIER_SERIAL_THREAD;
  } else {
    // The last one out may destroy it: no look at `known` after the wait.
    Control()->Block(self, barrier, "a barrier");
  }
  scope.Acquired(barrier);
  return result;
}

namespace {

// Whose routine runs now, by thread; what others wait for.
FutexLock once_lock;
std::map<uintptr_t, int>& OnceRunning() {
  static auto* running = new std::map<uintptr_t, int>();
  return *running;
}

// Ends a turn at a pthread_once_t, also by an exception (std::call_once).
class OnceTurn {
 public:
  OnceTurn(const Scope& scope, pthread_once_t* once)
      : scope_(scope), once_(once) {}
  // Whether it is the caller's turn.
  bool Take() {
    const std::lock_guard<FutexLock> guard(once_lock);
    return OnceRunning()
        .try_emplace(reinterpret_cast<uintptr_t>(once_), 1)
        .second;
  }
  ~OnceTurn() {
    {
      const std::lock_guard<FutexLock> guard(once_lock);
      OnceRunning().erase(reinterpret_cast<uintptr_t>(once_));
    }
    scope_.Wake(once_);
  }

 private:
  const Scope& scope_;
  pthread_once_t* const once_;
};

thread_local void (*once_routine)() __attribute__((tls_model("initial-exec")));

void RunOnce() {
  const Outward outward;
  once_routine();
}

}  // namespace

void ForgetObjectsAfterFork() {
  once_lock.~FutexLock();
  new (&once_lock) FutexLock();
  OnceRunning().clear();
  barrier_lock.~FutexLock();
  new (&barrier_lock) FutexLock();
}

NPUEMU_EXPORT int pthread_once(pthread_once_t* once, void (*routine)()) {
  const Scope scope(NPUEMU_CALLER);
  ControlledThread* self = scope.self();
  constexpr int kDone = 2;  // glibc's value of a finished once
  int result;
  if (self == nullptr) {
    result = real.once(once, routine);
  } else if (__atomic_load_n(once, __ATOMIC_ACQUIRE) == kDone) {
    result = 0;
  } else {
    Control()->SwitchPoint(self, "pthread_once");
    OnceTurn turn(scope, once);
    Acquire(self, once, "pthread_once", kNoTime,
            [&] { return turn.Take() ? 0 : EBUSY; });
    once_routine = routine;
    result = real.once(once, RunOnce);
  }
  scope.Acquired(once);
  return result;
}

}  // namespace npuemu::preload
