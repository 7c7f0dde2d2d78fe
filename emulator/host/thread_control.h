// File: thread_control.h
// Runs one host thread at a time and decides which (design 5). It knows no
// pthread: whoever replaces the functions of pthread.h says what threads do
// (preload/), tests say it themselves.
//
// One thread holds the baton. It hands it over in the calls below only, and
// goes on when it gets it back. Times are virtual, in nanoseconds; each thread
// has its own clock, and one that is woken takes over its waker's.
//
// Nobody can go on: sleepers and timed waits wake, earliest first; else the
// client's work is driven (SetDrive); else the wait of one BlockClient() call
// ends with kDeadlock; else nothing runs until a thread from outside wakes one.
//
// Thread safety: all of it, by one lock of its own that is held across neither
// waits nor SetDrive's function.

#ifndef EMULATOR_HOST_THREAD_CONTROL_H_
#define EMULATOR_HOST_THREAD_CONTROL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/host/raw_futex.h"
#include "emulator/host/thread_plan.h"
#include "emulator/host/thread_policy.h"

namespace npuemu {

constexpr uint64_t kNoTime = ~uint64_t{0};

// A thread under control. Fields without a comment are the controller's.
struct ControlledThread {
  enum class State : uint8_t {
    kReady,    // could run
    kRunning,  // holds the baton
    kBlocked,  // waits for Wake(object)
    kAsleep,
    kOutside,  // let go: it blocked or computed where nobody sees it
    kEnded,
  };
  int id = 0;                    // by creation, 0 is the main thread
  std::atomic<int> tid{0};       // the kernel's, set in Begin
  std::atomic<int> in_client{0}; // in a call of the client: not to be let go
  std::atomic<uint64_t> clock{0};
  State state = State::kReady;
  const void* object = nullptr;  // what it waits for
  const char* what = "";         // in words
  const char* label = "start";   // its last switch point
  uint64_t until = kNoTime;
  uint64_t ticket = 0;           // order of waiting
  bool client = false;
  bool idle = false;
  bool woken = false;
  bool timed_out = false;
  bool deadlock = false;
  bool named = false;            // let go once already
  std::atomic<uint32_t> baton{0};
};

enum class WakeReason { kWoken, kTimedOut, kDeadlock };

// Called under the controller's lock: it must not call the controller.
using DecisionCallback = void (*)(uint64_t index, int thread, int runnable,
                                  const char* label);

struct ThreadControlOptions {
  std::unique_ptr<ThreadPolicy> policy;
  std::vector<ThreadStep> script;
  bool replay = false;  // take `picks`, whatever the policy says
  std::vector<int> picks;
  // A script or a replay cannot go on; must not return.
  void (*fail)(const std::string& message) = nullptr;
};

class ThreadControl {
 public:
  using Thread = ControlledThread;

  explicit ThreadControl(ThreadControlOptions options);
  // Frees the threads that have not ended. REQUIRES: none of them comes back.
  ~ThreadControl() {
    for (Thread* thread : threads_) delete thread;
  }

  // The calling thread is thread 0 and holds the baton.
  Thread* AdoptMain();
  // The next thread by creation, which may run from now on; its clock is its
  // creator's. `creator` may be null.
  Thread* Create(const Thread* creator);
  // It was never started.
  void Cancel(Thread* thread);
  // The new thread's first call; returns when it may run.
  void Begin(Thread* self);
  // Its last call; threads that wait for the object `self` are woken.
  void End(Thread* self);
  // Frees an ended thread.
  void Release(Thread* thread);

  // Another thread may run before this returns.
  void SwitchPoint(Thread* self, const char* label);
  // As SwitchPoint, of a thread that found nothing to do: others first if they
  // can. Every 64th in a row also drives the client's work (design 4, polls).
  void Yield(Thread* self, const char* label);
  // As SwitchPoint; every 64th poll in a row (of the clock) is a Yield.
  void Poll(Thread* self, const char* label);
  void Sleep(Thread* self, const char* label, uint64_t nanoseconds);

