// File: event_log.h
// The log: keeps the last events for the report of an internal error and hands
// every event to the observers. Externally synchronized.

#ifndef EMULATOR_EVENT_EVENT_LOG_H_
#define EMULATOR_EVENT_EVENT_LOG_H_

#include <cstddef>
#include <cstdio>
#include <memory>
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
    ring_[count_ % ring_.size()] = event;
    ++count_;
    for (const auto& observer : observers_) observer->OnEvent(event);
  }

  void AddObserver(std::unique_ptr<Observer> observer);

  // Destroys the observers, so that files are whole.
  void DropObservers() { observers_.clear(); }

  // The last events, oldest first.
  std::vector<Event> Last() const;

  size_t count() const { return count_; }

 private:
  std::vector<Event> ring_;
  size_t count_ = 0;
  std::vector<std::unique_ptr<Observer>> observers_;
};

// Writes every event as a line of text; "-" is standard output. Fault
// kInvalidParam if the file cannot be opened.
absl::StatusOr<std::unique_ptr<Observer>> TextTrace(const std::string& path);

}  // namespace npuemu

#endif  // EMULATOR_EVENT_EVENT_LOG_H_
