// Mutexes, read-write locks and spin locks: the real object holds the state,
// the controller decides who tries when.

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

int Self(const ControlledThread* thread) { return thread->tid.load(); }

// What glibc answers at once, instead of waiting for oneself.
bool AnswersAtOnce(const pthread_mutex_t* mutex, const ControlledThread* self) {
  return (mutex->__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK_NP &&
         mutex->__data.__owner == Self(self);
}

template <typename RealLock>
int LockMutex(const Scope& scope, pthread_mutex_t* mutex, const char* label,
              uint64_t until, RealLock real_lock) {
  ControlledThread* self = scope.self();
  int result;
  if (self == nullptr || until == 0) {
    result = real_lock();
  } else {
    Control()->SwitchPoint(self, label);
    result = AnswersAtOnce(mutex, self)
                 ? real_lock()
                 : Acquire(self, mutex, "a mutex", until,
                           [&] { return real.mutex_trylock(mutex); });
  }
  if (result == 0 || result == EOWNERDEAD) scope.Acquired(mutex);
  return result;
}

template <typename Attempt, typename RealLock>
int LockShared(const Scope& scope, pthread_rwlock_t* lock, const char* label,
               uint64_t until, Attempt attempt, RealLock real_lock) {
  ControlledThread* self = scope.self();
  int result;
  if (self == nullptr || lock->__data.__cur_writer == Self(self)) {
    result = real_lock();  // EDEADLK if it is held by the caller
  } else {
    Control()->SwitchPoint(self, label);
    result = Acquire(self, lock, "a read-write lock", until, attempt);
  }
  if (result == 0) scope.Acquired(lock);
  return result;
}

// An invalid time is for glibc to refuse.
uint64_t Limit(const Scope& scope, clockid_t clock, const timespec* time) {
  if (scope.self() == nullptr || !ValidTime(time)) return kNoTime;
  return FromAbsolute(clock, time);
}

// Behind a release others may go first.
void AfterRelease(const Scope& scope, const void* object, const char* label) {
  scope.Wake(object);
  if (scope.self() != nullptr) Control()->SwitchPoint(scope.self(), label);
}

}  // namespace

NPUEMU_EXPORT int pthread_mutex_lock(pthread_mutex_t* mutex) {
  const Scope scope(NPUEMU_CALLER);
  return LockMutex(scope, mutex, "pthread_mutex_lock", kNoTime,
                   [&] { return real.mutex_lock(mutex); });
}

NPUEMU_EXPORT int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() != nullptr) {
    Control()->SwitchPoint(scope.self(), "pthread_mutex_trylock");
  }
  const int result = real.mutex_trylock(mutex);
  if (result == 0 || result == EOWNERDEAD) scope.Acquired(mutex);
  return result;
}

NPUEMU_EXPORT int pthread_mutex_timedlock(pthread_mutex_t* mutex,
                                          const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  return LockMutex(scope, mutex, "pthread_mutex_timedlock",
                   Limit(scope, CLOCK_REALTIME, time),
                   [&] { return real.mutex_timedlock(mutex, time); });
}

NPUEMU_EXPORT int pthread_mutex_clocklock(pthread_mutex_t* mutex,
                                          clockid_t clock,
                                          const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  return LockMutex(scope, mutex, "pthread_mutex_clocklock",
                   Limit(scope, clock, time),
                   [&] { return real.mutex_clocklock(mutex, clock, time); });
}

NPUEMU_EXPORT int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  const Scope scope(NPUEMU_CALLER);
  scope.Released(mutex);
  const int result = real.mutex_unlock(mutex);
  if (result == 0) AfterRelease(scope, mutex, "pthread_mutex_unlock");
  return result;
}

NPUEMU_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  return LockShared(
      scope, lock, "pthread_rwlock_rdlock", kNoTime,
      [&] { return real.rwlock_tryrdlock(lock); },
      [&] { return real.rwlock_rdlock(lock); });
}

NPUEMU_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock,
                                             const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  return LockShared(
      scope, lock, "pthread_rwlock_timedrdlock",
      Limit(scope, CLOCK_REALTIME, time),
      [&] { return real.rwlock_tryrdlock(lock); },
      [&] { return real.rwlock_timedrdlock(lock, time); });
}

NPUEMU_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() != nullptr) {
    Control()->SwitchPoint(scope.self(), "pthread_rwlock_tryrdlock");
  }
  const int result = real.rwlock_tryrdlock(lock);
  if (result == 0) scope.Acquired(lock);
  return result;
}

NPUEMU_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  return LockShared(
      scope, lock, "pthread_rwlock_wrlock", kNoTime,
      [&] { return real.rwlock_trywrlock(lock); },
      [&] { return real.rwlock_wrlock(lock); });
}

NPUEMU_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock,
                                             const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  return LockShared(
      scope, lock, "pthread_rwlock_timedwrlock",
      Limit(scope, CLOCK_REALTIME, time),
      [&] { return real.rwlock_trywrlock(lock); },
      [&] { return real.rwlock_timedwrlock(lock, time); });
}

NPUEMU_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() != nullptr) {
    Control()->SwitchPoint(scope.self(), "pthread_rwlock_trywrlock");
  }
  const int result = real.rwlock_trywrlock(lock);
  if (result == 0) scope.Acquired(lock);
  return result;
}

NPUEMU_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  scope.Released(lock);
  const int result = real.rwlock_unlock(lock);
  if (result == 0) AfterRelease(scope, lock, "pthread_rwlock_unlock");
  return result;
}

NPUEMU_EXPORT int pthread_spin_lock(pthread_spinlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  void* object = const_cast<int*>(lock);
  int result;
  if (scope.self() == nullptr) {
    result = real.spin_lock(lock);
  } else {
    Control()->SwitchPoint(scope.self(), "pthread_spin_lock");
    result = Acquire(scope.self(), object, "a spin lock", kNoTime,
                     [&] { return real.spin_trylock(lock); });
  }
  scope.Acquired(object);
  return result;
}

NPUEMU_EXPORT int pthread_spin_trylock(pthread_spinlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() != nullptr) {
    Control()->Poll(scope.self(), "pthread_spin_trylock");
  }
  const int result = real.spin_trylock(lock);
  if (result == 0) scope.Acquired(const_cast<int*>(lock));
  return result;
}

NPUEMU_EXPORT int pthread_spin_unlock(pthread_spinlock_t* lock) {
  const Scope scope(NPUEMU_CALLER);
  void* object = const_cast<int*>(lock);
  scope.Released(object);
  const int result = real.spin_unlock(lock);
  AfterRelease(scope, object, "pthread_spin_unlock");
  return result;
}

}  // namespace npuemu::preload
