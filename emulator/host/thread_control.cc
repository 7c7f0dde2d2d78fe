#include "emulator/host/thread_control.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace npuemu {
namespace {

using Guard = std::unique_lock<FutexLock>;
using State = ControlledThread::State;

// What an operation costs on its thread's clock: polling loops end.
constexpr uint64_t kStepTime = 100;
constexpr uint64_t kYieldTime = 1000;
// Polls in a row after which deferred work is driven (design 4: late).
constexpr int kPolls = 64;
// Decisions kept for a client that asks later.
constexpr size_t kMostDecisions = size_t{1} << 20;

uint64_t Time(const ControlledThread& thread) {
  return thread.clock.load(std::memory_order_relaxed);
}

void Advance(ControlledThread* thread, uint64_t to) {
  if (to > Time(*thread)) thread->clock.store(to, std::memory_order_relaxed);
}

}  // namespace

ThreadControl::ThreadControl(ThreadControlOptions options)
    : options_(std::move(options)) {}

ThreadControl::Thread* ThreadControl::AdoptMain() {
  Thread* thread = Create(nullptr);
  thread->state = State::kRunning;
  thread->tid = static_cast<int>(RawSyscall(SYS_gettid));
  running_ = thread;
  step_ran_ = !options_.script.empty() && options_.script[0].thread == 0;
  return thread;
}

ThreadControl::Thread* ThreadControl::Create(const Thread* creator) {
  const Guard guard(lock_);
  auto* thread = new Thread();
  thread->id = next_id_++;
  if (creator != nullptr) Advance(thread, Time(*creator));
  threads_.push_back(thread);
  options_.policy->Created(thread->id);
  ++live_;
  return thread;
}

void ThreadControl::Cancel(Thread* thread) {
  const Guard guard(lock_);
  std::erase(threads_, thread);
  --live_;
  delete thread;
}

void ThreadControl::Begin(Thread* self) {
  self->tid = static_cast<int>(RawSyscall(SYS_gettid));
  {
    const Guard guard(lock_);
    if (running_ == nullptr) Dispatch();
  }
  WaitForBaton(self);
}

void ThreadControl::End(Thread* self) {
  lock_.lock();
  activity_.fetch_add(1, std::memory_order_relaxed);
  if (self->state == State::kOutside) Rejoin(self);
  self->state = State::kEnded;
  std::erase(threads_, self);
  --live_;
  lock_.unlock();
  Wake(self, self);
  lock_.lock();
  Settle(self);
  Pass(self, /*last_first=*/false, "thread end");
}

void ThreadControl::Release(Thread* thread) { delete thread; }

void ThreadControl::SwitchPoint(Thread* self, const char* label) {
  lock_.lock();
  activity_.fetch_add(1, std::memory_order_relaxed);
  if (self->state == State::kOutside) Rejoin(self);
  polls_ = 0;
  Advance(self, Time(*self) + kStepTime);
  Arrive(self, label);
  self->state = State::kReady;
  Pass(self, /*last_first=*/true, label);
}

// Counts a poll of the running thread; every kPolls in a row drive the
// client's work. Unlocks and locks.
bool ThreadControl::CountPoll() {
  if (++polls_ % kPolls != 0) return false;
  bool (*const drive)() = drive_;
  if (drive != nullptr) {
    lock_.unlock();  // the thread still holds the baton
    drive();
    lock_.lock();
  }
  return true;
}

void ThreadControl::Yield(Thread* self, const char* label) {
  lock_.lock();
  activity_.fetch_add(1, std::memory_order_relaxed);
  if (self->state == State::kOutside) Rejoin(self);
  Advance(self, Time(*self) + kYieldTime);
  Arrive(self, label);
  CountPoll();
  self->state = State::kReady;
  Pass(self, /*last_first=*/false, label);
}

void ThreadControl::Poll(Thread* self, const char* label) {
  lock_.lock();
  activity_.fetch_add(1, std::memory_order_relaxed);
  if (self->state == State::kOutside) Rejoin(self);
  Advance(self, Time(*self) + kYieldTime);
  Arrive(self, label);
  const bool enough = CountPoll();
  self->state = State::kReady;
  Pass(self, /*last_first=*/!enough, label);
}

