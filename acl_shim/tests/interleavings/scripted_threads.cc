#include "acl_shim/tests/interleavings/scripted_threads.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

#include "emulator/host/host_hooks.h"
#include "emulator/host/thread_policy.h"

namespace npuemu::testing {
namespace {

// The thread of a body; 0 for every other one.
thread_local int t_thread = 0;

// Who may run: one thread, or the director (0) that decides.
class Baton {
 public:
  struct Thread {
    std::string stop_at;  // hand back before this label; "*": before any
    std::string label;    // where it stands
    bool met = false;     // it stands at stop_at
    bool blocked = false;
    bool ended = false;
  };

  void Begin(size_t threads) {
    threads_.assign(threads + 1, Thread());
    running_ = 0;
    hung_ = false;
  }
  Thread& thread(int k) { return threads_[static_cast<size_t>(k)]; }
  int count() const { return static_cast<int>(threads_.size()) - 1; }

  // The director: lets thread k run, until it hands back.
  void Run(int k, const std::string& stop_at) {
    std::unique_lock<std::mutex> lock(mutex_);
    thread(k).stop_at = stop_at;
    thread(k).met = thread(k).blocked = false;
    running_ = k;
    changed_.notify_all();
    changed_.wait(lock, [&] { return running_ == 0; });
  }

