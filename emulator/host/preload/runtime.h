// File: runtime.h
// What all interposed functions share: who the calling thread is, whether the
// call counts, and the controller.
//
// A call passes straight through to glibc if it comes from code that is exempt
// (oneTBB, this project's libraries, sanitizers: by the return address), from
// within a call of the emulator or of this library (depth), or from a thread
// that is exempt.

#ifndef EMULATOR_HOST_PRELOAD_RUNTIME_H_
#define EMULATOR_HOST_PRELOAD_RUNTIME_H_

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <string>

#include "emulator/host/preload/real.h"
#include "emulator/host/thread_control.h"

#define NPUEMU_EXPORT extern "C" __attribute__((visibility("default")))
#define NPUEMU_CALLER __builtin_return_address(0)

namespace npuemu::preload {

// The calling thread. Initial-exec: an access must not allocate.
struct Local {
  int depth;                  // > 0: what happens is ours
  bool own_next;              // the next thread made is the program's
  bool stranger;              // counted by ThreadControl::AddStranger
  int id;                     // by creation, plus one; 0: none of the program's
  ControlledThread* control;  // null: free
};
extern thread_local Local local __attribute__((tls_model("initial-exec")));

// Null without --control-threads.
ThreadControl* Control();

// Must be called first by every interposed function (Scope does).
void EnsureStarted();
bool ExemptCaller(const void* return_address);

// Who wants to know of system calls that touch memory; null: nobody.
using TouchCallback = void (*)(const void* address, uint64_t bytes, bool write,
                               const void* caller);
TouchCallback TouchListener();
// Likewise of memory that the program gives back (host_hooks.h).
using ReleaseCallback = void (*)(const char* function, const void* address,
                                 uint64_t bytes, const void* caller);
ReleaseCallback ReleaseListener();

// The range of an interposed function's own work.
class Scope {
 public:
  explicit Scope(const void* caller);
  ~Scope() { --local.depth; }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // The calling thread if this call is under control, else null.
  ControlledThread* self() const { return self_; }

  // Happens-before, for whoever listens.
  void Acquired(const void* object) const {
    if (counts_) Edge(true, object);
  }
  void Released(const void* object) const {
    if (counts_) Edge(false, object);
  }
  // Something that threads under control may wait for has changed.
  void Wake(const void* object, int count = 1 << 30) const;

  // As Released, before everything that any thread does later.
  void ReleasedToAll() const { Released(nullptr); }

  static void Edge(bool acquire, const void* object);

 private:
  ControlledThread* self_ = nullptr;
  bool counts_ = false;
};

// Leaves the scope for a function of the program.
class Outward {
 public:
  Outward() : depth_(local.depth) { local.depth = 0; }
  ~Outward() { local.depth = depth_; }

 private:
  const int depth_;
};

// A lock as a loop around its try function, which says EBUSY while it is held.
template <typename Try>
int Acquire(ControlledThread* self, const void* object, const char* what,
            uint64_t until, Try attempt) {
  ThreadControl* control = Control();
  int result = attempt();
  while (result == EBUSY) {
    // Threads that are not under control release at any time: look again once
    // a wake cannot be lost any more.
    control->Prepare(self, object, what, until);
    result = attempt();
    if (result != EBUSY) {
      control->Unprepare(self);
      break;
    }
    const WakeReason reason = control->Commit(self);
    result = attempt();
    if (result == EBUSY && reason == WakeReason::kTimedOut) return ETIMEDOUT;
  }
  return result;
}

// --- virtual time -----------------------------------------------------------

// Clocks of the program under control start here, so that runs print equal
// times: 2026-01-01 UTC, and a machine that has been up for 11 days.
constexpr uint64_t kSecond = 1000000000;
constexpr uint64_t kRealtimeStart = 1767225600 * kSecond;
constexpr uint64_t kMonotonicStart = 1000000 * kSecond;

bool VirtualClock(clockid_t clock);
// Virtual time of an absolute one; kNoTime if it cannot be told.
uint64_t FromAbsolute(clockid_t clock, const timespec* time);
inline bool ValidTime(const timespec* time) {
  return time->tv_nsec >= 0 && time->tv_nsec < 1000000000;
}

// --- threads ----------------------------------------------------------------

// A second thread exists: those under control share one core from now on.
void PinAll();
void PinSelf();
void UnpinSelf();
// The thread's last key destructor will call ThreadEnds().
void ArmThreadEnd();
void ThreadEnds();
void ForgetThreadsAfterFork();
void ForgetObjectsAfterFork();
int NewThreadId();

void StartWatchdog();
void StopWatchdogAfterFork();
extern std::atomic<bool> missed_wake;  // by a signal handler

// "npuemu: " and a line to standard error, by one write.
void Say(const std::string& text);

}  // namespace npuemu::preload

#endif  // EMULATOR_HOST_PRELOAD_RUNTIME_H_
