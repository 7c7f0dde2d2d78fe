// What the scheduler tells the log; legality.h and the detectors read it.

#include <algorithm>

#include "emulator/sched/scheduler.h"

namespace npuemu {

void Scheduler::LogSubmit(const Task& task) {
  const StreamQueue& queue = *task.queue;
  Event event;
  event.kind = EventKind::kSubmit;
  event.device = static_cast<int16_t>(queue.device);
  event.stream = queue.id;
  event.task = task.id;
  event.time = task.submitted;
  event.name = task.name;
  event.a = static_cast<uint64_t>(task.cost.count());
  event.b = uint64_t{task.cores} << 8 | static_cast<uint64_t>(task.unit);
  log_->Append(event);
  if (task.wait != WaitKind::kNone) {
    LogSignal(EventKind::kWait, task, task.wait_for.get(),
              static_cast<uint64_t>(task.wait));
  }
  if (task.effect != EffectKind::kNone) {
    LogSignal(EventKind::kEffect, task, task.target.get(),
              static_cast<uint64_t>(task.effect));
  }
  if (take_piece_ != nullptr) LogAccessesOf(task);
}

void Scheduler::LogPieces(MemoryRange rest, Event* event) {
  while (rest.begin < rest.end) {
    uint64_t bytes = 0;
    const Argument place = take_piece_(&rest, &bytes);
    if (place.kind == ArgumentKind::kHost) continue;
    event->device = place.device;
    event->a = place.value;
    event->b = place.value + bytes;
    log_->Append(*event);
  }
}

void Scheduler::LogAccessesOf(const Task& task) {
  Event event;
  event.stream = task.queue->id;
  event.task = task.id;
  event.time = task.submitted;
  event.name = task.name;
  const auto log = [&](EventKind kind, const RangeList& ranges,
                       std::span<const char* const> names) {
    event.kind = kind;
    for (size_t i = 0; i < ranges.size(); ++i) {
      if (!names.empty()) event.name = names[std::min(i, names.size() - 1)];
      LogPieces(ranges[i], &event);
    }
  };
  const AccessNames none;
  const AccessNames& names = task.names == nullptr ? none : *task.names;
  if (task.exact_reads) log(EventKind::kRead, task.reads, names.reads);
  if (task.exact_writes) log(EventKind::kWrite, task.writes, names.writes);
}

void Scheduler::LogRenewed(const Task& task) {
  if (take_piece_ == nullptr) return;
  Log(EventKind::kRenewed, *task.queue, task.id, task.submitted, task.name, 0);
  LogAccessesOf(task);
}

void Scheduler::LogSignal(EventKind kind, const Task& task, Signal* signal,
                          uint64_t what) {
  if (signal != nullptr && signal->id == 0) signal->id = ++last_signal_id_;
  const StreamQueue& queue = *task.queue;
  Event event;
  event.kind = kind;
  event.device = static_cast<int16_t>(queue.device);
  event.stream = queue.id;
  event.task = task.id;
  event.time = task.submitted;
  event.end = task.submitted + task.timeout;
  event.name = task.name;
  event.a = signal == nullptr ? 0 : signal->id;
  event.b = uint64_t{task.object} << 8 | what;
  log_->Append(event);
}

void Scheduler::Log(EventKind kind, const StreamQueue& queue, uint64_t task,
                    SimTime time, const char* name, uint64_t a) {
  Event event;
  event.kind = kind;
  event.device = static_cast<int16_t>(queue.device);
  event.stream = queue.id;
  event.task = task;
  event.time = time;
  event.name = name;
  event.a = a;
  log_->Append(event);
}

}  // namespace npuemu
