#include "emulator/device/host_wait.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "emulator/base/tsan.h"
#include "emulator/host/host_hooks.h"
#include "emulator/host/process_threads.h"
#include "emulator/task/worker_threads.h"

namespace npuemu {
namespace {

using WallClock = std::chrono::steady_clock;

// Two quiet looks apart by this, with every other thread asleep, and the
// helper drives. Long enough that a thread between two calls is not "asleep".
constexpr std::chrono::milliseconds kLook{20};
// A thread that still runs (it may spin on a flag) is given this long.
constexpr int kLooksWhileRunning = 25;

// H18, H23, H25, H26, H29, H42: what the wait-for graph says. `certain`: no
// other thread can change it.
void NoteHang(Call& call, const Goal& goal, const WaitOptions& options,
              bool certain) {
  if (!call.node.log().checking()) return;
  Scheduler& scheduler = call.node.scheduler();
  const Scheduler::Stuck why = scheduler.WhyStuck(goal);
  const bool for_ever =
      why == Scheduler::Stuck::kCycle || why == Scheduler::Stuck::kAborted;
  if (!certain && !for_ever) return;
  int rule = 0;
  const char* what = "";
  switch (why) {
    case Scheduler::Stuck::kCycle:
      rule = 26;
      what = "streams wait for each other in a cycle";
      break;
    case Scheduler::Stuck::kHostFunction:
      rule = 42;
      what = "a stream waits for a callback that no thread serves";
      break;
    case Scheduler::Stuck::kAborted:
      rule = 29;
      what = "a stream waits for a record that an abort dropped";
      break;
    case Scheduler::Stuck::kNotify:
      rule = 23;
      what = "a stream waits for a notify that nobody records";
      break;
    case Scheduler::Stuck::kNoRecord:
      rule = 18;
      what = "a stream waits for an event that nobody records";
      break;
    case Scheduler::Stuck::kElse: break;
  }
  if (options.submits) {
    call.Misuse(25, absl::StrCat("the call waits for ", options.what,
                                 ", whose head nothing can satisfy:\n",
                                 scheduler.WaitGraph(goal)));
  }
  if (rule == 0) return;
  call.Misuse(rule, absl::StrCat(what, ":\n", scheduler.WaitGraph(goal)));
}

absl::Status Hang(Call& call, const Goal& goal, const WaitOptions& options,
                  const char* why) {
  call.Log(EventKind::kGiveUp, -1, -1, 1, 0);
  call.Log(EventKind::kHang, -1, -1, 0, 0);
  return FaultError(
      options.on_hang,
      absl::StrCat("nothing can satisfy the wait for ", options.what, " (",
                   why, "). Waiting now:\n",
                   call.node.scheduler().WaitGraph(goal)));
}

}  // namespace

// Blocks under the node's mutex until something changed.
class HostWaiter {
 public:
  HostWaiter(Call& call, const WaitOptions& options)
      : call_(call),
        node_(call.node),
        options_(options),
        begun_(WallClock::now()) {
    if (options.timeout) virtual_until_ = call.now + *options.timeout;
    hang_at_ = begun_ + std::chrono::seconds(node_.config().hang_timeout);
    if (options.timeout) timeout_at_ = begun_ + *options.timeout;
  }

  // A host function on a thread of ours may still act (`awaits_return`); one
  // that is controlled is known to be blocked too.
  bool Alone(bool awaits_return) const {
    if (controlled_) return deadlock_;
    if (awaits_return) return false;
    const int self = IsWorkerThread() ? 0 : 1;
    return node_.blocked_ - node_.blocked_workers_ + self +
               node_.internal_threads_ + WorkerThreads() >=
           CountThreads();
  }
  // Whether the wait ends without its goal: true by a hang, false by its
  // timeout.
  std::optional<bool> GivesUp(bool alone) const {
    if (options_.timeout && (alone || TimedOut())) return false;
    if (alone || (!options_.may_idle && Hung())) return true;
    return std::nullopt;
  }

  bool TimedOut() const {
    if (controlled_) return virtual_until_ && call_.now >= *virtual_until_;
    return WallClock::now() >= timeout_at_;
  }
  bool Hung() const { return !controlled_ && WallClock::now() >= hang_at_; }
  // How often something changed that a waiting call must look at.
  static uint64_t Changes(const Node& node) { return node.changes_; }

  void Block() {
    if (controlled_) return BlockControlled();
    const int worker = IsWorkerThread() ? 1 : 0;
    node_.blocked_workers_ += worker;
    const uint64_t seen = node_.changes_;
    auto until = std::max(hang_at_, WallClock::now() + kLook);
    if (timeout_at_ < until) until = timeout_at_;
    ++node_.blocked_;
    node_.changed_.notify_all();  // others may find that all are blocked now
    node_.changed_.wait_until(call_.lock, until,
                              [&] { return node_.changes_ != seen; });
    --node_.blocked_;
    node_.blocked_workers_ -= worker;
    if (node_.changes_ != seen) {
      hang_at_ = WallClock::now() +
                 std::chrono::seconds(node_.config().hang_timeout);
    }
  }

 private:
  // Others run until one of them changes something, or all are blocked.
  void BlockControlled() {
    const NpuemuHostHooks& hooks = HostHooks();
    const uint64_t until =
        virtual_until_ ? static_cast<uint64_t>(Nanoseconds(*virtual_until_))
                       : 0;
    node_.scheduler_.Flush(call_.lock);
    ++node_.blocked_;
    --node_.calls_;
    SetProgramClock(call_.now);
    call_.lock.unlock();
    hooks.leave();
    deadlock_ = !hooks.block(options_.what, until);
    hooks.enter();
    call_.lock.lock();
    --node_.blocked_;
    ++node_.calls_;
    call_.WaitedUntil(ProgramClock());
  }

