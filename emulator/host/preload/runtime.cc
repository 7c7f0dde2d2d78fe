#include "emulator/host/preload/runtime.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "emulator/host/host_hooks.h"

extern "C" __attribute__((weak, visibility("default"))) void __tsan_init();

namespace npuemu::preload {

thread_local Local local;
std::atomic<bool> missed_wake{false};

namespace {

enum Stage : int { kNew, kStarting, kStarted };
std::atomic<int> stage{kNew};
ThreadControl* control = nullptr;
std::atomic<int> next_id{0};
pthread_key_t end_key;
cpu_set_t allowed;  // before anything was pinned
cpu_set_t shared;   // the core of all threads under control
std::atomic<bool> pinned{false};
std::atomic<void (*)(bool, const void*, int)> on_edge{nullptr};
std::atomic<TouchCallback> on_touch{nullptr};
std::atomic<ReleaseCallback> on_release{nullptr};

[[noreturn]] void Fail(const std::string& message) {
  Say(message);
  _exit(68);
}

std::string Environment(const char* name, const char* fallback) {
  const char* text = std::getenv(name);
  return text != nullptr ? text : fallback;
}

bool ControlWanted() {
  const char* text = std::getenv("NPUEMU_CONTROL_THREADS");
  if (text == nullptr) return false;
  const std::string_view value = text;
  return value.empty() || value == "1" || value == "true";
}

// A file or text that cannot be read ends the process: a run without its
// script would be another run.
template <typename T>
T Plan(const char* name,
       std::optional<T> (*parse)(std::string_view, std::string*)) {
  std::string error;
  const auto text = TextOrFile(Environment(name, ""), &error);
  auto plan = text.has_value() ? parse(*text, &error) : std::nullopt;
  if (!plan.has_value()) Fail(std::string(name) + ": " + error);
  return *std::move(plan);
}

ThreadControl* MakeControl(bool with_plan) {
  ThreadControlOptions options;
  const std::string name = Environment("NPUEMU_SCHEDULE", "fifo");
  const uint64_t seed =
      std::strtoull(Environment("NPUEMU_SEED", "0").c_str(), nullptr, 10);
  const int depth = std::atoi(Environment("NPUEMU_PCT_DEPTH", "3").c_str());
  options.policy = MakeThreadPolicy(name, seed, depth);
  // The emulator refuses a wrong name with its list; here it must only live.
  if (options.policy == nullptr) {
    options.policy = MakeThreadPolicy("fifo", seed, depth);
  }
  options.fail = [](const std::string& message) { Fail(message); };
  if (with_plan) {
    options.script = Plan("NPUEMU_THREAD_SCRIPT", &ParseThreadScript);
    options.picks = Plan("NPUEMU_THREAD_PICKS", &ParseThreadPicks);
    options.replay = std::getenv("NPUEMU_THREAD_PICKS") != nullptr;
  }
  return new ThreadControl(std::move(options));
}

void AdoptMain() {
  local.id = ++next_id;
  if (control != nullptr) local.control = control->AdoptMain();
}

// The child has one thread and starts with decisions of its own; scripts and
// picks are the parent's.
void AfterForkInChild() {
  const int depth = local.depth;
  local = {};
  local.depth = depth + 1;
  next_id = 0;
  pinned = false;
  missed_wake = false;
  ForgetThreadsAfterFork();
  ForgetObjectsAfterFork();
  StopWatchdogAfterFork();
  if (control != nullptr) control = MakeControl(/*with_plan=*/false);
  AdoptMain();
  UnpinSelf();
  --local.depth;
}

void Start() {
  ResolveReal();
  if (__tsan_init != nullptr) {
    Say("the program has ThreadSanitizer inside, which watches its threads "
        "itself: start it without npuemu run, with options as NPUEMU_*");
    _exit(64);
  }
  real.getaffinity(0, sizeof(allowed), &allowed);
  pthread_key_create(&end_key, [](void* rounds) {
    // Behind the destructors of the program, as far as glibc allows.
    const auto left = reinterpret_cast<intptr_t>(rounds);
    if (left > 1) {
      pthread_setspecific(end_key, reinterpret_cast<void*>(left - 1));
    } else {
      ThreadEnds();
    }
  });
  if (ControlWanted()) control = MakeControl(/*with_plan=*/true);
  AdoptMain();
  ArmThreadEnd();
  pthread_atfork(
      [] { if (control != nullptr) control->LockForFork(); },
      [] { if (control != nullptr) control->UnlockAfterFork(); },
      AfterForkInChild);
}

// Before main, unless a constructor or dlsym came first.
__attribute__((constructor)) void StartWithTheProcess() { EnsureStarted(); }

bool ExemptModule(const void* address) {
  Dl_info info;
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return false;
  const char* slash = std::strrchr(info.dli_fname, '/');
  const std::string_view name = slash != nullptr ? slash + 1 : info.dli_fname;
  for (std::string_view exempt :
       {"libtbb", "libascendcl", "libacl_", "libnpuemu_", "libtsan", "libasan",
        "libclang_rt."}) {
    if (name.starts_with(exempt)) return true;
  }
  return false;
}

}  // namespace

ThreadControl* Control() { return control; }
int NewThreadId() { return ++next_id; }
TouchCallback TouchListener() {
  return on_touch.load(std::memory_order_relaxed);
}
ReleaseCallback ReleaseListener() {
  return on_release.load(std::memory_order_relaxed);
}

void EnsureStarted() {
  if (stage.load(std::memory_order_acquire) == kStarted) return;
  int expected = kNew;
  // Other threads do not exist yet; a call from within Start passes.
  if (!stage.compare_exchange_strong(expected, kStarting)) return;
  ++local.depth;
  Start();
  --local.depth;
  stage.store(kStarted, std::memory_order_release);
}

// Remembered by return address: one bit says known, one says exempt.
bool ExemptCaller(const void* return_address) {
  static std::atomic<uintptr_t> known[4096];
  const auto address = reinterpret_cast<uintptr_t>(return_address);
  std::atomic<uintptr_t>& slot = known[(address ^ (address >> 12)) % 4096];
  const uintptr_t seen = slot.load(std::memory_order_relaxed);
  if (seen >> 1 == address) return (seen & 1) != 0;
  const int error = errno;
  const bool exempt = ExemptModule(return_address);
  errno = error;
  slot.store(address << 1 | (exempt ? 1 : 0), std::memory_order_relaxed);
  return exempt;
}

Scope::Scope(const void* caller) {
  EnsureStarted();
  const bool first = local.depth++ == 0;
  if (!first || local.id == 0) return;
  if (control == nullptr &&
      on_edge.load(std::memory_order_relaxed) == nullptr) {
    return;
  }
  if (ExemptCaller(caller)) return;
  self_ = local.control;
  counts_ = true;
}

// While there is one thread, nobody needs to know.
void Scope::Edge(bool acquire, const void* object) {
  if (next_id.load(std::memory_order_relaxed) < 2 && object != nullptr) return;
  const auto callback = on_edge.load(std::memory_order_relaxed);
  if (callback != nullptr) callback(acquire, object, local.id - 1);
}

void Scope::Wake(const void* object, int count) const {
  if (control == nullptr || !control->AnyBlocked()) return;
  if (self_ != nullptr) {
    control->Wake(self_, object, count);
  } else if (local.depth == 1) {
    control->Wake(nullptr, object, count);
  }
}

bool VirtualClock(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME: return true;
    default: return false;
  }
}

