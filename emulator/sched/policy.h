// File: policy.h
// Which of the legal next tasks runs next, and in which call. A policy sees
// only what is ready: it chooses among legal orders and cannot break one
// (design 4). The order of kRun events in the log records its decisions.
//
// fifo    what is ready runs in the call that makes it ready, as it arrived
// timed   by virtual start time; what starts up to the time of the call
// late    nothing before something must observe it; then only what that needs
// random  at every call, submission and step of a wait the seed says whether a
//         task runs, and which; every legal order has a chance
// pct     see pct_policy.h

#ifndef EMULATOR_SCHED_POLICY_H_
#define EMULATOR_SCHED_POLICY_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "emulator/base/prng.h"
#include "emulator/base/sim_time.h"
#include "emulator/sched/ready_set.h"

namespace npuemu {

class Policy {
 public:
  virtual ~Policy() = default;

  // The index of the task to decide next; nullopt leaves the rest for a later
  // call. `observing`: a call must see its goal reached, and nullopt says that
  // nothing here leads to it. Else a task may run or wait; `horizon` is the
  // time of the call. REQUIRES: something is ready.
  virtual std::optional<size_t> PickNext(ReadySet& ready, bool observing,
                                         SimTime horizon, Prng& prng) = 0;

  // The place of a head that became ready, or whose `needed` changed.
  virtual Rank RankOf(const StreamQueue&, Prng&) { return {}; }

  // Whether tasks can be left ready at the end of a submitting call.
  virtual bool Defers() const { return true; }
  // Whether a query counts its polls before it drives (design 4).
  virtual bool CountsPolls() const { return false; }
  // Whether a task starts no earlier than the call that decides it, so that
  // its virtual time agrees with the host bytes that it saw.
  virtual bool StartsWhenDecided() const { return false; }
  // Whether virtual time says what runs beside what, so that races run in
  // blocks (design 1.3); else a body runs whole, in the order of decisions.
  virtual bool Overlaps() const { return true; }
  // Whether RankOf looks at what the goal needs.
  virtual bool RanksNeeded() const { return false; }
};

// By the name of the option --schedule (config.def checks it); pct_depth as
// --pct-depth.
std::unique_ptr<Policy> MakePolicy(std::string_view name, int pct_depth = 3);

}  // namespace npuemu

#endif  // EMULATOR_SCHED_POLICY_H_