  Call& call_;
  Node& node_;
  const WaitOptions& options_;
  const bool controlled_ = HostHooks().controlled;
  bool deadlock_ = false;
  std::optional<SimTime> virtual_until_;
  const WallClock::time_point begun_;
  WallClock::time_point hang_at_;
  WallClock::time_point timeout_at_ = WallClock::time_point::max();
};

absl::Status WaitFor(Call& call, const Goal& goal,
                     const WaitOptions& options) {
  Scheduler& scheduler = call.node.scheduler();
  std::unique_ptr<HostWaiter> waiter;
  int idle_rounds = 0;
  constexpr int kMostIdleRounds = 1000;  // of a replay whose turn never ends
  while (true) {
    const uint64_t seen = HostWaiter::Changes(call.node);
    const Scheduler::Outcome outcome =
        scheduler.Drive(call.lock, goal, call.now);
    if (outcome == Scheduler::Outcome::kReached) return absl::OkStatus();
    // Drive releases the lock while bodies run, after its last look: a host
    // function that returned meanwhile would never be seen.
    if (HostWaiter::Changes(call.node) != seen) continue;
    const bool awaits_return = outcome == Scheduler::Outcome::kNeedsReturn;
    if (!awaits_return && scheduler.ExpireWait(call.lock, goal)) continue;
    if (waiter == nullptr) waiter = std::make_unique<HostWaiter>(call, options);
    const bool alone = waiter->Alone(awaits_return);
    Turns& turns = call.node.turns();
    const bool replays = turns.Replays();  // then no wall clock decides
    const auto given_up = replays ? turns.GivesUp() : waiter->GivesUp(alone);
    if (given_up) {
      // Virtual time passes only while no controlled thread can run.
      NoteHang(call, goal, options,
               *given_up || alone || HostHooks().controlled);
    }
    if (given_up && *given_up) {
      return Hang(call, goal, options,
                  alone ? "every thread of the process waits in an ACL call"
                        : "no progress within --hang-timeout");
    }
    if (given_up) {
      call.WaitedUntil(call.now + *options.timeout);
      call.Log(EventKind::kGiveUp, -1, -1, 0, 0);
      return FaultError(options.on_timeout,
                        absl::StrCat("timeout while waiting for ",
                                     options.what, ". Waiting now:\n",
                                     scheduler.WaitGraph(goal)));
    }
    if (replays && ++idle_rounds > kMostIdleRounds) turns.Stuck(options.what);
    if (!replays) waiter->Block();
    turns.Take(call.lock, call.Actor());
  }
}

HelperThread::~HelperThread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> guard(node_->mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

namespace {

// The node that set_drive's function works for.
std::atomic<HelperThread*> g_driven{nullptr};

}  // namespace

void HelperThread::DriveWhenAsked() {
  if (!HostHooks().controlled) return;
  g_driven = this;
  HostHooks().set_drive([] {
    HelperThread* helper = g_driven;
    return helper != nullptr && helper->DriveOnce();
  });
}

void HelperThread::StopDriving() {
  HelperThread* self = this;
  if (!g_driven.compare_exchange_strong(self, nullptr)) return;
  HostHooks().set_drive(nullptr);
}

bool HelperThread::DriveOnce() {
  const tsan::Ours ours;
  Lock lock(node_->mutex_);
  node_->turns().Take(lock, kActorHelper);
  if (!node_->scheduler_.HasDeferred()) return false;
  const size_t before = node_->log_.count();
  const SimTime now = node_->scheduler_.committed();
  node_->scheduler_.DriveAll(lock, now);
  if (node_->log_.count() == before) return false;
  Event event;
  event.kind = EventKind::kHelper;
  event.time = now;
  event.name = "no thread can go on, or one polls";
  node_->log_.Append(event);
  node_->Changed();
  return true;
}

void HelperThread::Wake() {
  if (HostHooks().controlled) return;
  if (!thread_.joinable()) {
    ++node_->internal_threads_;
    thread_ = std::thread([this] { Loop(); });
  } else if (idle_) {
    wake_.notify_all();
  }
}

void HelperThread::Drive(Lock& lock) {
  node_->turns().Take(lock, kActorHelper);
  Event event;
  event.kind = EventKind::kHelper;
  event.time = node_->scheduler_.committed();
  event.name = "no call for a while";
  node_->log_.Append(event);
  node_->scheduler_.DriveAll(lock, event.time);
  node_->Changed();
}

void HelperThread::Loop() {
  const tsan::Ours ours;
  Lock lock(node_->mutex_);
  int quiet_looks = 0;
  uint64_t seen = node_->changes_;
  while (!stop_) {
    if (!node_->scheduler_.HasDeferred()) {
      idle_ = true;
      wake_.wait(lock, [&] {
        return stop_ || node_->scheduler_.HasDeferred();
      });
      idle_ = false;
    } else {
      wake_.wait_for(lock, kLook, [&] { return stop_; });
    }
    if (stop_) return;
    if (node_->turns().Replays()) {
      if (node_->turns().IsTurnOf(kActorHelper)) Drive(lock);
      continue;
    }
    if (node_->changes_ != seen || node_->calls_ > 0) {
      seen = node_->changes_;
      quiet_looks = 0;
      continue;
    }
    ++quiet_looks;
    lock.unlock();
    const bool asleep = OtherThreadsAreAsleep();
    lock.lock();
    if (node_->changes_ != seen || node_->calls_ > 0) continue;
    if (quiet_looks < 2) continue;
    if (!asleep && quiet_looks < kLooksWhileRunning) continue;
    Drive(lock);
    seen = node_->changes_;
    quiet_looks = 0;
  }
}

}  // namespace npuemu