uint64_t FromAbsolute(clockid_t clock, const timespec* time) {
  const bool realtime =
      clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  const uint64_t start = realtime ? kRealtimeStart : kMonotonicStart;
  if (time->tv_sec < 0) return 0;
  const auto seconds = static_cast<uint64_t>(time->tv_sec);
  if (seconds >= kNoTime / kSecond - 1) return kNoTime - 1;
  const uint64_t absolute =
      seconds * kSecond + static_cast<uint64_t>(time->tv_nsec);
  return absolute > start ? absolute - start : 0;
}

void PinAll() {
  if (pinned.exchange(true)) return;
  const int count = CPU_COUNT(&allowed);
  if (count <= 0) return;
  // Processes side by side take different cores.
  int skip = static_cast<int>(getpid()) % count;
  int core = 0;
  while (!CPU_ISSET(core, &allowed) || skip-- > 0) ++core;
  CPU_ZERO(&shared);
  CPU_SET(core, &shared);
  PinSelf();
}

void PinSelf() {
  if (pinned) real.setaffinity(0, sizeof(shared), &shared);
}

void UnpinSelf() { real.setaffinity(0, sizeof(allowed), &allowed); }

void ArmThreadEnd() {
  constexpr intptr_t kRounds = PTHREAD_DESTRUCTOR_ITERATIONS;
  pthread_setspecific(end_key, reinterpret_cast<void*>(kRounds));
}

