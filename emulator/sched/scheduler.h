// File: scheduler.h
// Decides which task runs in which call and when it starts and ends on the
// virtual clock; hands decided tasks to the executor (design 1, 4).
//
// Ground rules
// - Every method needs the node's lock, passed in; bodies that use worker
//   threads run with it released, one batch at a time and in decided order.
// - Legal order is defined in Watch and MakeReady alone: a task may run when it
//   is the head of its stream and its wait is satisfied. Policies choose among
//   those. legality.h checks the log against a second definition.
// - Nothing runs behind the host's back: tasks run in Submit, Drive, AdvanceTo.
// - A decision costs O(log streams), and more only where a task reads memory
//   (value waits), a signal has several setters, or a host function returns.

#ifndef EMULATOR_SCHED_SCHEDULER_H_
#define EMULATOR_SCHED_SCHEDULER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/event/event_log.h"
#include "emulator/sched/policy.h"
#include "emulator/sched/ready_set.h"
#include "emulator/sched/stream_queue.h"
#include "emulator/sched/turns.h"
#include "emulator/task/cost_model.h"
#include "emulator/task/executor.h"
#include "emulator/task/task.h"

namespace npuemu {

// What a call needs to see before it returns.
struct Goal {
  struct Root {
    StreamQueue* queue;
    uint64_t seq;
  };
  std::vector<Root> roots;            // these tasks decided ...
  std::function<bool()> done;         // ... or this holds, if given
};

class Scheduler {
 public:
  Scheduler(EventLog* log, Turns* turns, std::unique_ptr<Policy> policy,
            CostModel* costs, Executor* executor, uint64_t seed);

  // Appends the task; runs what the policy wants to run now. `now` is the time
  // of the call. REQUIRES: the queue has room and takes tasks.
  void Submit(Lock& lock, StreamQueue* queue, Task&& task, SimTime now);

  enum class Outcome {
    kReached,
    kBlocked,      // nothing that is ready leads to the goal
    kNeedsReturn,  // a delivered host function must return first
  };
  // Runs tasks until the goal is reached or nothing more can be done here.
  Outcome Drive(Lock& lock, const Goal& goal, SimTime now);

  // A call begins: runs what the policy wants to run up to `now`.
  void AdvanceTo(Lock& lock, SimTime now);

  // Executes everything decided so far. After it, bytes are where the decided
  // order puts them.
  void Flush(Lock& lock);
  // The same for a thread that may have nothing to say in the log.
  void FlushFor(Lock& lock, uint64_t actor);
  // The call ends at `now`: executes what was decided, unless some of it still
  // runs in virtual time and later tasks may run beside it.
  void Settle(Lock& lock, SimTime now);

  // Lets a wait with the smallest timeout among the goal's streams expire in
  // virtual time; false if none of them has one.
  bool ExpireWait(Lock& lock, const Goal& goal);

  // A host function returned: its signal may be seen from the time on that
  // stands in Signal::returns.
  void HostReturned(const std::shared_ptr<Signal>& signal);

  // A stopped stream keeps its tasks and runs none.
  void SetStopped(StreamQueue* queue, bool stopped);
  // Drops what is queued (abort, forced destroy).
  void DropPending(StreamQueue* queue);
  // Forgets the queue. REQUIRES: nothing is pending.
  void Remove(StreamQueue* queue);

  // Whether tasks wait that a helper could run: ready, behind a callback, or
  // decided and not executed.
  bool HasDeferred() const {
    return CanStep() || host_pending_ > 0 || !batch_.empty();
  }
  // Drives everything that can run, as an observer of all streams.
  void DriveAll(Lock& lock, SimTime now);

  // Why the goal is not reached: one line per waiting stream.
  std::string WaitGraph(const Goal& goal);
  // In one word: a stream that waits, over records in queues, for itself; a
  // host function; a record that an abort dropped, that is queued nowhere, or
  // of a notify; something else.
  enum class Stuck {
    kCycle, kHostFunction, kAborted, kNoRecord, kNotify, kElse
  };
  Stuck WhyStuck(const Goal& goal);

