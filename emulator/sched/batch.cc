// Executing what was decided, and what a failed task does to its stream.

#include <algorithm>
#include <utility>

#include "emulator/sched/scheduler.h"

namespace npuemu {

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
    executor_->Run(running_, policy_->Overlaps());
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
