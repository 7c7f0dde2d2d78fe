// File: legality.h
// Whether a log is legal: the second definition of legal order (design 4),
// written from the rules alone. It shares no code with the scheduler and knows
// nothing but events, so it works live and on a recorded log.
//
// Checked, by the word that a finding begins with:
// - stream order: a task runs when all before it in its stream have (R29)
// - wait: the signal is set, and not later than the start; a notify's wait
//   takes the record (R58, R61, R74); a host function has run and returned
//   before what follows it (R109)
// - binding: an event's wait and reset name the latest record at the time of
//   the call (R58)
// - time: no start before the submission and the stream's last end; the end is
//   start + cost; a wait gives up only after its timeout (R71)
// - queue: at most 2047 entries are outstanding (R36)
// - sync: what the host saw complete has ended (R41, R64)
// - resource: tasks at one time take no more servers than the device has
// - destroy: nothing is queued on a destroyed stream (R48)
// Not checked: the memory that a value wait reads (R75) is not in the log.

#ifndef EMULATOR_SCHED_LEGALITY_H_
#define EMULATOR_SCHED_LEGALITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "emulator/base/sim_time.h"
#include "emulator/event/event.h"

namespace npuemu {

class LegalityChecker : public Observer {
 public:
  // Servers of a device, in the order of the units of kSubmit: control, cube,
  // vector, AI CPU, copy in, copy out, copy on the device, host. 0: any number.
  using Servers = std::array<uint32_t, 8>;

  explicit LegalityChecker(const Servers& servers) : servers_(servers) {}

  void OnEvent(const Event& event) override;

  // The first ones, as "wait: event 12: task 7 of stream 1 ...".
  const std::vector<std::string>& findings() const { return findings_; }
  uint64_t events() const { return events_; }

 private:
  // What kSubmit, kWait and kEffect said of a task.
  struct Pending {
    uint64_t id = 0;
    SimTime submitted;
    SimDuration cost{0};
    uint32_t unit = 0;
    uint32_t cores = 1;
    uint64_t wait_kind = 0;  // 0: none
    uint64_t wait_for = 0;
    SimTime gives_up;        // <= submitted: never
    bool expired = false;
    uint64_t effect = 0;
    uint64_t target = 0;
  };
  struct StreamState {
    std::deque<Pending> pending;
    std::vector<SimTime> ends;  // of all tasks that ran or were dropped
    size_t ended = 0;           // so many the host has seen out of the queue
  };
  struct SignalState {
    bool set = false;
    SimTime set_at;
    std::deque<SimTime> delivered;  // ends of deliveries without return
    uint64_t callbacks = 0;         // host functions that ran, no return seen
  };
  // Taken servers from each time on.
  using Usage = std::map<SimTime, uint32_t>;

  void OnSubmit(const Event& event);
  void OnWait(const Event& event);
  void OnEffect(const Event& event);
  void OnExpire(const Event& event);
  void OnRun(const Event& event);
  void OnReturn(const Event& event);
  void OnDrop(const Event& event);
  void OnSync(const Event& event);
  void CheckWait(const Event& event, const Pending& task);
  void CheckTimes(const Event& event, const Pending& task);
  void CheckServers(const Event& event, const Pending& task);
  void Apply(const Event& event, const Pending& task);
  void CheckBinding(const Event& event);
  // The task that kSubmit announced just now; null (a finding) if another.
  Pending* LastSubmitted(const Event& event);
  void Find(const char* what, const Event& event, const std::string& text);

  const Servers servers_;
  uint64_t events_ = 0;
  std::vector<std::string> findings_;
  std::map<int, StreamState> streams_;
  std::map<uint64_t, SignalState> signals_;
  std::map<uint64_t, uint64_t> latest_;  // object -> signal of its last record
  std::map<uint64_t, Usage> usage_;      // by device and unit
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_LEGALITY_H_