  // The id that the next submitted task gets.
  uint64_t next_task() const { return last_task_id_ + 1; }
  // The largest start that was decided; no call is earlier (design 4).
  SimTime committed() const { return committed_; }
  Policy& policy() { return *policy_; }
  // Takes the first piece off a range, of `*bytes`, and gives its place.
  using TakePiece = std::function<Argument(MemoryRange* rest, uint64_t* bytes)>;
  // What submitted tasks will access is logged, piece by piece (kDevice,
  // kPinned; others are left out).
  void LogAccesses(TakePiece take_piece) {
    take_piece_ = std::move(take_piece);
  }
  // Logs the pieces of an access as the event says; after LogAccesses.
  void LogPieces(MemoryRange rest, Event* event);
  // Called for every task that joined its stream, on the submitting thread.
  void WhenSubmitted(std::function<void(const Task&)> hook) {
    when_submitted_ = std::move(hook);
  }
  // Called for every task that failed, with the lock held.
  void OnFault(std::function<void(const Task&)> hook) {
    on_fault_ = std::move(hook);
  }

 private:
  enum class Return { kNone, kCommitted, kAwaited };

  bool CanStep() const { return !ready_.empty() || !value_waits_.empty(); }
  // Decides one task; false if the policy has none to run.
  bool Step(Lock& lock, bool observing, SimTime horizon);
  void Decide(StreamQueue* queue, Task& task);
  void DecideHead(StreamQueue* queue);
  void ApplyEffect(Task& task);

  // Which heads are ready (scheduler.cc). Watch: the queue has a new head;
  // Unwatch: it is about to lose it.
  void Watch(StreamQueue* queue);
  void Unwatch(StreamQueue* queue);
  void MakeReady(StreamQueue* queue);
  void PollValues(Lock& lock);
  void Set(Signal* signal, SimTime when);
  void Reset(Signal* signal);
  void Enqueue(StreamQueue* queue, Task&& task);
  void QueueEmptied(StreamQueue* queue);

  // What the goal needs (wait_graph.cc).
  void MarkNeeded(const Goal& goal);
  void SpreadNeed();
  void NeedWhatHeadWaitsFor(const StreamQueue& queue);
  Return CommitReturn(const Goal& goal);

  // Executing what was decided (batch.cc).
  void AwaitExecution(Lock& lock);
  void FinishBatch(std::vector<Task>& done);
  static void NoteValue(const Task& task, StreamQueue* queue);
  void StopDomain(FailureDomain* domain, Fault fault);

  // The log (sched_log.cc).
  void LogSubmit(const Task& task);
  void LogAccessesOf(const Task& task);
  void LogRenewed(const Task& task);
  void LogSignal(EventKind kind, const Task& task, Signal* signal,
                 uint64_t what);
  void Log(EventKind kind, const StreamQueue& queue, uint64_t task,
           SimTime time, const char* name, uint64_t a);

  EventLog* const log_;
  Turns* const turns_;
  const std::unique_ptr<Policy> policy_;
  CostModel* const costs_;
  Executor* const executor_;
  Prng prng_;
  SimTime committed_;
  uint64_t last_task_id_ = 0;
  uint64_t last_signal_id_ = 0;
  ReadySet ready_;
  std::vector<StreamQueue*> queues_;       // with pending tasks
  std::vector<StreamQueue*> value_waits_;  // heads that wait for a value
  std::vector<StreamQueue*> needed_;       // marked for needed_for_
  std::vector<Goal::Root> needed_work_;
  const Goal* needed_for_ = nullptr;       // null: mark again
  int host_pending_ = 0;
  std::vector<Task> batch_;  // decided, not executed
  std::vector<Task> running_;
  bool executing_ = false;
  std::condition_variable executed_;
  std::function<void(const Task&)> when_submitted_;
  std::function<void(const Task&)> on_fault_;
  TakePiece take_piece_;  // null: nothing is logged
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_SCHEDULER_H_
