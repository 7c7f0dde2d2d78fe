// The watchdog's side of ThreadControl: looks from outside, and words for them.

#include <functional>
#include <mutex>
#include <string>

#include "emulator/host/thread_control.h"

namespace npuemu {
namespace {

using Guard = std::unique_lock<FutexLock>;
using State = ControlledThread::State;

}  // namespace

bool ThreadControl::Running(int* id, int* tid) {
  const Guard guard(lock_);
  if (running_ == nullptr || running_->in_client.load() != 0) return false;
  *id = running_->id;
  *tid = running_->tid;
  return true;
}

bool ThreadControl::LetGo(
    int id, uint64_t activity,
    const std::function<void(const char* label)>& announce) {
  const Guard guard(lock_);
  Thread* thread = running_;
  if (activity != activity_ || thread == nullptr || thread->id != id ||
      thread->in_client.load() != 0 || thread->state != State::kRunning) {
    return false;
  }
  if (!thread->named) announce(thread->label);
  thread->named = true;
  thread->state = State::kOutside;
  ++outside_;
  running_ = nullptr;
  deterministic_ = false;
  Dispatch();
  return true;
}

bool ThreadControl::Stuck(std::string* report) {
  const Guard guard(lock_);
  if (running_ != nullptr || outside_ > 0 || strangers_ > 0) return false;
  if (threads_.empty()) return false;
  bool hopeless = true;
  for (const Thread* thread : threads_) {
    hopeless &= thread->state == State::kBlocked;
    *report += "npuemu:   ";
    *report += Describe(*thread);
    *report += '\n';
  }
  return hopeless;
}

void ThreadControl::Unstick(bool give_up) {
  bool (*drive)() = nullptr;
  {
    const Guard guard(lock_);
    if (running_ != nullptr && running_->in_client.load() != 0) return;
    drive = drive_;
  }
  if (drive != nullptr && drive()) {
    deterministic_ = false;
    return;
  }
  if (!give_up) return;
  const Guard guard(lock_);
  if (running_ != nullptr || !GiveUp()) return;
  deterministic_ = false;
  Dispatch();
}

std::string ThreadControl::Describe(const Thread& thread) const {
  std::string text = "thread ";
  text += std::to_string(thread.id);
  switch (thread.state) {
    case State::kReady: text += " can run"; break;
    case State::kRunning: text += " runs"; break;
    case State::kBlocked: text += " waits for "; break;
    case State::kAsleep: text += " is in "; break;
    case State::kOutside: text += " was let go"; break;
    case State::kEnded: text += " has ended"; break;
  }
  if (thread.state == State::kBlocked || thread.state == State::kAsleep) {
    text += thread.what;
  }
  text += ", last at ";
  return text + thread.label;
}

}  // namespace npuemu
