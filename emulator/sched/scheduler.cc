#include "emulator/sched/scheduler.h"

#include <algorithm>
#include <utility>

#include "emulator/base/check.h"

namespace npuemu {
namespace {

void Erase(std::vector<StreamQueue*>& queues, StreamQueue* queue) {
  queues.erase(std::remove(queues.begin(), queues.end(), queue), queues.end());
}

bool WaitsOnSignal(const Task& task) {
  return task.wait == WaitKind::kLevel || task.wait == WaitKind::kConsume;
}

}  // namespace

bool Goal::Reached() const {
  if (done != nullptr) return done();
  return std::all_of(roots.begin(), roots.end(), [](const Root& root) {
    return root.queue->decided >= root.seq;
  });
}

Scheduler::Scheduler(EventLog* log, std::unique_ptr<Policy> policy,
                     CostModel* costs, Executor* executor, uint64_t seed)
    : log_(log),
      policy_(std::move(policy)),
      costs_(costs),
      executor_(executor),
      prng_(Prng(seed).Fork("schedule")) {}

void Scheduler::Submit(Lock& lock, StreamQueue* queue, Task task, SimTime now) {
  task.queue = queue;
  task.id = ++last_task_id_;
  task.seq = ++queue->submitted;
  task.submitted = now;
  queue->polls = 0;
  // The common case: an idle stream under fifo. No queue is touched.
  const bool satisfied = task.wait == WaitKind::kNone ||
                         (WaitsOnSignal(task) && task.wait_for->set);
  const bool at_once = !policy_->Defers() && queue->pending.empty() &&
                       satisfied && !queue->stopped;
  if (at_once) {
    Decide(queue, std::move(task));
  } else {
    if (task.effect == EffectKind::kSet) {
      task.target->setters.push_back({queue, task.seq});
    }
    queue->pending.push_back(std::move(task));
    if (queue->pending.size() == 1) {
      queues_.push_back(queue);
      HeadChanged(queue);
    }
  }
  while (!ready_.empty() && Step(lock, /*observing=*/false, now)) {
  }
}

Scheduler::Outcome Scheduler::Drive(Lock& lock, const Goal& goal,
                                    SimTime now) {
  if (policy_->CountsPolls()) floor_ = now;
  while (!goal.Reached()) {
    if (policy_->Defers()) MarkNeeded(goal);
    if (Step(lock, /*observing=*/true, now)) continue;
    switch (CommitReturn(goal)) {
      case Return::kCommitted:
        continue;
      case Return::kAwaited:
        Flush(lock);
        return Outcome::kNeedsReturn;
      case Return::kNone:
        Flush(lock);
        return goal.Reached() ? Outcome::kReached : Outcome::kBlocked;
    }
  }
  Flush(lock);
  return Outcome::kReached;
}

void Scheduler::AdvanceTo(Lock& lock, SimTime now) {
  while (!ready_.empty() && Step(lock, /*observing=*/false, now)) {
  }
}

void Scheduler::DriveAll(Lock& lock, SimTime now) {
  Goal goal;
  for (StreamQueue* queue : queues_) {
    goal.roots.push_back({queue, queue->submitted});
  }
  Drive(lock, goal, now);
}

bool Scheduler::Step(Lock& lock, bool observing, SimTime horizon) {
  const bool reads_memory =
      std::any_of(ready_.begin(), ready_.end(), [](const StreamQueue* queue) {
        return queue->waits_on_value;
      });
  if (reads_memory) Flush(lock);
  candidates_.clear();
  CollectReady(&candidates_);
  if (candidates_.empty()) return false;
  const std::optional<size_t> pick =
      policy_->PickNext(candidates_, observing, horizon, prng_);
  if (!pick) return false;
  StreamQueue* queue = candidates_[*pick].task->queue;
  DecideHead(queue);
  // Where a failure stops the context, the next decision depends on it (R52).
  if (queue->domain != nullptr && queue->domain->stop_on_failure) Flush(lock);
  return true;
}

void Scheduler::CollectReady(std::vector<ReadyTask>* candidates) {
  for (size_t i = 0; i < ready_.size();) {
    StreamQueue* queue = ready_[i];
    if (!queue->pending.empty() && IsReady(queue)) {
      const Task& head = queue->pending.front();
      candidates->push_back({&head, EarliestStart(queue, head),
                             queue->needed_seq >= head.seq});
      ++i;
    } else if (!queue->pending.empty() && queue->waits_on_value) {
      ++i;  // stays in view: any write may satisfy it
    } else {
      queue->in_ready = false;
      ready_.erase(ready_.begin() + static_cast<ptrdiff_t>(i));
      HeadChanged(queue);
    }
  }
}

bool Scheduler::IsReady(StreamQueue* queue) const {
  if (queue->stopped) return false;
  Task& head = queue->pending.front();
  switch (head.wait) {
    case WaitKind::kNone:
      return true;
    case WaitKind::kLevel:
    case WaitKind::kConsume:
      return head.wait_for->set;
    case WaitKind::kValue:
      return head.value_ready();
  }
  return false;
}

SimTime Scheduler::EarliestStart(const StreamQueue* queue,
                                 const Task& task) const {
  SimTime ready = std::max({task.submitted, queue->last_end, floor_});
  if (WaitsOnSignal(task)) ready = std::max(ready, task.wait_for->set_at);
  return costs_->Earliest(queue->device, task.unit, task.cores, ready);
}

void Scheduler::DecideHead(StreamQueue* queue) {
  Task task = std::move(queue->pending.front());
  queue->pending.pop_front();
  if (queue->pending.empty()) Erase(queues_, queue);
  Decide(queue, std::move(task));
  HeadChanged(queue);
}

void Scheduler::Decide(StreamQueue* queue, Task task) {
  const SimTime begun = std::max(task.submitted, queue->last_end);
  task.start = EarliestStart(queue, task);
  if (task.timeout.count() > 0 && task.start > begun + task.timeout) {
    task.start = begun + task.timeout;  // it gave up before the signal came
    task.fault = Fault::kRtWaitTimeout;
  }
  task.end = task.start + task.cost;
  costs_->Occupy(queue->device, task.unit, task.cores, task.end);
  queue->last_end = task.end;
  queue->decided = task.seq;
  queue->polls = 0;
  for (int slot = 0; slot < task.slots; ++slot) queue->ends.push_back(task.end);
  if (policy_->Defers()) committed_ = std::max(committed_, task.start);
  Event event;
  event.kind = EventKind::kRun;
  event.device = static_cast<int16_t>(queue->device);
  event.stream = queue->id;
  event.task = task.id;
  event.time = task.start;
  event.end = task.end;
  event.name = task.name;
  log_->Append(event);
  ApplyEffect(task);
  if (task.on_decided != nullptr) task.on_decided(task.end);
  if (task.body != nullptr || task.fault != Fault::kNone) {
    batch_.push_back(std::move(task));
  }
}

void Scheduler::ApplyEffect(Task& task) {
  if (task.wait == WaitKind::kConsume) task.wait_for->set = false;
  Signal* target = task.target.get();
  switch (task.effect) {
    case EffectKind::kNone:
      return;
    case EffectKind::kSet:
      std::erase_if(target->setters, [&](const Signal::Setter& setter) {
        return setter.queue == task.queue && setter.seq == task.seq;
      });
      SetSignal(target, task.end);
      return;
    case EffectKind::kReset:
      target->set = false;
      return;
    case EffectKind::kDeliver:
      ++target->host_pending;
      ++host_pending_;
      return;
  }
}

void Scheduler::SetSignal(Signal* signal, SimTime when) {
  signal->set = true;
  signal->set_at = when;
  WakeWaiters(signal);
}

void Scheduler::WakeWaiters(Signal* signal) {
  std::vector<StreamQueue*> waiters = std::move(signal->waiters);
  signal->waiters.clear();
  for (StreamQueue* queue : waiters) HeadChanged(queue);
}

void Scheduler::HeadChanged(StreamQueue* queue) {
  queue->waits_on_value = false;
  if (queue->pending.empty() || queue->stopped) return;
  const Task& head = queue->pending.front();
  queue->waits_on_value = head.wait == WaitKind::kValue;
  if (WaitsOnSignal(head) && !head.wait_for->set) {
    std::vector<StreamQueue*>& waiters = head.wait_for->waiters;
    if (std::find(waiters.begin(), waiters.end(), queue) == waiters.end()) {
      waiters.push_back(queue);
    }
    return;
  }
  if (!queue->in_ready) {
    queue->in_ready = true;
    ready_.push_back(queue);
  }
}

void Scheduler::HostReturned(const std::shared_ptr<Signal>& signal,
                             SimTime when) {
  if (signal->host_returned == signal->host_pending) return;  // dropped
  ++signal->host_returned;
  signal->host_returned_at = when;
}

Scheduler::Return Scheduler::CommitReturn(const Goal& goal) {
  if (host_pending_ == 0) return Return::kNone;
  MarkNeeded(goal);
  bool awaited = false;
  for (StreamQueue* queue : queues_) {
    const Task& head = queue->pending.front();
    if (queue->needed_seq < head.seq || !WaitsOnSignal(head)) continue;
    Signal* signal = head.wait_for.get();
    if (signal->set || signal->host_pending == 0) continue;
    if (signal->host_returned == 0) {
      awaited = true;
      continue;
    }
    --signal->host_returned;
    --signal->host_pending;
    --host_pending_;
    SetSignal(signal, signal->host_returned_at);
    return Return::kCommitted;
  }
  return awaited ? Return::kAwaited : Return::kNone;
}

void Scheduler::MarkNeeded(const Goal& goal) {
  for (StreamQueue* queue : queues_) queue->needed_seq = 0;
  std::vector<Goal::Root> work = goal.roots;
  while (!work.empty()) {
    const auto [queue, seq] = work.back();
    work.pop_back();
    if (queue->decided >= seq || queue->needed_seq >= seq) continue;
    const bool fresh = queue->needed_seq == 0;
    queue->needed_seq = seq;
    if (!fresh || queue->pending.empty()) continue;
    const Task& head = queue->pending.front();
    if (WaitsOnSignal(head) && !head.wait_for->set) {
      for (const Signal::Setter& setter : head.wait_for->setters) {
        work.push_back({setter.queue, setter.seq});
      }
    } else if (head.wait == WaitKind::kValue) {
      // Any task may write the value.
      for (StreamQueue* other : queues_) {
        work.push_back({other, other->submitted});
      }
    }
  }
}

void Scheduler::Flush(Lock& lock) {
  while (executing_) executed_.wait(lock);
  while (!batch_.empty()) {
    running_.clear();
    std::swap(running_, batch_);
    const bool unlocked =
        std::any_of(running_.begin(), running_.end(),
                    [](const Task& task) { return task.parallel; });
    if (unlocked) {
      executing_ = true;
      lock.unlock();
    }
    executor_->Run(running_);
    if (unlocked) {
      lock.lock();
      executing_ = false;
      executed_.notify_all();
    }
    FinishBatch(running_);
    running_.clear();
    while (executing_) executed_.wait(lock);
  }
}

void Scheduler::FinishBatch(std::vector<Task>& done) {
  for (const Task& task : done) {
    if (task.fault == Fault::kNone) continue;
    task.queue->error = task.fault;
    Event event;
    event.kind = EventKind::kFault;
    event.device = static_cast<int16_t>(task.queue->device);
    event.stream = task.queue->id;
    event.task = task.id;
    event.time = task.end;
    event.name = task.name;
    event.a = static_cast<uint64_t>(task.fault);
    log_->Append(event);
    if (on_fault_ != nullptr) on_fault_(task);
    FailureDomain* domain = task.queue->domain;
    if (domain != nullptr && domain->stop_on_failure) {
      StopDomain(domain, task.fault);
    }
  }
}

void Scheduler::StopDomain(FailureDomain* domain, Fault fault) {
  domain->failure = fault;
  const std::vector<StreamQueue*> queues = queues_;
  for (StreamQueue* queue : queues) {
    if (queue->domain == domain) DropPending(queue);
  }
}

void Scheduler::DropPending(StreamQueue* queue) {
  if (queue->pending.empty()) return;
  for (Task& task : queue->pending) {
    if (task.wait_for != nullptr) {
      Erase(task.wait_for->waiters, queue);
      // Nobody is left to see the returns of its host functions.
      host_pending_ -= task.wait_for->host_pending;
      task.wait_for->host_pending = 0;
      task.wait_for->host_returned = 0;
    }
    if (task.effect == EffectKind::kSet) {
      std::erase_if(task.target->setters, [&](const Signal::Setter& setter) {
        return setter.queue == queue;
      });
    }
  }
  queue->pending.clear();
  queue->decided = queue->submitted;
  Erase(queues_, queue);
  Erase(ready_, queue);
  queue->in_ready = false;
}

void Scheduler::Remove(StreamQueue* queue) {
  NPUEMU_CHECK(queue->pending.empty());
  Erase(ready_, queue);
}

}  // namespace npuemu
