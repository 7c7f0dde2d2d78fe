// File: replayer.h
// Plays a trace back: enforces its decisions and compares everything that
// happens with what was recorded (design 5, rr's "replay does not schedule").
//
// - Which task runs in which call: ReplayPolicy takes it from the trace.
// - Which thread acts: ReplayTurns lets a thread go on when the trace says so.
//   Controlled threads are chosen by the recorded picks instead
//   (NPUEMU_THREAD_PICKS, set by npuemu replay).
// - The first event that differs ends the process with exit code 68 and both
//   sides on standard error; so does a replay that cannot go on. It never
//   hangs: where no thread moves for --hang-timeout, that is a difference.
// - A trace that ends without an end mark (crash, kill) is followed to its last
//   record; the program goes on freely from there.

#ifndef EMULATOR_REPLAY_REPLAYER_H_
#define EMULATOR_REPLAY_REPLAYER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "emulator/base/config.h"
#include "emulator/event/event_log.h"
#include "emulator/sched/policy.h"
#include "emulator/sched/turns.h"
#include "emulator/trace/trace_stream.h"

namespace npuemu {

// Exit code of a replay that differs (design 3.3).
constexpr int kReplayDiffers = 68;

class Replayer {
 public:
  // Fault kInvalidParam: no trace, or made under other options than `config`.
  static absl::StatusOr<std::shared_ptr<Replayer>> Open(const Config& config);

  // What the node takes instead of its own.
  static std::unique_ptr<Policy> MakeReplayPolicy(
      std::shared_ptr<Replayer> replayer, std::unique_ptr<Policy> recorded);
  static std::unique_ptr<Turns> MakeReplayTurns(
      std::shared_ptr<Replayer> replayer, EventLog* log);
  static std::unique_ptr<Observer> MakeComparison(
      std::shared_ptr<Replayer> replayer);

  // The next recorded event, picks left out; null at the end.
  const Event* Peek(size_t ahead = 0);
  // The task that is decided next; nullopt if something else comes first.
  std::optional<uint64_t> NextTask();
  bool IsTurnOf(uint64_t actor);
  // Compares and moves on.
  void Match(const Event& event);
  // The program ended: nothing more may be recorded.
  void MatchEnd();
  // Who acts now, told or not.
  void set_acting(uint64_t actor) { acting_ = actor; }
  void AwaitTurn(Lock& lock, uint64_t actor);
  // The trace is over without an end mark, and the process goes on.
  bool Free();
  // Prints both sides and ends the process.
  [[noreturn]] void Differ(const std::string& now);

 private:
  explicit Replayer(std::unique_ptr<TraceReader> reader, int hang_seconds)
      : reader_(std::move(reader)), hang_seconds_(hang_seconds) {}
  const std::unique_ptr<TraceReader> reader_;
  const int hang_seconds_;
  std::deque<Event> ahead_;
  std::deque<Event> matched_;  // the last few
  size_t count_ = 0;
  uint64_t actor_ = 0;   // of the events that were matched
  uint64_t acting_ = 0;
  bool free_ = false;
  std::condition_variable moved_;
};

// The options of `config` that decide a run, by flag.
TraceHeader HeaderOf(const Config& config);

}  // namespace npuemu

#endif  // EMULATOR_REPLAY_REPLAYER_H_
