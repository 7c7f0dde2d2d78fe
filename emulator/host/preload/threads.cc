// pthread_create, join, detach and the end of threads.

#include <mutex>
#include <new>
#include <unordered_map>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

struct Entry {
  ControlledThread* control;  // null: exempt or not controlled
  int id;                     // as Local::id
  bool detached;
  bool ended;
};

// Looked up by handle only, never walked.
FutexLock table_lock;
std::unordered_map<pthread_t, Entry>& Table() {
  static auto* table = new std::unordered_map<pthread_t, Entry>();
  return *table;
}

bool Find(pthread_t thread, Entry* entry) {
  const std::lock_guard<FutexLock> guard(table_lock);
  const auto found = Table().find(thread);
  if (found == Table().end()) return false;
  *entry = found->second;
  return true;
}

void Erase(pthread_t thread) {
  const std::lock_guard<FutexLock> guard(table_lock);
  Table().erase(thread);
}

// What a new thread gets instead of its argument.
struct StartInfo {
  void* (*routine)(void*);
  void* argument;
  ControlledThread* control;
  int id;
  bool stranger;
};

void* StartThread(void* argument) {
  const StartInfo info = *static_cast<StartInfo*>(argument);
  local.depth = 1;
  local.id = info.id;
  local.control = info.control;
  local.stranger = info.stranger;
  if (info.control != nullptr) {
    PinSelf();
    Control()->Begin(info.control);
  } else if (Control() != nullptr) {
    UnpinSelf();
  }
  if (info.id != 0 || info.stranger) ArmThreadEnd();
  if (info.id != 0) Scope::Edge(true, argument);
  delete static_cast<StartInfo*>(argument);
  local.depth = 0;
  return info.routine(info.argument);
}

bool Detached(const pthread_attr_t* attributes) {
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) pthread_attr_getdetachstate(attributes, &state);
  return state == PTHREAD_CREATE_DETACHED;
}

// The wait of join: EBUSY until the thread has ended.
int AwaitEnd(ControlledThread* self, pthread_t thread, uint64_t until) {
  Entry entry;
  if (!Find(thread, &entry) || entry.control == nullptr) return 0;
  return Acquire(self, entry.control, "the end of a thread (pthread_join)",
                 until, [&] {
                   return Find(thread, &entry) && !entry.ended ? EBUSY : 0;
                 });
}

// After a real join.
void Joined(const Scope& scope, pthread_t thread) {
  Entry entry;
  if (!Find(thread, &entry)) return;
  Erase(thread);
  scope.Acquired(reinterpret_cast<void*>(thread));
  if (entry.control != nullptr) Control()->Release(entry.control);
}

}  // namespace

void ForgetThreadsAfterFork() {
  table_lock.~FutexLock();
  new (&table_lock) FutexLock();
  Table().clear();
}

void ThreadEnds() {
  ControlledThread* self = local.control;
  local.control = nullptr;
  ++local.depth;
  if (local.id != 0) {
    Scope::Edge(false, reinterpret_cast<void*>(pthread_self()));
  }
  if (local.stranger) Control()->AddStranger(-1);
  local.stranger = false;
  bool detached = false;
  if (self != nullptr) {
    {
      const std::lock_guard<FutexLock> guard(table_lock);
      const auto found = Table().find(pthread_self());
      if (found != Table().end()) {
        found->second.ended = true;
        detached = found->second.detached;
        if (detached) Table().erase(found);
      }
    }
    UnpinSelf();
    Control()->End(self);
    if (detached) Control()->Release(self);
  }
  --local.depth;
}