void ThreadControl::Sleep(Thread* self, const char* label,
                          uint64_t nanoseconds) {
  lock_.lock();
  activity_.fetch_add(1, std::memory_order_relaxed);
  if (self->state == State::kOutside) Rejoin(self);
  Arrive(self, label);
  CountPoll();
  self->state = State::kAsleep;
  self->what = "a sleep";
  const uint64_t now = Time(*self);
  self->until =
      nanoseconds < kNoTime - 1 - now ? now + nanoseconds : kNoTime - 1;
  Pass(self, /*last_first=*/false, label);
}

void ThreadControl::Prepare(Thread* self, const void* object, const char* what,
                            uint64_t until) {
  const Guard guard(lock_);
  self->object = object;
  self->what = what;
  self->until = until;
  self->ticket = ++tickets_;
  self->woken = false;
  blocked_.fetch_add(1);
}

WakeReason ThreadControl::Commit(Thread* self) {
  lock_.lock();
  activity_.fetch_add(1, std::memory_order_relaxed);
  if (self->state == State::kOutside) Rejoin(self);
  polls_ = 0;
  self->timed_out = false;
  self->deadlock = false;
  if (self->woken) {
    self->state = State::kReady;
    self->until = kNoTime;
  } else {
    self->state = State::kBlocked;
    Settle(self);
  }
  Pass(self, /*last_first=*/true, self->what);
  if (self->deadlock) return WakeReason::kDeadlock;
  return self->timed_out ? WakeReason::kTimedOut : WakeReason::kWoken;
}

void ThreadControl::Unprepare(Thread* self) {
  const Guard guard(lock_);
  if (self->object != nullptr) blocked_.fetch_sub(1);
  self->object = nullptr;
  self->until = kNoTime;
}

WakeReason ThreadControl::BlockClient(Thread* self, const char* what,
                                      uint64_t until, bool idle) {
  Prepare(self, ClientObject(), what, until);
  self->client = true;
  self->idle = idle;
  const WakeReason reason = Commit(self);
  self->client = false;
  self->idle = false;
  return reason;
}

int ThreadControl::Wake(const Thread* self, const void* object, int count) {
  const Guard guard(lock_);
  int woken = 0;
  while (woken < count) {
    Thread* first = nullptr;
    for (Thread* thread : threads_) {
      if (thread->object != object) continue;
      if (first == nullptr || thread->ticket < first->ticket) first = thread;
    }
    if (first == nullptr) break;
    first->object = nullptr;
    first->woken = true;
    blocked_.fetch_sub(1);
    if (first->state == State::kBlocked) first->state = State::kReady;
    if (self != nullptr) Advance(first, Time(*self));
    ++woken;
  }
  if (woken > 0) {
    activity_.fetch_add(1, std::memory_order_relaxed);
    if (running_ == nullptr) Dispatch();
  }
  return woken;
}

void ThreadControl::WakeAll() {
  const Guard guard(lock_);
  for (Thread* thread : threads_) {
    if (thread->object == nullptr) continue;
    thread->object = nullptr;
    thread->woken = true;
    blocked_.fetch_sub(1);
    if (thread->state == State::kBlocked) thread->state = State::kReady;
  }
  if (running_ == nullptr) Dispatch();
}

void ThreadControl::SetDrive(bool (*drive)()) {
  const Guard guard(lock_);
  drive_ = drive;
}

void ThreadControl::SetOnDecision(DecisionCallback callback) {
  const Guard guard(lock_);
  on_decision_ = callback;
  if (callback == nullptr) return;
  uint64_t index = 0;
  for (const Decision& decision : decisions_) {
    callback(index++, decision.thread, decision.runnable, decision.label);
  }
  decisions_.clear();
}

// --- decisions, under the lock ------------------------------------------

