#include "emulator/replay/replayer.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/host/host_hooks.h"
#include "emulator/host/process_threads.h"

namespace npuemu {
namespace {

// Options that say where things go, or that never change a result.
constexpr const char* kFree[] = {"trace",   "trace-limit", "replay", "timeline",
                                 "threads", "event-log",   "hang-timeout",
                                 "suppressions", "fail-on", "report-dir"};

// Not ours, but it numbers the devices (R188).
constexpr const char* kVisibleDevices = "ASCEND_RT_VISIBLE_DEVICES";

bool Decides(const Option& option) {
  return std::none_of(std::begin(kFree), std::end(kFree), [&](const char* f) {
    return std::strcmp(f, option.flag) == 0;
  });
}

bool Equal(const Event& a, const Event& b) {
  const bool b_counts = a.kind != EventKind::kCall;  // its caller
  const bool name_counts = a.kind != EventKind::kMisuse;  // may hold addresses
  return a.kind == b.kind && a.device == b.device && a.stream == b.stream &&
         a.task == b.task && a.time == b.time && a.end == b.end &&
         a.a == b.a && (a.b == b.b || !b_counts) &&
         (!name_counts || std::strcmp(a.name, b.name) == 0);
}

// Takes the decisions of the trace; everything else as the recorded policy.
class ReplayPolicy : public Policy {
 public:
  ReplayPolicy(std::shared_ptr<Replayer> replayer,
               std::unique_ptr<Policy> recorded)
      : replayer_(std::move(replayer)), recorded_(std::move(recorded)) {}

  std::optional<size_t> PickNext(ReadySet& ready, bool, SimTime,
                                 Prng&) override {
    const std::optional<uint64_t> task = replayer_->NextTask();
    if (!task) return std::nullopt;
    for (size_t i = 0; i < ready.size(); ++i) {
      if (ready[i].task->id == *task) return i;
    }
    return std::nullopt;  // the comparison will say what happens instead
  }
  bool Defers() const override { return recorded_->Defers(); }
  bool CountsPolls() const override { return recorded_->CountsPolls(); }
  bool StartsWhenDecided() const override {
    return recorded_->StartsWhenDecided();
  }
  bool Overlaps() const override { return recorded_->Overlaps(); }

 private:
  const std::shared_ptr<Replayer> replayer_;
  const std::unique_ptr<Policy> recorded_;
};

class ReplayTurns : public Turns {
 public:
  ReplayTurns(std::shared_ptr<Replayer> replayer, EventLog* log)
      : Turns(log), replayer_(std::move(replayer)) {}

  void Take(Lock& lock, uint64_t actor) override {
    // Controlled threads come in the order of the picks.
    if (!HostHooks().controlled) replayer_->AwaitTurn(lock, actor);
    replayer_->set_acting(actor);
    log_->set_actor(actor);
  }
  bool Replays() const override {
    return !HostHooks().controlled && !replayer_->Free();
  }
  bool IsTurnOf(uint64_t actor) override { return replayer_->IsTurnOf(actor); }
  std::optional<bool> GivesUp() override {
    const Event* next = replayer_->Peek();
    if (next == nullptr || next->kind != EventKind::kGiveUp) {
      return std::nullopt;
    }
    return next->a == 1;
  }
  void Stuck(const char* what) override {
    replayer_->Differ(absl::StrCat("a call that waits for ", what));
  }

 private:
  const std::shared_ptr<Replayer> replayer_;
};

class Comparison : public Observer {
 public:
  explicit Comparison(std::shared_ptr<Replayer> replayer)
      : replayer_(std::move(replayer)) {}
  ~Comparison() override { replayer_->MatchEnd(); }
  void OnEvent(const Event& event) override { replayer_->Match(event); }

