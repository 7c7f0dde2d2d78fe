#include "tools/npuemu/timeline.h"

#include <iterator>

#include "emulator/base/status.h"
#include "emulator/event/kinds.h"
#include "emulator/trace/trace_stream.h"

namespace npuemu::cli {
const char* UnitWord(int unit) {
  static constexpr const char* kWords[] = {
      "control", "cube",     "vector",      "AI CPU",
      "copy in", "copy out", "copy device", "host function"};
  const bool known = unit >= 0 && unit < static_cast<int>(std::size(kWords));
  return known ? kWords[unit] : "unknown";
}

absl::Status Timeline::Add(const std::string& path) {
  ASSIGN_OR_RETURN(auto reader, TraceReader::Open(path));
  while (const auto event = reader->Next()) OnEvent(*event);
  return absl::OkStatus();
}

TaskSpan* Timeline::Find(uint64_t task) {
  const auto found = by_task_.find(task);
  return found == by_task_.end() ? nullptr : &tasks_[found->second];
}

void Timeline::OnEvent(const Event& event) {
  switch (event.kind) {
    case EventKind::kTurn: acting_ = event.a; return;
    case EventKind::kCall:
      acting_ = event.a;
      calls_.push_back({event.a, Nanoseconds(event.time), event.name});
      return;
    case EventKind::kSubmit: {
      by_task_[event.task] = tasks_.size();
      TaskSpan& span = tasks_.emplace_back();
      span.task = event.task;
      span.device = event.device;
      span.stream = event.stream;
      span.unit = static_cast<int>(UnitOf(event));
      span.thread = acting_;
      span.name = event.name;
      span.submitted = Nanoseconds(event.time);
      return;
    }
    case EventKind::kWait: awaits_[event.task] = event.a; return;
    case EventKind::kEffect:
      if (EffectOf(event) == EffectKind::kSet) sets_[event.task] = event.a;
      return;
    case EventKind::kRun: {
      TaskSpan* span = Find(event.task);
      if (span == nullptr) return;
      span->start = Nanoseconds(event.time);
      span->end = Nanoseconds(event.end);
      span->order = ++runs_;
      if (const auto sets = sets_.find(event.task); sets != sets_.end()) {
        set_by_[sets->second] = event.task;
      }
      const auto awaits = awaits_.find(event.task);
      if (awaits == awaits_.end()) return;
      const auto setter = set_by_.find(awaits->second);
      if (setter != set_by_.end()) {
        arrows_.emplace_back(setter->second, event.task);
      }
      return;
    }
    default: return;
  }
}

}  // namespace npuemu::cli
