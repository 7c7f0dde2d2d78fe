// The parts of the scheduler that look at waits which cannot be satisfied.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "emulator/sched/scheduler.h"

namespace npuemu {
namespace {

std::string Describe(const StreamQueue& queue) {
  const Task& head = queue.pending.front();
  std::string line = absl::StrCat("  stream s", queue.id, ": task #", head.id,
                                  " ", head.name);
  if (queue.stopped) return absl::StrCat(line, " is held: stream stopped\n");
  if (head.wait == WaitKind::kValue) {
    return absl::StrCat(line, " waits for a value that nobody writes\n");
  }
  if (head.wait_for == nullptr || head.wait_for->set) {
    return absl::StrCat(line, " could run\n");
  }
  if (head.wait_for->host_pending > 0) {
    return absl::StrCat(line, " waits for a host function to return\n");
  }
  if (head.wait_for->setters.empty()) {
    return absl::StrCat(line, " waits for a record that is queued nowhere\n");
  }
  absl::StrAppend(&line, " waits for");
  for (const Signal::Setter& setter : head.wait_for->setters) {
    absl::StrAppend(&line, " task ", setter.seq, " of stream s",
                    setter.queue->id);
  }
  return line + "\n";
}

}  // namespace

void Scheduler::MarkNeeded(const Goal& goal) {
  for (StreamQueue* queue : needed_) {
    queue->needed_seq = 0;
    if (queue->ready()) ready_.Rerank(queue, policy_->RankOf(*queue, prng_));
  }
  needed_.clear();
  needed_work_ = goal.roots;
  SpreadNeed();
  needed_for_ = &goal;
}

// Marks the queues of the work list, what their heads wait for, and so on.
void Scheduler::SpreadNeed() {
  while (!needed_work_.empty()) {
    const auto [queue, seq] = needed_work_.back();
    needed_work_.pop_back();
    if (queue->decided >= seq || queue->needed_seq >= seq) continue;
    if (queue->needed_seq == 0) needed_.push_back(queue);
    const bool known = queue->needed_seq >= queue->pending.front().seq;
    queue->needed_seq = seq;
    if (known) continue;
    if (queue->ready()) {
      ready_.Rerank(queue, policy_->RankOf(*queue, prng_));
    } else {
      NeedWhatHeadWaitsFor(*queue);
    }
  }
}

// Adds it to the work list.
void Scheduler::NeedWhatHeadWaitsFor(const StreamQueue& queue) {
  const Task& head = queue.pending.front();
  if (head.wait == WaitKind::kValue) {
    // Any task may write the value.
    for (StreamQueue* other : queues_) {
      needed_work_.push_back({other, other->submitted});
    }
  } else if (head.wait_for != nullptr && !head.wait_for->set) {
    for (const Signal::Setter& setter : head.wait_for->setters) {
      needed_work_.push_back({setter.queue, setter.seq});
    }
  }
}

Scheduler::Return Scheduler::CommitReturn(const Goal& goal) {
  if (host_pending_ == 0) return Return::kNone;
  MarkNeeded(goal);
  bool awaited = false;
  for (StreamQueue* queue : needed_) {
    const Task& head = queue->pending.front();
    Signal* signal = head.wait_for.get();
    if (signal == nullptr || signal->set || signal->host_pending == 0) continue;
    // All that returned when the wait is reached set one level (R109, I14).
    const SimTime reached = std::max(head.submitted, queue->last_end);
    const auto later = std::upper_bound(signal->returns.begin(),
                                        signal->returns.end(), reached);
    // The first one is waited for.
    const int due =
        std::max(1, static_cast<int>(later - signal->returns.begin()));
    if (signal->host_returned < due) {
      awaited = true;
      continue;
    }
    const auto end = signal->returns.begin() + due;
    const SimTime when = *(end - 1);
    signal->returns.erase(signal->returns.begin(), end);
    signal->host_returned -= due;
    signal->host_pending -= due;
    host_pending_ -= due;
    for (int i = 0; i < due; ++i) {
      Log(EventKind::kReturn, *queue, 0, when, "", signal->id);
    }
    Set(signal, when);
    return Return::kCommitted;
  }
  return awaited ? Return::kAwaited : Return::kNone;
}

std::string Scheduler::WaitGraph(const Goal& goal) {
  MarkNeeded(goal);
  std::vector<const StreamQueue*> needed;
  for (const StreamQueue* queue : needed_) needed.push_back(queue);
  std::sort(needed.begin(), needed.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  std::string graph;
  for (const StreamQueue* queue : needed) graph += Describe(*queue);
  return graph;
}

namespace {

// Whether the head of `from`, over what queued records wait for, waits for
// `to`.
bool WaitsFor(const StreamQueue* from, const StreamQueue* to,
              std::vector<const StreamQueue*>* seen) {
  if (from->pending.empty()) return false;
  const Signal* signal = from->pending.front().wait_for.get();
  if (signal == nullptr || signal->set) return false;
  for (const Signal::Setter& setter : signal->setters) {
    if (setter.queue == to) return true;
    if (std::find(seen->begin(), seen->end(), setter.queue) != seen->end()) {
      continue;
    }
    seen->push_back(setter.queue);
    if (WaitsFor(setter.queue, to, seen)) return true;
  }
  return false;
}

}  // namespace

Scheduler::Stuck Scheduler::WhyStuck(const Goal& goal) {
  MarkNeeded(goal);
  Stuck why = Stuck::kElse;
  for (const StreamQueue* queue : needed_) {
    std::vector<const StreamQueue*> seen;
    if (WaitsFor(queue, queue, &seen)) return Stuck::kCycle;
    const Task& head = queue->pending.front();
    const Signal* signal = head.wait_for.get();
    if (signal == nullptr || signal->set) continue;
    if (signal->host_pending > 0) {
      why = Stuck::kHostFunction;
    } else if (signal->setters.empty()) {
      why = signal->dropped                    ? Stuck::kAborted
            : head.wait == WaitKind::kConsume ? Stuck::kNotify
                                               : Stuck::kNoRecord;
    }
  }
  return why;
}

bool Scheduler::ExpireWait(Lock& lock, const Goal& goal) {
  MarkNeeded(goal);
  StreamQueue* first = nullptr;
  SimTime first_expiry;
  for (StreamQueue* queue : needed_) {
    const Task& head = queue->pending.front();
    if (head.timeout.count() <= 0) continue;
    if (head.wait == WaitKind::kNone || queue->stopped) continue;
    const SimTime expiry =
        std::max(head.submitted, queue->last_end) + head.timeout;
    if (first == nullptr || expiry < first_expiry ||
        (expiry == first_expiry && queue->id < first->id)) {
      first = queue;
      first_expiry = expiry;
    }
  }
  if (first == nullptr) return false;
  Unwatch(first);
  Task& head = first->pending.front();
  Log(EventKind::kExpire, *first, head.id, first_expiry, head.name, 0);
  head.submitted = first_expiry;
  head.wait = WaitKind::kNone;
  head.wait_for = nullptr;
  head.fault = Fault::kRtWaitTimeout;
  Watch(first);
  DecideHead(first);
  Flush(lock);
  return true;
}

}  // namespace npuemu