// Who can run at virtual time `now`.
void ThreadControl::Gather(uint64_t now) {
  candidates_.clear();
  Thread* earliest = nullptr;
  for (Thread* thread : threads_) {
    const bool asleep = thread->state == State::kAsleep;
    if (thread->state == State::kReady) {
      candidates_.push_back(thread);
      continue;
    }
    if (!asleep && thread->state != State::kBlocked) continue;
    if (thread->until == kNoTime) continue;
    if (thread->until <= now || (asleep ? options_.policy->SleepersMayRun()
                                  : options_.policy->TimeoutsMayExpire())) {
      candidates_.push_back(thread);
    }
    if (earliest == nullptr || thread->until < earliest->until) {
      earliest = thread;
    }
  }
  if (candidates_.empty() && earliest != nullptr) {
    candidates_.push_back(earliest);
  }
}

// The thread that goes on, or null. `self` is the one that hands over.
ThreadControl::Thread* ThreadControl::Choose(const Thread* self,
                                             bool last_first,
                                             const char* label) {
  if (self != nullptr) now_ = Time(*self);
  Gather(now_);
  if (candidates_.empty()) return nullptr;
  Thread* scripted = ByScript();
  if (scripted == nullptr && candidates_.size() == 1) return candidates_[0];
  choices_.clear();
  bool last_can = false;
  size_t chosen = candidates_.size();
  for (size_t i = 0; i < candidates_.size(); ++i) {
    const Thread& thread = *candidates_[i];
    const bool sleeps = thread.state != State::kReady;
    choices_.push_back({thread.id, sleeps ? std::max(thread.until,
                                                     Time(thread))
                                          : Time(thread)});
    last_can |= thread.id == last_ && !sleeps;
    if (&thread == scripted) chosen = i;
  }
  if (candidates_.size() == 1) return candidates_[0];
  if (chosen == candidates_.size()) {
    chosen = Decide({choices_, last_, last_first && last_can,
                     !last_first && last_can},
                    label);
  }
  const auto runnable = static_cast<int>(candidates_.size());
  const uint64_t index = decided_++;
  if (on_decision_ != nullptr) {
    on_decision_(index, choices_[chosen].id, runnable, label);
  } else if (decisions_.size() < kMostDecisions) {
    decisions_.push_back({choices_[chosen].id, runnable, label});
  }
  return candidates_[chosen];
}

size_t ThreadControl::Decide(const ThreadChoice& choice, const char* label) {
  if (!options_.replay) {
    // A thread that yields is passed over by every policy.
    if (!choice.yielded) return options_.policy->Pick(choice);
    std::vector<ThreadCandidate> others;
    for (const ThreadCandidate& one : choice.candidates) {
      if (one.id != choice.last) others.push_back(one);
    }
    const int id =
        others[options_.policy->Pick({others, choice.last, false, true})].id;
    size_t index = 0;
    while (choice.candidates[index].id != id) ++index;
    return index;
  }
  std::string can;
  const bool known = decided_ < options_.picks.size();
  for (size_t i = 0; i < choice.candidates.size(); ++i) {
    if (known && choice.candidates[i].id == options_.picks[decided_]) return i;
    can += ' ';
    can += std::to_string(choice.candidates[i].id);
  }
  std::string message = "replay difference at thread decision ";
  message += std::to_string(decided_);
  message += known ? ": recorded: thread " : ": recorded: no more decisions";
  if (known) message += std::to_string(options_.picks[decided_]);
  message += "; this run, at ";
  message += label;
  message += ": a choice of threads";
  message += can;
  Fail(message);
}

// The thread that the script wants, if it still wants any.
ThreadControl::Thread* ThreadControl::ByScript() {
  while (step_ < options_.script.size()) {
    const ThreadStep& step = options_.script[step_];
    for (Thread* thread : candidates_) {
      if (thread->id != step.thread) continue;
      step_ran_ = true;
      return thread;
    }
    Thread* thread = Find(step.thread);
    if (thread != nullptr && thread->state == State::kOutside) return nullptr;
    if (!step.label.empty() || !step_ran_) {
      std::string message = "thread script, step ";
      message += std::to_string(step_ + 1);
      message += " \"";
      message += step.text;
      message += "\" cannot be done: ";
      if (thread != nullptr) {
        message += Describe(*thread);
      } else {
        message += step.thread < next_id_ ? "it has ended"
                                          : "there is no such thread yet";
      }
      Fail(message);
    }
    ++step_;
    step_ran_ = false;
    step_count_ = 0;
  }
  return nullptr;
}

