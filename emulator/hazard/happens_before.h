// File: happens_before.h
// What happens before what, from the log alone (design 7): host threads and
// streams are actors, each with a vector clock.
//
// An edge comes from
// - the order of a stream, and of the calls of a host thread (R29)
// - a submission: the task knows what its thread knew
// - a wait: the signal's setters (one record of an event, the level of a
//   fixed-id event since its last reset, a notify's record) (R58, R59, R74)
// - a host function: its delivery, and its return, when it is seen (R109)
// - a value that was written for a value wait (R75)
// - a host synchronisation: the tasks that it saw complete (R41, R63, R64)
// - what host threads do to order each other, as the observer sees it (design
//   5), and the making of a stream: who uses it knows that it was made
// Without the observer, and for threads that it does not see, calls know of all
// calls before them, so that no false race is told.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_HAPPENS_BEFORE_H_
#define EMULATOR_HAZARD_HAPPENS_BEFORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emulator/base/recent_map.h"
#include "emulator/event/event.h"
#include "emulator/event/kinds.h"
#include "emulator/hazard/vector_clock.h"

namespace npuemu {

class HappensBefore {
 public:
  // `arrival`: calls of different threads are ordered as they arrive.
  explicit HappensBefore(bool arrival) : arrival_(arrival) {}

  void OnEvent(const Event& event);

  // Of the task that the last kRun decided.
  struct Actor {
    Epoch epoch;
    const VectorClock* knowledge;
  };
  Actor RunningTask() const;
  // Of the host thread that acts: a step of its own, later than all before.
  Actor HostAccess();
  // Of the last submission; what others must know to be ordered behind it.
  Epoch Submission();
  bool several_threads() const { return several_threads_; }
  const VectorClock& ActingKnowledge() { return Acting().knows; }
  bool ActingKnows(Epoch epoch) { return Acting().knows.Knows(epoch); }
  // How many of the stream's tasks the acting thread knows to be complete.
  uint64_t Awaited(int stream);
  // The same of what the tasks of `knower` that ran know.
  uint64_t AwaitedBy(int knower, int stream);

  // Whether the task writes a value for waits, or waited for one, at this word:
  // then it is told (R75), and the word is no memory that races.
  bool ExchangesValue(uint64_t address);
  // The acting thread wrote a word; a wait may see it.
  void HostWroteValue(uint64_t address);

  uint64_t ActingThread() const { return acting_; }
  // Whose steps an epoch counts.
  bool IsStream(uint32_t actor) const { return actors_[actor].stream >= 0; }
  int StreamOf(uint32_t actor) const { return actors_[actor].stream; }
  uint64_t ThreadOf(uint32_t actor) const { return actors_[actor].thread; }

 private:
  struct ActorName {
    int stream = -1;
    uint64_t thread = 0;
  };
  struct Pending {
    uint64_t task = 0;
    Knowledge submitter;
    WaitKind wait_kind = WaitKind::kNone;
    uint64_t wait_for = 0;
    bool expired = false;
    EffectKind effect = EffectKind::kNone;
    uint64_t target = 0;
    bool host_function = false;
  };
  struct Stream {
    uint32_t actor = 0;
    uint64_t first = 0;  // the step before its first task
    uint64_t ran = 0;    // the step of the last that ran or was dropped
    VectorClock knows;
    VectorClock passed;  // by records that were complete, for its next task
    Knowledge last_submitter;  // joined already
    std::deque<Pending> pending;
    Knowledge made;  // what its maker knew
    std::vector<uint64_t> users;  // threads that know that
    // What it knew of others from its task `first` on, the latest last.
    std::deque<std::pair<uint64_t, Knowledge>> history;
  };
  struct Signal {
    VectorClock knows;  // of its setters since its last reset
    uint32_t waiters = 0;  // queued tasks that name it
    bool superseded = false;  // a later record is the event's latest
  };
  struct Thread {
    uint32_t actor = 0;
    uint64_t step = 0;
    VectorClock knows;
    Knowledge shared;  // null: changed since
  };

  uint64_t Known(const VectorClock& knows, int stream) const;
  Stream& StreamFor(int id);
  Thread& ThreadFor(uint64_t id);
  Thread& Acting() { return ThreadFor(acting_); }
  Knowledge Share(Thread& thread);
  void Learn(Thread& thread, const VectorClock& knowledge);
  // What the thread does from here on is later than all before.
  static void Step(Thread& thread);

  void OnTurn(uint64_t actor);
  void OnEdge(const Event& event);
  void LearnOfMaking(Stream& stream);
  void OnSubmit(const Event& event);
  void OnRun(const Event& event);
  void AwaitSignal(Stream& stream, const Pending& task);
  void StopWaiting(const Pending& task);
  void Apply(Stream& stream, const Pending& task);
  void OnSync(const Event& event);
  void OnCallback(const Event& event);
  void OnStreamDestroy(const Event& event);
  void OnWait(const Event& event);
  void OnEffect(const Event& event);
  void DropIfOver(uint64_t signal);
  Pending* LastSubmitted(const Event& event);

  // Locks and the like share so many clocks: memory is bounded, and two that
  // share one add an edge, which may hide a race.
  static constexpr size_t kObjects = 1 << 16;

  const bool arrival_;
  bool several_threads_ = false;
  uint64_t acting_ = 0;
  Stream* running_ = nullptr;
  WaitKind running_wait_ = WaitKind::kNone;
  EffectKind running_effect_ = EffectKind::kNone;
  std::vector<ActorName> actors_;
  std::vector<Epoch> free_actors_;  // last steps of destroyed streams
  RecentMap<int, Stream> streams_;
  RecentMap<uint64_t, Thread> threads_;
  std::unordered_map<uint64_t, VectorClock> objects_;  // by hash
  VectorClock everyone_;  // what each thread knows from its first step on
  std::unordered_map<uint64_t, Signal> signals_;
  std::unordered_map<uint64_t, uint64_t> latest_;  // object -> signal
  std::unordered_map<uint64_t, VectorClock> returns_;   // by signal, not seen
  std::unordered_map<uint64_t, VectorClock> deliveries_;  // by task
  std::unordered_map<uint64_t, VectorClock> published_;  // by word
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_HAPPENS_BEFORE_H_
