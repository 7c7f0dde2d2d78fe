// Executing what was decided, and what a failed task does to its stream.

#include <algorithm>
#include <utility>

#include "emulator/sched/scheduler.h"

namespace npuemu {

void Scheduler::Flush(Lock& lock) {
  AwaitExecution(lock);
  while (!batch_.empty()) {
    running_.clear();
    std::swap(running_, batch_);
    // Which calls come while a batch runs is no event: a recorded run has none.
    const bool unlocked =
        !log_->recording() &&
        std::any_of(running_.begin(), running_.end(),
                    [](const Task& task) { return task.parallel; });
    const uint64_t actor = log_->actor();
    if (unlocked) {
      executing_ = true;
      lock.unlock();
    }
    executor_->Run(running_, policy_->Overlaps());
    if (unlocked) {
      lock.lock();
      turns_->Take(lock, actor);
      executing_ = false;
      executed_.notify_all();
    }
    FinishBatch(running_);
    running_.clear();
    AwaitExecution(lock);
  }
}

void Scheduler::FlushFor(Lock& lock, uint64_t actor) {
  while (executing_) executed_.wait(lock);
  if (batch_.empty()) return;
  turns_->Take(lock, actor);
  Flush(lock);
}

// Another thread runs a batch without the lock.
void Scheduler::AwaitExecution(Lock& lock) {
  if (!executing_) return;
  const uint64_t actor = log_->actor();
  while (executing_) executed_.wait(lock);
  turns_->Take(lock, actor);
}

void Scheduler::Settle(Lock& lock, SimTime now) {
  constexpr size_t kMost = 1024;  // what is kept is memory
  if (!batch_.empty() && policy_->Overlaps() && batch_.size() < kMost &&
      std::any_of(batch_.begin(), batch_.end(),
                  [&](const Task& task) { return task.end > now; })) {
    return;
  }
  Flush(lock);
}

void Scheduler::FinishBatch(std::vector<Task>& done) {
  for (const Task& task : done) {
    if (log_->recording() && !task.writes.empty()) {
      Log(EventKind::kResult, *task.queue, task.id, task.end, task.name,
          task.checksum);
    }
    for (StreamQueue* queue : value_waits_) NoteValue(task, queue);
    if (task.fault == Fault::kNone) continue;
    StreamQueue* queue = task.queue;
    queue->error = task.fault;
    Log(EventKind::kFault, *queue, task.id, task.end, task.name,
        static_cast<uint64_t>(task.fault));
    if (on_fault_ != nullptr) on_fault_(task);
    FailureDomain* domain = queue->domain;
    if (domain != nullptr && domain->stop_on_failure) {
      StopDomain(domain, task.fault);
    }
  }
}

// A value that a waiting head looks at was written then.
void Scheduler::NoteValue(const Task& task, StreamQueue* queue) {
  for (const MemoryRange& read : queue->pending.front().reads) {
    for (const MemoryRange& write : task.writes) {
      if (Overlap(read, write)) {
        queue->value_at = std::max(queue->value_at, task.end);
      }
    }
  }
}

void Scheduler::StopDomain(FailureDomain* domain, Fault fault) {
  domain->failure = fault;
  std::vector<StreamQueue*> queues = queues_;
  std::sort(queues.begin(), queues.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  for (StreamQueue* queue : queues) {
    if (queue->domain == domain) DropPending(queue);
  }
}

}  // namespace npuemu
