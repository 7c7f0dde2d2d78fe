#include "emulator/device/host_wait.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"

namespace npuemu {
namespace {

using WallClock = std::chrono::steady_clock;

// Two quiet looks apart by this, with every other thread asleep, and the
// helper drives. Long enough that a thread between two calls is not "asleep".
constexpr std::chrono::milliseconds kLook{20};
// A thread that still runs (it may spin on a flag) is given this long.
constexpr int kLooksWhileRunning = 25;

// Calls f(tid) for every thread of the process.
template <typename F>
void ForEachThread(F f) {
  DIR* folder = opendir("/proc/self/task");
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    const int tid = std::atoi(entry->d_name);
    if (tid > 0) f(tid);
  }
  closedir(folder);
}

int ThreadCount() {
  int count = 0;
  ForEachThread([&](int) { ++count; });
  return count;
}

absl::Status Hang(Call& call, const Goal& goal, const WaitOptions& options,
                  const char* why) {
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
      : call_(call), node_(call.node), begun_(WallClock::now()) {
    hang_at_ = begun_ + std::chrono::seconds(node_.config().hang_timeout);
    if (options.timeout) timeout_at_ = begun_ + *options.timeout;
  }

  bool Alone() const {
    return node_.blocked_ + 1 + node_.internal_threads_ >= ThreadCount();
  }
  bool TimedOut() const {
    return WallClock::now() >= timeout_at_;
  }
  bool Hung() const { return WallClock::now() >= hang_at_; }
  // How often something changed that a waiting call must look at.
  static uint64_t Changes(const Node& node) { return node.changes_; }

  void Block() {
    const uint64_t seen = node_.changes_;
    auto until = std::max(hang_at_, WallClock::now() + kLook);
    if (timeout_at_ < until) until = timeout_at_;
    ++node_.blocked_;
    node_.changed_.notify_all();  // others may find that all are blocked now
    node_.changed_.wait_until(call_.lock, until,
                              [&] { return node_.changes_ != seen; });
    --node_.blocked_;
    if (node_.changes_ != seen) {
      hang_at_ = WallClock::now() +
                 std::chrono::seconds(node_.config().hang_timeout);
    }
  }

 private:
  Call& call_;
  Node& node_;
  const WallClock::time_point begun_;
  WallClock::time_point hang_at_;
  WallClock::time_point timeout_at_ = WallClock::time_point::max();
};

absl::Status WaitFor(Call& call, const Goal& goal,
                     const WaitOptions& options) {
  Scheduler& scheduler = call.node.scheduler();
  std::unique_ptr<HostWaiter> waiter;
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
    if (HostHooks().controlled && !awaits_return && !options.timeout) {
      if (call.BlockControlled(options.what)) continue;
      return Hang(call, goal, options, "no controlled thread can go on");
    }
    if (waiter == nullptr) waiter = std::make_unique<HostWaiter>(call, options);
    // A host function on our own thread may still act; else nobody can.
    const bool alone = !awaits_return && waiter->Alone();
    if (options.timeout && (alone || waiter->TimedOut())) {
      call.WaitedUntil(call.now + *options.timeout);
      return FaultError(options.on_timeout,
                        absl::StrCat("timeout while waiting for ",
                                     options.what, ". Waiting now:\n",
                                     scheduler.WaitGraph(goal)));
    }
    if (alone) {
      return Hang(call, goal, options,
                  "every thread of the process waits in an ACL call");
    }
    if (!options.may_idle && waiter->Hung()) {
      return Hang(call, goal, options, "no progress within --hang-timeout");
    }
    waiter->Block();
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

void HelperThread::Wake() {
  if (!thread_.joinable()) {
    ++node_->internal_threads_;
    thread_ = std::thread([this] { Loop(); });
  } else if (idle_) {
    wake_.notify_all();
  }
}

bool HelperThread::OthersAreAsleep() const {
  const auto self = static_cast<int>(syscall(SYS_gettid));
  bool asleep = true;
  ForEachThread([&](int tid) {
    if (tid == self || !asleep) return;
    const std::string path =
        absl::StrCat("/proc/self/task/", tid, "/stat");
    FILE* file = std::fopen(path.c_str(), "re");
    if (file == nullptr) return;  // it ended
    char line[512] = {};
    const size_t size = std::fread(line, 1, sizeof(line) - 1, file);
    std::fclose(file);
    const std::string text(line, size);
    const size_t close = text.rfind(')');
    if (close == std::string::npos || close + 2 >= size) return;
    if (text[close + 2] == 'R') asleep = false;
  });
  return asleep;
}

void HelperThread::Loop() {
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
    if (node_->changes_ != seen || node_->calls_ > 0) {
      seen = node_->changes_;
      quiet_looks = 0;
      continue;
    }
    ++quiet_looks;
    lock.unlock();
    const bool asleep = OthersAreAsleep();
    lock.lock();
    if (node_->changes_ != seen || node_->calls_ > 0) continue;
    if (quiet_looks < 2) continue;
    if (!asleep && quiet_looks < kLooksWhileRunning) continue;
    Event event;
    event.kind = EventKind::kHelper;
    event.time = node_->scheduler_.committed();
    event.name = asleep ? "all threads asleep" : "no call for a while";
    node_->log_.Append(event);
    node_->scheduler_.DriveAll(lock, event.time);
    node_->Changed();
    seen = node_->changes_;
    quiet_looks = 0;
  }
}

}  // namespace npuemu