namespace {

int Create(pthread_t* thread, const pthread_attr_t* attributes,
           void* (*routine)(void*), void* argument, const void* caller) {
  Scope scope(caller);
  const bool own = local.own_next;
  local.own_next = false;
  ControlledThread* self = own ? local.control : scope.self();
  const bool exempt = ExemptCaller(reinterpret_cast<void*>(routine));
  const bool top = local.depth == 1 && local.id != 0 && !ExemptCaller(caller);
  auto* info = new StartInfo{routine, argument, nullptr, 0, false};
  if (!exempt && (top || own)) info->id = NewThreadId();
  if (self != nullptr && !exempt) {
    PinAll();
    StartWatchdog();
    info->control = Control()->Create(self);
  } else if (Control() != nullptr && local.depth == 1) {
    info->stranger = true;
    Control()->AddStranger(1);
  }
  const StartInfo started = *info;
  if (started.id != 0) scope.Released(info);
  pthread_t made;
  const int result = real.create(&made, attributes, StartThread, info);
  if (result != 0) {
    if (started.control != nullptr) Control()->Cancel(started.control);
    if (started.stranger) Control()->AddStranger(-1);
    delete info;
    return result;
  }
  *thread = made;
  if (started.id != 0) {
    const std::lock_guard<FutexLock> guard(table_lock);
    Table()[made] = {started.control, started.id, Detached(attributes), false};
  }
  if (started.control != nullptr && !own) {
    Control()->SwitchPoint(self, "pthread_create");
  }
  return 0;
}

}  // namespace

NPUEMU_EXPORT int pthread_create(pthread_t* thread,
                                 const pthread_attr_t* attributes,
                                 void* (*routine)(void*), void* argument) {
  return Create(thread, attributes, routine, argument, NPUEMU_CALLER);
}

NPUEMU_EXPORT int pthread_join(pthread_t thread, void** value) {
  const Scope scope(NPUEMU_CALLER);
  if (scope.self() != nullptr) {
    Control()->SwitchPoint(scope.self(), "pthread_join");
    if (!pthread_equal(thread, pthread_self())) {
      AwaitEnd(scope.self(), thread, kNoTime);
    }
  }
  const int result = real.join(thread, value);
  if (result == 0) Joined(scope, thread);
  return result;
}

NPUEMU_EXPORT int pthread_tryjoin_np(pthread_t thread, void** value) {
  const Scope scope(NPUEMU_CALLER);
  int result;
  if (scope.self() != nullptr) {
    Control()->Poll(scope.self(), "pthread_tryjoin_np");
    Entry entry;
    const bool known = Find(thread, &entry) && entry.control != nullptr;
    if (known && !entry.ended) return EBUSY;
    result = known ? real.join(thread, value) : real.tryjoin(thread, value);
  } else {
    result = real.tryjoin(thread, value);
  }
  if (result == 0) Joined(scope, thread);
  return result;
}

NPUEMU_EXPORT int pthread_timedjoin_np(pthread_t thread, void** value,
                                       const timespec* time) {
  const Scope scope(NPUEMU_CALLER);
  int result;
  if (scope.self() != nullptr && time != nullptr && ValidTime(time)) {
    Control()->SwitchPoint(scope.self(), "pthread_timedjoin_np");
    result = AwaitEnd(scope.self(), thread,
                      FromAbsolute(CLOCK_REALTIME, time));
    if (result != 0) return result;
    result = real.join(thread, value);
  } else {
    result = real.timedjoin(thread, value, time);
  }
  if (result == 0) Joined(scope, thread);
  return result;
}

NPUEMU_EXPORT int pthread_detach(pthread_t thread) {
  const Scope scope(NPUEMU_CALLER);
  const int result = real.detach(thread);
  if (result != 0) return result;
  ControlledThread* ended = nullptr;
  {
    const std::lock_guard<FutexLock> guard(table_lock);
    const auto found = Table().find(thread);
    if (found == Table().end()) return 0;
    found->second.detached = true;
    if (found->second.ended) {
      // Only a thread with the baton knows that the other one is through.
      if (scope.self() != nullptr) ended = found->second.control;
      Table().erase(found);
    }
  }
  if (ended != nullptr) Control()->Release(ended);
  if (scope.self() != nullptr) {
    Control()->SwitchPoint(scope.self(), "pthread_detach");
  }
  return 0;
}

NPUEMU_EXPORT int pthread_cancel(pthread_t thread) {
  const Scope scope(NPUEMU_CALLER);
  const int result = real.cancel(thread);
  // It may wait for anything: all look again.
  if (Control() != nullptr) Control()->WakeAll();
  return result;
}

}  // namespace npuemu::preload