  // A thread: waits for its first turn.
  void Start(int k) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return running_ == k; });
  }
  void End(int k) {
    const std::lock_guard<std::mutex> lock(mutex_);
    thread(k).ended = true;
    running_ = 0;
    changed_.notify_all();
  }
  void Point(int k, const char* label) {
    std::unique_lock<std::mutex> lock(mutex_);
    Thread& self = thread(k);
    if (self.stop_at != label && self.stop_at != "*") return;
    self.label = label;
    self.met = true;
    HandBack(k, &lock);
  }
  bool Block(int k, const char* what) {
    std::unique_lock<std::mutex> lock(mutex_);
    thread(k).label = what;
    thread(k).blocked = true;
    HandBack(k, &lock);
    return !hung_;
  }

  // From now on blocked threads are told that nothing will help.
  void SetHung() { hung_ = true; }

 private:
  void HandBack(int k, std::unique_lock<std::mutex>* lock) {
    running_ = 0;
    changed_.notify_all();
    changed_.wait(*lock, [&] { return running_ == k; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Thread> threads_;
  int running_ = 0;
  bool hung_ = false;
};

Baton& TheBaton() {
  static auto& baton = *new Baton();
  return baton;
}

// The bodies' threads; joined by the destructor, when all have ended.
class Crew {
 public:
  explicit Crew(const std::vector<ThreadBody>& bodies) {
    TheBaton().Begin(bodies.size());
    for (size_t i = 0; i < bodies.size(); ++i) {
      threads_.emplace_back([k = static_cast<int>(i) + 1, body = bodies[i]] {
        t_thread = k;
        TheBaton().Start(k);
        body();
        TheBaton().End(k);
      });
    }
  }
  ~Crew() {
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::vector<std::thread> threads_;
};

std::function<void()>& TheInspector() {
  static auto& inspector = *new std::function<void()>();
  return inspector;
}

// Runs all that have not ended, in order; a round in which all of them are
// blocked is a deadlock.
void RunRest() {
  Baton& baton = TheBaton();
  while (true) {
    bool left = false;
    bool moved = false;
    for (int k = 1; k <= baton.count(); ++k) {
      if (baton.thread(k).ended) continue;
      baton.Run(k, "");
      left = true;
      moved |= !baton.thread(k).blocked;
    }
    if (!left) return;
    if (!moved) baton.SetHung();
  }
}

}  // namespace

void SetInspector(std::function<void()> inspector) {
  TheInspector() = std::move(inspector);
}

bool RunScript(const std::string& script,
               const std::vector<ThreadBody>& bodies) {
  const Crew crew(bodies);
  Baton& baton = TheBaton();
  bool fits = true;
  std::istringstream steps(script);
  for (std::string step; steps >> step;) {
    const size_t colon = step.find(':');
    const int k = std::stoi(step.substr(0, colon));
    const std::string label =
        colon == std::string::npos ? "" : step.substr(colon + 1);
    if (baton.thread(k).ended) {
      fits = false;
      continue;
    }
    baton.Run(k, label);
    if (TheInspector() != nullptr) TheInspector()();
    fits &= label.empty() || baton.thread(k).met;
  }
  RunRest();
  return fits;
}

void RunSeed(uint64_t seed, Choice choice,
             const std::vector<ThreadBody>& bodies, std::string* trace) {
  const Crew crew(bodies);
  Baton& baton = TheBaton();
  // The policy that npuemu run --control-threads uses.
  const auto policy = MakeThreadPolicy(
      choice == Choice::kRandom ? "random" : "pct", seed, /*depth=*/3);
  for (int k = 1; k <= baton.count(); ++k) policy->Created(k);
  int last = 0;
  while (true) {
    std::vector<ThreadCandidate> ready;
    bool last_first = false;
    for (int k = 1; k <= baton.count(); ++k) {
      const Baton::Thread& thread = baton.thread(k);
      if (thread.ended || thread.blocked) continue;
      ready.push_back({k, 0});
      last_first |= k == last;
    }
    if (ready.empty()) break;
    const size_t pick =
        ready.size() == 1
            ? 0
            : policy->Pick({ready, last, last_first, /*yielded=*/false});
    const int next = last = ready[pick].id;
    baton.Run(next, "*");
    if (trace != nullptr) {
      *trace += std::to_string(next);
      if (baton.thread(next).met) *trace += ":" + baton.thread(next).label;
      *trace += " ";
    }
    if (TheInspector() != nullptr) TheInspector()();
    // Whoever is blocked looks again after any step of another one.
    if (baton.thread(next).blocked) continue;
    for (int k = 1; k <= baton.count(); ++k) baton.thread(k).blocked = false;
  }
  RunRest();
}

}  // namespace npuemu::testing

namespace {

using npuemu::testing::t_thread;
using npuemu::testing::TheBaton;

// Threads outside of the script: they block for real, and what nobody changes
// for this long is a deadlock.
class Outside {
 public:
  void Wake() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++wakes_;
    changed_.notify_all();
  }
  bool Block() {
    std::unique_lock<std::mutex> lock(mutex_);
    // A wake between the caller's look and this is not lost.
    const bool woken = changed_.wait_for(lock, std::chrono::seconds(2),
                                         [&] { return wakes_ != t_seen; });
    t_seen = wakes_;
    return woken;
  }

 private:
  static thread_local uint64_t t_seen;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t wakes_ = 0;
};

thread_local uint64_t Outside::t_seen = 0;

Outside& TheOutside() {
  static auto& outside = *new Outside();
  return outside;
}

constexpr NpuemuHostHooks kScripted = {
    .version = kNpuemuHostHooksVersion,
    .controlled = true,
    .observed = false,
    .enter = [] {},
    .leave = [] {},
    .switch_point =
        [](const char* label) {
          if (t_thread != 0) TheBaton().Point(t_thread, label);
        },
    .block =
        [](const char* what, uint64_t) {
          return t_thread == 0 ? TheOutside().Block()
                               : TheBaton().Block(t_thread, what);
        },
    .wake = [] { TheOutside().Wake(); },
    .thread = [] { return t_thread; },
    .clock = [] { return uint64_t{0}; },
    .set_clock = [](uint64_t) {},
    .own_thread = [] {},
    .set_drive = [](bool (*)()) {},
    .on_decision = [](void (*)(uint64_t, int, int, const char*)) {},
    .on_edge = [](void (*)(bool, const void*, int)) {},
    .deterministic = [] { return true; },
    .on_touch = [](void (*)(const void*, uint64_t, bool, const void*)) {},
    .on_release = [](void (*)(const char*, const void*, uint64_t,
                              const void*)) {},
};

}  // namespace

const NpuemuHostHooks* npuemu_host_hooks() { return &kScripted; }
