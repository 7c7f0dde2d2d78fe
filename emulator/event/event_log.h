// File: event_log.h
// The log: keeps the last events for the report of an internal error and hands
// every event to the observers. Externally synchronized.

#ifndef EMULATOR_EVENT_EVENT_LOG_H_
#define EMULATOR_EVENT_EVENT_LOG_H_

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "emulator/base/status.h"
#include "emulator/event/event.h"

namespace npuemu {

class EventLog {
 public:
  // Keeps the last `keep` events; keep >= 1.
  explicit EventLog(size_t keep);

  void Append(const Event& event) {
    if (__builtin_expect(tells_turns_ && actor_ != told_actor_, 0)) TellActor();
    ring_[next_] = event;
    next_ = next_ + 1 == ring_.size() ? 0 : next_ + 1;
    ++count_;
    for (const auto& observer : observers_) observer->OnEvent(event);
  }

  // The same without a turn: for IsForDetectors(event.kind).
  void AppendAside(const Event& event) {
    for (const auto& observer : observers_) observer->OnEvent(event);
  }

  // What the observers are told alone: it is nothing that happens.
  void AppendArguments(std::span<const Argument> arguments, const char* call,
                       SimTime time) {
    for (const auto& observer : observers_) {
      observer->OnArguments(arguments, call, time);
    }
  }

  void AddObserver(std::unique_ptr<Observer> observer);

  // Turns, arguments and results are logged from now on.
  void Record() { recording_ = tells_turns_ = true; }
  bool recording() const { return recording_; }
  // Turns and accesses are.
  void Check() { checking_ = tells_turns_ = true; }
  bool checking() const { return checking_; }
  // Who appends from now on.
  void set_actor(uint64_t actor) { actor_ = actor; }
  uint64_t actor() const { return actor_; }

  // Destroys the observers, so that files are whole.
  void DropObservers() { observers_.clear(); }

  // The last events, oldest first.
  std::vector<Event> Last() const;

  size_t count() const { return count_; }

 private:
  void TellActor();

  std::vector<Event> ring_;
  bool recording_ = false;
  bool checking_ = false;
  bool tells_turns_ = false;
  uint64_t actor_ = 0;
  uint64_t told_actor_ = 0;
  size_t next_ = 0;  // in ring_
  size_t count_ = 0;
  std::vector<std::unique_ptr<Observer>> observers_;
};

// Writes every event as a line of text; "-" is standard output. Fault
// kInvalidParam if the file cannot be opened.
absl::StatusOr<std::unique_ptr<Observer>> TextTrace(const std::string& path);

}  // namespace npuemu

#endif  // EMULATOR_EVENT_EVENT_LOG_H_