  // Two halves, so that the caller can unlock in between: from Prepare on a
  // Wake(object) is not lost. `what` is static text for reports; `until` ends
  // the wait (kNoTime: never).
  void Prepare(Thread* self, const void* object, const char* what,
               uint64_t until = kNoTime);
  WakeReason Commit(Thread* self);
  // Instead of Commit: there is no need to wait.
  void Unprepare(Thread* self);
  WakeReason Block(Thread* self, const void* object, const char* what,
                   uint64_t until = kNoTime) {
    Prepare(self, object, what, until);
    return Commit(self);
  }
  // A wait of the client, ended by Wake(ClientObject()). idle: may wait for
  // ever and is no part of a deadlock.
  WakeReason BlockClient(Thread* self, const char* what, uint64_t until,
                         bool idle);
  const void* ClientObject() const { return this; }

  // Wakes up to `count` of those that wait for the object, longest first;
  // returns how many. `self` is null for threads that are not under control.
  int Wake(const Thread* self, const void* object, int count = 1 << 30);
  // Every wait is looked at again, by whoever loops around it.
  void WakeAll();
  // Whether a Wake could find anybody; cheap.
  bool AnyBlocked() const { return blocked_.load() != 0; }

  // The client's deferred work; true if it did anything. Null: none.
  void SetDrive(bool (*drive)());
  // Called with each decision, those made before first.
  void SetOnDecision(DecisionCallback callback);

  // Threads that run without control and may wake others: then nothing is a
  // deadlock.
  void AddStranger(int count) { strangers_.fetch_add(count); }

  // --- for the watchdog ---------------------------------------------------
  uint64_t activity() const { return activity_.load(); }
  // The thread with the baton, if it may be let go: its id and tid.
  bool Running(int* id, int* tid);
  // Lets it go if nothing happened since `activity`, and says whether it did.
  // The first time for this thread `announce` is told where it was, before
  // anybody else can run: the program might end otherwise.
  bool LetGo(int id, uint64_t activity,
             const std::function<void(const char* label)>& announce);
  // Nobody runs and nobody is outside. One line for each live thread.
  bool Stuck(std::string* report);
  // Nobody runs: drives the client's work, then ends a client's wait if
  // `give_up`.
  void Unstick(bool give_up);
  bool deterministic() const { return deterministic_.load(); }
  int live() const { return live_.load(); }

  // fork: the child makes a controller of its own.
  void LockForFork() { lock_.lock(); }
  void UnlockAfterFork() { lock_.unlock(); }

 private:
  struct Decision {
    int thread;
    int runnable;
    const char* label;
  };

  void Gather(uint64_t now);
  Thread* Choose(const Thread* self, bool last_first, const char* label);
  Thread* ByScript();
  size_t Decide(const ThreadChoice& choice, const char* label);
  bool CountPoll();
  void Arrive(Thread* self, const char* label);
  void Pass(Thread* self, bool last_first, const char* label);
  void Grant(Thread* thread);
  void Dispatch();
  void Rejoin(Thread* self);
  bool GiveUp();
  void WaitForBaton(Thread* self);
  void Settle(Thread* self);
  Thread* Find(int id);
  std::string Describe(const Thread& thread) const;
  [[noreturn]] void Fail(const std::string& message);

  FutexLock lock_;
  ThreadControlOptions options_;
  std::vector<Thread*> threads_;     // live, by id
  std::vector<Thread*> candidates_;  // of the decision under way
  std::vector<ThreadCandidate> choices_;
  Thread* running_ = nullptr;
  int last_ = 0;
  int next_id_ = 0;
  uint64_t now_ = 0;  // clock of the thread that ran last
  uint64_t tickets_ = 0;
  int outside_ = 0;
  int polls_ = 0;
  size_t step_ = 0;
  bool step_ran_ = false;
  int step_count_ = 0;
  std::vector<Decision> decisions_;  // until a callback takes them
  uint64_t decided_ = 0;
  DecisionCallback on_decision_ = nullptr;
  bool (*drive_)() = nullptr;
  std::atomic<int> blocked_{0};
  std::atomic<int> live_{0};
  std::atomic<int> strangers_{0};
  std::atomic<uint64_t> activity_{0};
  std::atomic<bool> deterministic_{true};
};

}  // namespace npuemu

#endif  // EMULATOR_HOST_THREAD_CONTROL_H_
