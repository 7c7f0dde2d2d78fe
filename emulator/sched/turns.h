// File: turns.h
// Who acts on the node: the program's threads, the helper, the threads of host
// functions. A run tells it to the log; a replay is told by the trace and makes
// threads wait for their turn (emulator/replay).
//
// Thread safety: under the node's lock.

#ifndef EMULATOR_SCHED_TURNS_H_
#define EMULATOR_SCHED_TURNS_H_

#include <cstdint>
#include <mutex>
#include <optional>

#include "emulator/event/event_log.h"

namespace npuemu {

using Lock = std::unique_lock<std::mutex>;

class Turns {
 public:
  explicit Turns(EventLog* log) : log_(log) {}
  virtual ~Turns() = default;
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // The calling thread has just got the lock and acts as `actor` from now on.
  // A replay waits here, with the lock released, until it is its turn.
  virtual void Take(Lock& /*lock*/, uint64_t actor) { log_->set_actor(actor); }

  // A wait goes by the trace, not by a wall clock.
  virtual bool Replays() const { return false; }
  // Of a replay: whether it is this one's turn.
  virtual bool IsTurnOf(uint64_t /*actor*/) { return true; }
  // Of a replay: the wait of the thread whose turn it is ends now without its
  // goal; true: by a hang, false: by its timeout (kGiveUp).
  virtual std::optional<bool> GivesUp() { return std::nullopt; }
  // Of a replay: the thread whose turn it is waits and nothing happens.
  virtual void Stuck(const char* /*what*/) {}

 protected:
  EventLog* const log_;
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_TURNS_H_
