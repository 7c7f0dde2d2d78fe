#include "emulator/sched/scheduler.h"

#include <algorithm>
#include <utility>

#include "emulator/base/check.h"

namespace npuemu {
namespace {

bool WaitsOnSignal(const Task& task) {
  return task.wait == WaitKind::kLevel || task.wait == WaitKind::kConsume;
}

}  // namespace

Scheduler::Scheduler(EventLog* log, Turns* turns,
                     std::unique_ptr<Policy> policy, CostModel* costs,
                     Executor* executor, uint64_t seed)
    : log_(log),
      turns_(turns),
      policy_(std::move(policy)),
      costs_(costs),
      executor_(executor),
      prng_(Prng(seed).Fork("schedule")),
      ready_(costs) {}

void Scheduler::Submit(Lock& lock, StreamQueue* queue, Task&& task,
                       SimTime now) {
  task.queue = queue;
  task.id = ++last_task_id_;
  task.seq = ++queue->submitted;
  task.submitted = now;
  queue->polls = 0;
  if (task.hooks != nullptr && task.hooks->on_submitted != nullptr) {
    task.hooks->on_submitted(task);
  }
  LogSubmit(task);
  if (when_submitted_ != nullptr) when_submitted_(task);
  // The common case: an idle stream under fifo. No queue is touched.
  const bool satisfied = task.wait == WaitKind::kNone ||
                         (WaitsOnSignal(task) && task.wait_for->set);
  const bool at_once = !policy_->Defers() && queue->pending.empty() &&
                       satisfied && !queue->stopped;
  if (at_once) {
    queue->ready_at = std::max(now, queue->last_end);
    if (task.wait_for != nullptr) {
      queue->ready_at = std::max(queue->ready_at, task.wait_for->set_at);
    }
    Decide(queue, task);
  } else {
    Enqueue(queue, std::move(task));
  }
  if (CanStep()) AdvanceTo(lock, now);
}

void Scheduler::Enqueue(StreamQueue* queue, Task&& task) {
  if (task.effect == EffectKind::kSet) {
    task.target->setters.push_back({queue, task.seq});
  }
  queue->pending.push_back(std::move(task));
  if (queue->pending.size() > 1) return;
  queue->queues_index = queues_.size();
  queues_.push_back(queue);
  Watch(queue);
}

void Scheduler::QueueEmptied(StreamQueue* queue) {
  queues_[queue->queues_index] = queues_.back();
  queues_[queue->queues_index]->queues_index = queue->queues_index;
  queues_.pop_back();
}

Scheduler::Outcome Scheduler::Drive(Lock& lock, const Goal& goal,
                                    SimTime now) {
  if (policy_->StartsWhenDecided()) ready_.set_floor(now);
  size_t met = 0;  // roots that are decided
  const auto reached = [&] {
    if (goal.done != nullptr) return goal.done();
    while (met < goal.roots.size() &&
           goal.roots[met].queue->decided >= goal.roots[met].seq) {
      ++met;
    }
    return met == goal.roots.size();
  };
  needed_for_ = nullptr;
  while (!reached()) {
    if (!value_waits_.empty()) PollValues(lock);
    // Another thread may have marked for its goal while a batch ran.
    if (policy_->RanksNeeded() && needed_for_ != &goal) MarkNeeded(goal);
    if (Step(lock, /*observing=*/true, now)) continue;
    switch (CommitReturn(goal)) {
      case Return::kCommitted:
        continue;
      case Return::kAwaited:
        Flush(lock);
        return Outcome::kNeedsReturn;
      case Return::kNone:
        Flush(lock);
        return reached() ? Outcome::kReached : Outcome::kBlocked;
    }
  }
  Flush(lock);
  return Outcome::kReached;
}

void Scheduler::AdvanceTo(Lock& lock, SimTime now) {
  if (!CanStep()) return;
  if (policy_->StartsWhenDecided()) ready_.set_floor(now);
  do {
    if (!value_waits_.empty()) PollValues(lock);
  } while (Step(lock, /*observing=*/false, now) && CanStep());
}

void Scheduler::DriveAll(Lock& lock, SimTime now) {
  Goal goal;
  for (StreamQueue* queue : queues_) {
    goal.roots.push_back({queue, queue->submitted});
  }
  Drive(lock, goal, now);
}

bool Scheduler::Step(Lock& lock, bool observing, SimTime horizon) {
  if (ready_.empty()) return false;
  const std::optional<size_t> pick =
      policy_->PickNext(ready_, observing, horizon, prng_);
  if (!pick) return false;
  StreamQueue* queue = ready_.queue(*pick);
  DecideHead(queue);
  // Where a failure stops the context, the next decision depends on it (R52).
  if (queue->domain != nullptr && queue->domain->stop_on_failure) Flush(lock);
  return true;
}

void Scheduler::DecideHead(StreamQueue* queue) {
  Unwatch(queue);
  Decide(queue, queue->pending.front());
  queue->pending.pop_front();
  if (queue->pending.empty()) {
    QueueEmptied(queue);
  } else {
    Watch(queue);
  }
}

void Scheduler::Decide(StreamQueue* queue, Task& task) {
  if (task.hooks != nullptr && task.hooks->renew != nullptr &&
      task.hooks->renew(&task)) {
    LogRenewed(task);
  }
  SimTime begun = std::max(task.submitted, queue->last_end);
  if (policy_->StartsWhenDecided()) begun = std::max(begun, ready_.floor());
  task.start = costs_->Earliest(queue->device, task.unit, task.cores,
                                std::max(queue->ready_at, ready_.floor()));
  if (task.timeout.count() > 0 && task.start > begun + task.timeout) {
    task.start = begun + task.timeout;  // it gave up before the signal came
    task.fault = Fault::kRtWaitTimeout;
    Log(EventKind::kExpire, *queue, task.id, task.start, task.name, 0);
  }
  task.end = task.start + task.cost;
  costs_->Occupy(queue->device, task.unit, task.cores, task.end);
  queue->last_end = task.end;
  queue->decided = task.seq;
  queue->polls = 0;
  queue->ends.push_back(task.end);
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
  if (task.hooks != nullptr && task.hooks->on_decided != nullptr) {
    task.hooks->on_decided(task);
  }
  if (task.body != nullptr || task.fault != Fault::kNone) {
    batch_.push_back(std::move(task));
  }
}

void Scheduler::ApplyEffect(Task& task) {
  const bool gave_up = task.fault == Fault::kRtWaitTimeout;
  if (task.wait == WaitKind::kConsume && !gave_up) Reset(task.wait_for.get());
  Signal* target = task.target.get();
  switch (task.effect) {
    case EffectKind::kNone:
    case EffectKind::kPublish:
      return;
    case EffectKind::kSet: {
      auto& setters = target->setters;
      const auto own = std::find_if(
          setters.begin(), setters.end(), [&](const Signal::Setter& setter) {
            return setter.queue == task.queue && setter.seq == task.seq;
          });
      if (own != setters.end()) setters.erase(own);
      Set(target, task.end);
      return;
    }
    case EffectKind::kReset:
      Reset(target);
      return;
    case EffectKind::kDeliver:
      ++target->host_pending;
      ++host_pending_;
      return;
  }
}

void Scheduler::Set(Signal* signal, SimTime when) {
  if (signal->set) return;  // waits pass on the old signal (R61, R74)
  signal->set = true;
  signal->set_at = when;
  for (StreamQueue* queue : signal->waiters) MakeReady(queue);
  // The other setters are needed no longer.
  if (!signal->setters.empty()) needed_for_ = nullptr;
}

void Scheduler::Reset(Signal* signal) {
  if (!signal->set) return;
  signal->set = false;
  for (StreamQueue* queue : signal->waiters) {
    if (queue->ready()) ready_.Remove(queue);
    needed_for_ = nullptr;
  }
}

void Scheduler::Watch(StreamQueue* queue) {
  if (queue->pending.empty() || queue->stopped) return;
  const Task& head = queue->pending.front();
  if (head.wait == WaitKind::kValue) {
    value_waits_.push_back(queue);
  } else if (WaitsOnSignal(head)) {
    head.wait_for->waiters.push_back(queue);
    if (head.wait_for->set) MakeReady(queue);
  } else {
    MakeReady(queue);
  }
  if (policy_->RanksNeeded() && needed_for_ != nullptr && !queue->ready() &&
      queue->needed_seq >= head.seq) {
    NeedWhatHeadWaitsFor(*queue);
    SpreadNeed();
  }
}

void Scheduler::Unwatch(StreamQueue* queue) {
  if (queue->ready()) ready_.Remove(queue);
  const Task& head = queue->pending.front();
  if (WaitsOnSignal(head)) {
    std::erase(head.wait_for->waiters, queue);
  } else if (head.wait == WaitKind::kValue) {
    std::erase(value_waits_, queue);
    needed_for_ = nullptr;
  }
}

void Scheduler::MakeReady(StreamQueue* queue) {
  const Task& head = queue->pending.front();
  queue->ready_at = std::max(head.submitted, queue->last_end);
  if (WaitsOnSignal(head)) {
    queue->ready_at = std::max(queue->ready_at, head.wait_for->set_at);
  } else if (head.wait == WaitKind::kValue) {
    queue->ready_at = std::max(queue->ready_at, queue->value_at);
  }
  ready_.Add(queue, policy_->RankOf(*queue, prng_));
}

// What is decided must be executed before memory is read.
void Scheduler::PollValues(Lock& lock) {
  Flush(lock);
  for (StreamQueue* queue : value_waits_) {
    const bool satisfied = queue->pending.front().hooks->value_ready();
    if (satisfied == queue->ready()) continue;
    needed_for_ = nullptr;
    if (satisfied) {
      MakeReady(queue);
    } else {
      ready_.Remove(queue);
    }
  }
}

void Scheduler::HostReturned(const std::shared_ptr<Signal>& signal) {
  if (signal->host_returned == signal->host_pending) return;  // dropped
  ++signal->host_returned;
}

void Scheduler::SetStopped(StreamQueue* queue, bool stopped) {
  if (queue->stopped == stopped) return;
  if (!queue->pending.empty() && stopped) Unwatch(queue);
  queue->stopped = stopped;
  Watch(queue);
}

void Scheduler::DropPending(StreamQueue* queue) {
  if (queue->pending.empty()) return;
  Log(EventKind::kDrop, *queue, 0, committed_, "", queue->pending.size());
  Unwatch(queue);
  for (Task& task : queue->pending) {
    if (task.wait_for != nullptr) {
      // Nobody is left to see the returns of its host functions.
      host_pending_ -= task.wait_for->host_pending;
      task.wait_for->host_pending = 0;
      task.wait_for->host_returned = 0;
      task.wait_for->returns.clear();
    }
    if (task.effect == EffectKind::kSet) {
      task.target->dropped = true;
      std::erase_if(task.target->setters, [&](const Signal::Setter& setter) {
        return setter.queue == queue;
      });
    }
  }
  queue->pending.clear();
  queue->decided = queue->submitted;
  needed_for_ = nullptr;
  QueueEmptied(queue);
}

void Scheduler::Remove(StreamQueue* queue) {
  NPUEMU_CHECK(queue->pending.empty());
  std::erase(needed_, queue);
}

}  // namespace npuemu