 private:
  const std::shared_ptr<Replayer> replayer_;
};

}  // namespace

TraceHeader HeaderOf(const Config& config) {
  TraceHeader header;
  for (const Option& option : AllOptions()) {
    if (Decides(option)) header[option.flag] = OptionText(config, option);
  }
  const char* visible = std::getenv(kVisibleDevices);
  if (visible != nullptr) {
    header[kVisibleDevices] = visible;
    // The config has the number that is left of them.
    const char* devices = std::getenv("NPUEMU_DEVICES");
    header["devices"] = devices != nullptr ? devices : "8";
  }
  return header;
}

absl::StatusOr<std::shared_ptr<Replayer>> Replayer::Open(
    const Config& config) {
  ASSIGN_OR_RETURN(auto reader, TraceReader::Open(config.replay));
  const TraceHeader now = HeaderOf(config);
  for (const auto& [key, value] : reader->header()) {
    const auto given = now.find(key);
    if (given != now.end() && given->second == value) continue;
    return FaultError(
        Fault::kInvalidParam,
        absl::StrCat("\"", config.replay, "\" was recorded with ", key, " = ",
                     value, ", now it is ",
                     given == now.end() ? "not set" : given->second,
                     "; npuemu replay sets it"));
  }
  return std::shared_ptr<Replayer>(new Replayer(
      std::move(reader), static_cast<int>(config.hang_timeout)));
}

std::unique_ptr<Policy> Replayer::MakeReplayPolicy(
    std::shared_ptr<Replayer> replayer, std::unique_ptr<Policy> recorded) {
  return std::make_unique<ReplayPolicy>(std::move(replayer),
                                        std::move(recorded));
}

std::unique_ptr<Turns> Replayer::MakeReplayTurns(
    std::shared_ptr<Replayer> replayer, EventLog* log) {
  return std::make_unique<ReplayTurns>(std::move(replayer), log);
}

std::unique_ptr<Observer> Replayer::MakeComparison(
    std::shared_ptr<Replayer> replayer) {
  return std::make_unique<Comparison>(std::move(replayer));
}

const Event* Replayer::Peek(size_t ahead) {
  while (ahead_.size() <= ahead) {
    std::optional<Event> event = reader_->Next();
    if (!event) return nullptr;
    if (event->kind == EventKind::kPick || IsForDetectors(event->kind)) {
      continue;
    }
    ahead_.push_back(*event);
  }
  return &ahead_[ahead];
}

std::optional<uint64_t> Replayer::NextTask() {
  const Event* next = Peek();
  if (next != nullptr && next->kind == EventKind::kTurn) {
    // Told with the first event of a turn.
    next = next->a == acting_ ? Peek(1) : nullptr;
  }
  if (next == nullptr || next->kind != EventKind::kRun) return std::nullopt;
  return next->task;
}

bool Replayer::Free() {
  if (free_) return true;
  if (Peek() != nullptr || reader_->complete()) return false;
  free_ = true;
  const std::string why =
      reader_->limited()          ? "its size limit"
      : reader_->damage().empty() ? "the recorded process did not end in order"
                                  : reader_->damage();
  std::fprintf(stderr,
               "npuemu replay: the trace ends here (%s), after %zu equal "
               "events; the program goes on without it\n",
               why.c_str(), count_);
  return true;
}

bool Replayer::IsTurnOf(uint64_t actor) {
  const Event* next = Peek();
  if (next != nullptr && next->kind == EventKind::kTurn) {
    return next->a == actor;
  }
  return actor_ == actor || next == nullptr;
}

void Replayer::Match(const Event& event) {
  if (IsForDetectors(event.kind) || Free()) return;
  const Event* recorded = Peek();
  if (recorded == nullptr || !Equal(*recorded, event)) Differ(ToText(event));
  if (event.kind == EventKind::kTurn) actor_ = event.a;
  ++count_;
  matched_.push_back(event);
  if (matched_.size() > 5) matched_.pop_front();
  ahead_.pop_front();
  moved_.notify_all();
}

void Replayer::MatchEnd() {
  if (Free()) return;
  if (Peek() != nullptr) Differ("the program ended");
  std::fprintf(stderr, "npuemu replay: %zu events, all as recorded\n", count_);
}

void Replayer::Differ(const std::string& now) {
  const Event* recorded = Peek();
  std::string text = absl::StrCat(
      "npuemu replay: event ", count_ + 1, " differs\n  recorded: ",
      recorded == nullptr ? "the program ended" : ToText(*recorded),
      "\n  now:      ", now, "\n  before it:\n");
  for (const Event& event : matched_) {
    absl::StrAppend(&text, "    ", ToText(event), "\n");
  }
  std::fputs(text.c_str(), stderr);
  _exit(kReplayDiffers);
}

void Replayer::AwaitTurn(Lock& lock, uint64_t actor) {
  using WallClock = std::chrono::steady_clock;
  constexpr int kHardFactor = 6;  // a thread may compute between two calls
  const std::chrono::seconds patience(hang_seconds_);
  size_t seen = count_;
  auto begun = WallClock::now();
  while (!Free() && !IsTurnOf(actor)) {
    moved_.wait_for(lock, std::chrono::milliseconds(100));
    if (count_ != seen) {
      seen = count_;
      begun = WallClock::now();
      continue;
    }
    const auto quiet = WallClock::now() - begun;
    if (quiet > patience * kHardFactor ||
        (quiet > patience && OtherThreadsAreAsleep())) {
      Differ(absl::StrCat("nothing happens; thread ", actor,
                          " waits for its turn. The order of the program's "
                          "threads depends on more than its calls: record "
                          "with --control-threads"));
    }
  }
}

}  // namespace npuemu
