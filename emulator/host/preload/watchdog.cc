// The only use of wall-clock time: a thread under control that blocks where
// nobody sees it (a read from a pipe), or computes for long, must not stop the
// others. It looks every 20 ms and acts when nothing was decided for 100 ms;
// what it does marks the run as not deterministic.
//
// A program that deadlocks by itself is named once, thread by thread, and goes
// on waiting as it would without control: a signal may still end the wait. If
// NPUEMU_HANG_TIMEOUT is set (run --hang-timeout), the process ends with 70
// after that many seconds.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

constexpr long kLookMilliseconds = 20;
constexpr int kQuietLooks = 5;
constexpr int kLooksPerSecond = 1000 / kLookMilliseconds;
constexpr int kDefaultHangSeconds = 10;

std::atomic<bool> started{false};
std::atomic<uint32_t> never{0};

struct ThreadLook {
  char state = '?';      // of /proc/self/task/TID/stat
  uint64_t ticks = 0;    // processor time, in 10 ms
};

ThreadLook LookAt(int tid) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char text[512];
  const ssize_t size = read(file, text, sizeof(text) - 1);
  close(file);
  if (size <= 0) return {};
  text[size] = '\0';
  const char* end = std::strrchr(text, ')');
  ThreadLook look;
  unsigned long user = 0;
  unsigned long system = 0;
  if (end == nullptr ||
      std::sscanf(end + 2,
                  "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                  &look.state, &user, &system) != 3) {
    return {};
  }
  look.ticks = user + system;
  return look;
}

class Watchdog {
 public:
  void Look() {
    ThreadControl* control = Control();
    if (missed_wake.exchange(false)) control->WakeAll();
    const uint64_t activity = control->activity();
    if (activity != seen_) {
      *this = Watchdog();
      seen_ = activity;
      return;
    }
    ++quiet_;
    int id = 0;
    int tid = 0;
    if (control->Running(&id, &tid)) {
      LookAtRunning(id, tid);
    } else if (quiet_ >= kQuietLooks) {
      LookAtStuck();
    }
  }

 private:
  // A thread that waits for a core of a busy machine is neither.
  void LookAtRunning(int id, int tid) {
    const ThreadLook look = LookAt(tid);
    if (asleep_ + looks_ == 0) first_ = look.ticks;
    ++looks_;
    asleep_ = look.state == 'S' ? asleep_ + 1 : 0;
    constexpr uint64_t kTicks = kQuietLooks * kLookMilliseconds / 10;
    const bool computes = look.ticks - first_ >= kTicks;
    if (asleep_ < kQuietLooks && !computes) return;
    if (Control()->live() > 1) {
      Control()->LetGo(id, seen_, [&](const char* label) {
        Say("thread " + std::to_string(id) + " was let go: it " +
            (computes ? "computes" : "is blocked outside") + " since " +
            label + "; this run is not deterministic");
      });
    }
    Control()->Unstick(/*give_up=*/false);
    looks_ = 0;
    asleep_ = 0;
  }

  void LookAtStuck() {
    std::string report;
    if (quiet_ == kQuietLooks) Control()->Unstick(/*give_up=*/false);
    const bool hopeless = Control()->Stuck(&report);
    if (hopeless && !reported_) {
      reported_ = true;
      report.pop_back();
      Say("deadlock: every thread waits\n" + report);
    }
    const char* given = std::getenv("NPUEMU_HANG_TIMEOUT");
    const int seconds =
        given != nullptr ? std::atoi(given) : kDefaultHangSeconds;
    if (quiet_ != seconds * kLooksPerSecond) return;
    Control()->Unstick(/*give_up=*/true);
    if (hopeless && given != nullptr) {
      Say("deadlock: ended after --hang-timeout");
      _exit(70);
    }
  }

  uint64_t seen_ = 0;
  int quiet_ = 0;
  int looks_ = 0;
  int asleep_ = 0;
  uint64_t first_ = 0;
  bool reported_ = false;
};

void* Watch(void*) {
  ++local.depth;  // exempt
  UnpinSelf();
  Watchdog watchdog;
  while (true) {
    FutexWait(&never, 0, kLookMilliseconds);
    watchdog.Look();
  }
}

}  // namespace

void StopWatchdogAfterFork() { started = false; }

void StartWatchdog() {
  if (started.exchange(true)) return;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  if (real.create(&thread, nullptr, &Watch, nullptr) == 0) {
    real.detach(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace npuemu::preload
