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

std::string Scheduler::WaitGraph(const Goal& goal) {
  MarkNeeded(goal);
  std::vector<const StreamQueue*> needed;
  for (const StreamQueue* queue : queues_) {
    if (queue->needed_seq > 0) needed.push_back(queue);
  }
  std::sort(needed.begin(), needed.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  std::string graph;
  for (const StreamQueue* queue : needed) graph += Describe(*queue);
  return graph;
}

bool Scheduler::ExpireWait(Lock& lock, const Goal& goal) {
  MarkNeeded(goal);
  StreamQueue* first = nullptr;
  SimTime first_expiry;
  for (StreamQueue* queue : queues_) {
    const Task& head = queue->pending.front();
    if (queue->needed_seq < head.seq || head.timeout.count() <= 0) continue;
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
  Task& head = first->pending.front();
  if (head.wait_for != nullptr) std::erase(head.wait_for->waiters, first);
  head.submitted = first_expiry;
  head.wait = WaitKind::kNone;
  head.wait_for = nullptr;
  head.fault = Fault::kRtWaitTimeout;
  DecideHead(first);
  Flush(lock);
  return true;
}

}  // namespace npuemu