// Counts the arrivals that the script's step waits for.
void ThreadControl::Arrive(Thread* self, const char* label) {
  self->label = label;
  if (step_ >= options_.script.size()) return;
  const ThreadStep& step = options_.script[step_];
  if (step.thread != self->id || step.label != label) return;
  if (++step_count_ < step.count) return;
  ++step_;
  step_ran_ = false;
  step_count_ = 0;
}

// --- the baton, under the lock ------------------------------------------

void ThreadControl::Grant(Thread* thread) {
  if (thread->state != State::kReady && thread->until != kNoTime) {
    Advance(thread, thread->until);
    thread->timed_out = true;
    if (thread->object != nullptr) blocked_.fetch_sub(1);
    thread->object = nullptr;
  }
  thread->state = State::kRunning;
  thread->until = kNoTime;
  running_ = thread;
  last_ = thread->id;
}

// Nobody holds the baton: somebody who can gets it.
void ThreadControl::Dispatch() {
  Thread* next = Choose(nullptr, /*last_first=*/true, "outside");
  if (next == nullptr) return;
  Grant(next);
  next->baton.store(1, std::memory_order_release);
  FutexWake(&next->baton, 1);
}

// Hands over and, unless `self` has ended, waits for its turn. Unlocks.
void ThreadControl::Pass(Thread* self, bool last_first, const char* label) {
  Thread* next = Choose(self, last_first, label);
  if (next == self) {
    Grant(self);
    lock_.unlock();
    return;
  }
  running_ = nullptr;
  if (next != nullptr) Grant(next);
  const bool ended = self->state == State::kEnded;
  lock_.unlock();
  if (next != nullptr) {
    next->baton.store(1, std::memory_order_release);
    FutexWake(&next->baton, 1);
  }
  if (!ended) WaitForBaton(self);
}

void ThreadControl::WaitForBaton(Thread* self) {
  while (self->baton.load(std::memory_order_acquire) == 0) {
    FutexWait(&self->baton, 0);
  }
  self->baton.store(0, std::memory_order_relaxed);
}

// `self`, which was let go, takes part again. Unlocks and locks.
void ThreadControl::Rejoin(Thread* self) {
  --outside_;
  self->state = State::kReady;
  if (running_ == nullptr) Dispatch();
  lock_.unlock();
  WaitForBaton(self);
  lock_.lock();
}

// Before `self` blocks or ends: if nobody can go on then, the client's work is
// driven and a hopeless wait ended. Unlocks and locks.
void ThreadControl::Settle(Thread* self) {
  while (true) {
    now_ = Time(*self);
    Gather(now_);
    if (!candidates_.empty()) return;
    bool (*const drive)() = drive_;
    if (drive == nullptr) break;
    lock_.unlock();  // running_ is still self: nobody else decides
    const bool worked = drive();
    lock_.lock();
    if (!worked) break;
  }
  Gather(now_);
  if (!candidates_.empty() || outside_ > 0 || strangers_ > 0) return;
  if (self->client && !self->idle && self->state == State::kBlocked) {
    self->deadlock = true;
    self->state = State::kReady;
    if (self->object != nullptr) blocked_.fetch_sub(1);
    self->object = nullptr;
  } else {
    GiveUp();
  }
}

// Ends the first wait of the client that nothing can satisfy.
bool ThreadControl::GiveUp() {
  for (Thread* thread : threads_) {
    if (thread->state != State::kBlocked || !thread->client || thread->idle) {
      continue;
    }
    thread->deadlock = true;
    thread->state = State::kReady;
    if (thread->object != nullptr) blocked_.fetch_sub(1);
    thread->object = nullptr;
    return true;
  }
  return false;
}

ThreadControl::Thread* ThreadControl::Find(int id) {
  for (Thread* thread : threads_) {
    if (thread->id == id) return thread;
  }
  return nullptr;
}

void ThreadControl::Fail(const std::string& message) {
  options_.fail(message);
  __builtin_trap();
}

}  // namespace npuemu