void Say(const std::string& text) {
  const std::string line = "npuemu: " + text + "\n";
  RawSyscall(SYS_write, 2, reinterpret_cast<long>(line.data()),
             static_cast<long>(line.size()));
}

// A controlled thread sees the cores that it had: oneTBB asks for them.
NPUEMU_EXPORT int sched_getaffinity(pid_t pid, size_t size, cpu_set_t* set) {
  const Scope scope(NPUEMU_CALLER);
  const int result = real.getaffinity(pid, size, set);
  if (result == 0 && pinned && size >= sizeof(shared) &&
      CPU_EQUAL(set, &shared)) {
    *set = allowed;
  }
  return result;
}

// --- the table for the emulator ---------------------------------------------

namespace {

void Enter() {
  EnsureStarted();
  if (local.depth++ == 0 && local.control != nullptr) {
    local.control->in_client.store(1, std::memory_order_relaxed);
  }
}

void Leave() {
  if (--local.depth == 0 && local.control != nullptr) {
    local.control->in_client.store(0, std::memory_order_relaxed);
  }
}

void HookSwitchPoint(const char* label) {
  if (local.depth > 0 || local.control == nullptr) return;
  ++local.depth;
  control->SwitchPoint(local.control, label);
  --local.depth;
}

bool HookBlock(const char* what, uint64_t until) {
  if (local.depth > 0 || local.control == nullptr) return true;
  ++local.depth;
  const bool idle = until == kNpuemuIdle;
  const WakeReason reason = control->BlockClient(
      local.control, what, until == 0 || idle ? kNoTime : until, idle);
  --local.depth;
  return reason != WakeReason::kDeadlock;
}

void HookWake() {
  if (control == nullptr) return;
  // Between its last look and its wait a thread could miss this one.
  if (local.control == nullptr) missed_wake = true;
  if (!control->AnyBlocked()) return;
  ++local.depth;
  control->Wake(local.control, control->ClientObject());
  --local.depth;
}

std::atomic<bool (*)()> client_drive{nullptr};

bool Drive() {
  const auto drive = client_drive.load();
  if (drive == nullptr) return false;
  Enter();
  const bool worked = drive();
  Leave();
  return worked;
}

void HookSetDrive(bool (*drive)()) {
  client_drive = drive;
  if (control == nullptr) return;
  ++local.depth;
  control->SetDrive(drive != nullptr ? &Drive : nullptr);
  if (drive != nullptr) StartWatchdog();
  --local.depth;
}

NpuemuHostHooks hooks = {
    .version = kNpuemuHostHooksVersion,
    .controlled = false,
    .observed = true,
    .enter = Enter,
    .leave = Leave,
    .switch_point = HookSwitchPoint,
    .block = HookBlock,
    .wake = HookWake,
    .thread = [] { return local.id - 1; },
    .clock = [] {
      return local.control != nullptr ? local.control->clock.load() : 0;
    },
    .set_clock = [](uint64_t time) {
      if (local.control != nullptr && time > local.control->clock) {
        local.control->clock = time;
      }
    },
    .own_thread = [] { local.own_next = control != nullptr; },
    .set_drive = HookSetDrive,
    .on_decision = [](DecisionCallback callback) {
      ++local.depth;
      if (control != nullptr) control->SetOnDecision(callback);
      --local.depth;
    },
    .on_edge = [](void (*callback)(bool, const void*, int)) {
      on_edge = callback;
    },
    .deterministic = [] {
      return control == nullptr || control->deterministic();
    },
    .on_touch = [](TouchCallback callback) { on_touch = callback; },
    .on_release = [](ReleaseCallback callback) { on_release = callback; },
};

}  // namespace
}  // namespace npuemu::preload

NPUEMU_EXPORT const NpuemuHostHooks* npuemu_host_hooks() {
  npuemu::preload::EnsureStarted();
  npuemu::preload::hooks.controlled = npuemu::preload::Control() != nullptr;
  return &npuemu::preload::hooks;
}
