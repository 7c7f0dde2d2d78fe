// File: scheduler.h
// Decides which task runs in which call and when it starts and ends on the
// virtual clock; hands decided tasks to the executor (design 1, 4).
//
// Ground rules
// - Every method needs the node's lock, passed in; bodies that use worker
//   threads run with it released, one batch at a time and in decided order.
// - Legal order is defined in IsReady alone: a task may run when it is the
//   head of its stream and its wait is satisfied. Policies choose among those.
// - Nothing runs behind the host's back: tasks run in Submit, Drive, AdvanceTo.

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
#include "emulator/sched/stream_queue.h"
#include "emulator/task/cost_model.h"
#include "emulator/task/executor.h"
#include "emulator/task/task.h"

namespace npuemu {

using Lock = std::unique_lock<std::mutex>;

// What a call needs to see before it returns.
struct Goal {
  struct Root {
    StreamQueue* queue;
    uint64_t seq;
  };
  std::vector<Root> roots;            // these tasks decided ...
  std::function<bool()> done;         // ... or this holds, if given

  bool Reached() const;
};

class Scheduler {
 public:
  Scheduler(EventLog* log, std::unique_ptr<Policy> policy, CostModel* costs,
            Executor* executor, uint64_t seed);

  // Appends the task; runs what the policy wants to run now. `now` is the time
  // of the call. REQUIRES: the queue has room and takes tasks.
  void Submit(Lock& lock, StreamQueue* queue, Task task, SimTime now);

  enum class Outcome {
    kReached,
    kBlocked,      // nothing that is ready leads to the goal
    kNeedsReturn,  // a delivered host function must return first
  };
  // Runs tasks until the goal is reached or nothing more can be done here.
  Outcome Drive(Lock& lock, const Goal& goal, SimTime now);

  // `timed`: runs what starts up to `now`.
  void AdvanceTo(Lock& lock, SimTime now);

  // Executes everything decided so far. After it, bytes are where the decided
  // order puts them.
  void Flush(Lock& lock);

  // Lets a wait with the smallest timeout among the goal's streams expire in
  // virtual time; false if none of them has one.
  bool ExpireWait(Lock& lock, const Goal& goal);

  // A host function returned: its signal may be seen at `when` or later.
  void HostReturned(const std::shared_ptr<Signal>& signal, SimTime when);
  // Sets or resets a signal from the host side.
  void SetSignal(Signal* signal, SimTime when);

  // Drops what is queued (abort, forced destroy).
  void DropPending(StreamQueue* queue);
  // Forgets the queue. REQUIRES: nothing is pending.
  void Remove(StreamQueue* queue);

  // Whether tasks wait that a helper could run (ready or behind a callback).
  bool HasDeferred() const { return !ready_.empty() || host_pending_ > 0; }
  // Drives everything that can run, as an observer of all streams.
  void DriveAll(Lock& lock, SimTime now);

  // Why the goal is not reached: one line per waiting stream.
  std::string WaitGraph(const Goal& goal);

  // The largest start that was decided; no call is earlier (design 4).
  SimTime committed() const { return committed_; }
  uint64_t last_task_id() const { return last_task_id_; }
  Policy& policy() { return *policy_; }
  // Called for every task that failed, with the lock held.
  void OnFault(std::function<void(const Task&)> hook) {
    on_fault_ = std::move(hook);
  }

 private:
  enum class Return { kNone, kCommitted, kAwaited };

  bool IsReady(StreamQueue* queue) const;
  SimTime EarliestStart(const StreamQueue* queue, const Task& task) const;
  void Decide(StreamQueue* queue, Task task);
  void DecideHead(StreamQueue* queue);
  void HeadChanged(StreamQueue* queue);
  void ApplyEffect(Task& task);
  void WakeWaiters(Signal* signal);
  void MarkNeeded(const Goal& goal);
  Return CommitReturn(const Goal& goal);
  // Decides one task; false if the policy has none to run.
  bool Step(Lock& lock, bool observing, SimTime horizon);
  void CollectReady(std::vector<ReadyTask>* candidates);
  void FinishBatch(std::vector<Task>& done);
  void StopDomain(FailureDomain* domain, Fault fault);

  EventLog* const log_;
  const std::unique_ptr<Policy> policy_;
  CostModel* const costs_;
  Executor* const executor_;
  Prng prng_;
  SimTime floor_;  // no decided task starts earlier (`late`)
  SimTime committed_;
  uint64_t last_task_id_ = 0;
  std::vector<StreamQueue*> ready_;   // heads worth a look
  std::vector<StreamQueue*> queues_;  // with pending tasks
  int host_pending_ = 0;
  std::vector<ReadyTask> candidates_;
  std::vector<Task> batch_;  // decided, not executed
  std::vector<Task> running_;
  bool executing_ = false;
  std::condition_variable executed_;
  std::function<void(const Task&)> on_fault_;
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_SCHEDULER_H_
