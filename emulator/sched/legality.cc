#include "emulator/sched/legality.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace npuemu {
namespace {

// The numbers of event.def, on purpose not those of task.h.
constexpr uint64_t kLevel = 1, kConsume = 2;
constexpr uint64_t kSet = 1, kReset = 2, kDeliver = 3;

constexpr size_t kQueueDepth = 2047;
constexpr size_t kMostFindings = 100;
// Beyond so many steps the older half of a resource's history is forgotten,
// so that a long run can be checked live.
constexpr size_t kMostSteps = 8192;

uint64_t KindOf(const Event& event) { return event.b & 0xff; }
uint64_t ObjectOf(const Event& event) { return event.b >> 8; }

}  // namespace

void LegalityChecker::OnEvent(const Event& event) {
  ++events_;
  switch (event.kind) {
    case EventKind::kSubmit:
      return OnSubmit(event);
    case EventKind::kWait:
      return OnWait(event);
    case EventKind::kEffect:
      return OnEffect(event);
    case EventKind::kExpire:
      return OnExpire(event);
    case EventKind::kRun:
      return OnRun(event);
    case EventKind::kCallback:
      if (event.b != 0) ++signals_[event.b].callbacks;
      return;
    case EventKind::kReturn:
      return OnReturn(event);
    case EventKind::kDrop:
      return OnDrop(event);
    case EventKind::kSync:
      return OnSync(event);
    case EventKind::kStreamDestroy:
      if (!streams_[event.stream].pending.empty()) {
        Find("destroy", event, "tasks are queued");
      }
      return;
    default:
      return;
  }
}

void LegalityChecker::OnSubmit(const Event& event) {
  StreamState& stream = streams_[event.stream];
  Pending task;
  task.id = event.task;
  task.submitted = event.time;
  task.cost = SimDuration(static_cast<int64_t>(event.a));
  task.unit = static_cast<uint32_t>(event.b & 0xff);
  task.cores = static_cast<uint32_t>(event.b >> 8);
  stream.pending.push_back(task);
  while (stream.ended < stream.ends.size() &&
         stream.ends[stream.ended] <= event.time) {
    ++stream.ended;
  }
  const size_t outstanding =
      stream.ends.size() - stream.ended + stream.pending.size();
  if (outstanding > kQueueDepth) {
    Find("queue", event, absl::StrCat(outstanding, " entries outstanding"));
  }
}

LegalityChecker::Pending* LegalityChecker::LastSubmitted(const Event& event) {
  StreamState& stream = streams_[event.stream];
  if (!stream.pending.empty() && stream.pending.back().id == event.task) {
    return &stream.pending.back();
  }
  Find("log", event, "does not follow the submission of its task");
  return nullptr;
}

void LegalityChecker::OnWait(const Event& event) {
  Pending* task = LastSubmitted(event);
  if (task == nullptr) return;
  task->wait_kind = KindOf(event);
  task->wait_for = event.a;
  task->gives_up = event.end;
  CheckBinding(event);
}

void LegalityChecker::OnEffect(const Event& event) {
  Pending* task = LastSubmitted(event);
  if (task == nullptr) return;
  task->effect = KindOf(event);
  task->target = event.a;
  if (task->effect == kSet && ObjectOf(event) != 0) {
    latest_[ObjectOf(event)] = event.a;
  } else {
    CheckBinding(event);
  }
}

void LegalityChecker::CheckBinding(const Event& event) {
  const uint64_t object = ObjectOf(event);
  if (object == 0) return;
  // A wait before any record names the level of a fixed-id event (R59).
  const uint64_t latest = latest_.emplace(object, event.a).first->second;
  if (event.a == latest) return;
  Find("binding", event,
       absl::StrCat("names signal ", event.a, " of object ", object,
                    ", its latest record is signal ", latest));
}

void LegalityChecker::OnExpire(const Event& event) {
  StreamState& stream = streams_[event.stream];
  if (stream.pending.empty() || stream.pending.front().id != event.task) {
    return Find("stream order", event, "gives up and is not the next task");
  }
  Pending& task = stream.pending.front();
  task.expired = true;
  if (task.gives_up <= task.submitted || event.time < task.gives_up) {
    Find("time", event, "gives up before its timeout");
  }
}

void LegalityChecker::OnRun(const Event& event) {
  StreamState& stream = streams_[event.stream];
  if (stream.pending.empty()) {
    return Find("stream order", event, "runs and was not submitted");
  }
  if (stream.pending.front().id != event.task) {
    Find("stream order", event,
         absl::StrCat("runs, the next one is ", stream.pending.front().id));
  }
  const auto place = std::find_if(
      stream.pending.begin(), stream.pending.end(),
      [&](const Pending& pending) { return pending.id == event.task; });
  if (place == stream.pending.end()) return;
  const Pending task = *place;
  stream.pending.erase(place);
  CheckWait(event, task);
  CheckTimes(event, task);
  CheckServers(event, task);
  Apply(event, task);
  stream.ends.push_back(event.end);
}

void LegalityChecker::CheckWait(const Event& event, const Pending& task) {
  if (task.expired) return;
  if (task.wait_kind != kLevel && task.wait_kind != kConsume) return;
  SignalState& signal = signals_[task.wait_for];
  if (!signal.set) {
    Find("wait", event, absl::StrCat("runs before signal ", task.wait_for));
  } else if (event.time < signal.set_at) {
    Find("wait", event,
         absl::StrCat("starts before signal ", task.wait_for, " is set at ",
                      Nanoseconds(signal.set_at)));
  }
  if (task.wait_kind == kConsume) signal.set = false;
}

void LegalityChecker::CheckTimes(const Event& event, const Pending& task) {
  if (event.time < task.submitted) {
    Find("time", event, "starts before it was submitted");
  }
  const StreamState& stream = streams_[event.stream];
  if (!stream.ends.empty() && event.time < stream.ends.back()) {
    Find("time", event, "starts before the task in front of it ends");
  }
  if (event.end != event.time + task.cost) {
    Find("time", event, "does not end at start + cost");
  }
}

void LegalityChecker::CheckServers(const Event& event, const Pending& task) {
  if (task.unit >= servers_.size() || servers_[task.unit] == 0) return;
  if (event.end <= event.time) return;
  const auto device = static_cast<uint64_t>(event.device + 1);
  Usage& usage = usage_[device << 8 | task.unit];
  const auto split = [&](SimTime at) {
    const auto next = usage.upper_bound(at);
    const uint32_t taken =
        next == usage.begin() ? 0 : std::prev(next)->second;
    return usage.emplace(at, taken).first;
  };
  const auto first = split(event.time);
  const auto last = split(event.end);
  bool over = false;
  for (auto step = first; step != last; ++step) {
    step->second += task.cores;
    over |= step->second > servers_[task.unit];
  }
  if (over) Find("resource", event, "more servers are taken than there are");
  if (usage.size() > kMostSteps) {
    auto half = usage.begin();
    std::advance(half, kMostSteps / 2);
    usage.erase(usage.begin(), half);
  }
}

void LegalityChecker::Apply(const Event& event, const Pending& task) {
  if (task.effect == 0) return;
  SignalState& signal = signals_[task.target];
  if (task.effect == kSet && !signal.set) {
    signal.set = true;
    signal.set_at = event.end;
  } else if (task.effect == kReset) {
    signal.set = false;
  } else if (task.effect == kDeliver) {
    signal.delivered.push_back(event.end);
  }
}

void LegalityChecker::OnReturn(const Event& event) {
  SignalState& signal = signals_[event.a];
  if (signal.delivered.empty() || signal.callbacks == 0) {
    return Find("wait", event, "a host function returns that did not run");
  }
  if (event.time < signal.delivered.front()) {
    Find("time", event, "a host function returns before it was delivered");
  }
  signal.delivered.pop_front();
  --signal.callbacks;
  signal.set = true;
  signal.set_at = event.time;
}

void LegalityChecker::OnDrop(const Event& event) {
  StreamState& stream = streams_[event.stream];
  if (stream.pending.size() != event.a) {
    Find("log", event,
         absl::StrCat("drops ", event.a, " of ", stream.pending.size()));
  }
  const SimTime end = stream.ends.empty() ? SimTime() : stream.ends.back();
  for (const Pending& task : stream.pending) {
    if (task.wait_for != 0) signals_[task.wait_for].delivered.clear();
    stream.ends.push_back(end);
  }
  stream.pending.clear();
}

void LegalityChecker::OnSync(const Event& event) {
  if (event.a == 0) return;
  const StreamState& stream = streams_[event.stream];
  if (stream.ends.size() < event.a) {
    Find("sync", event,
         absl::StrCat("the host saw ", event.a, " tasks complete, ",
                      stream.ends.size(), " ran"));
  } else if (stream.ends[event.a - 1] > event.time) {
    Find("sync", event, "the host saw a task complete before its end");
  }
}

void LegalityChecker::Find(const char* what, const Event& event,
                           const std::string& text) {
  if (findings_.size() >= kMostFindings) return;
  findings_.push_back(absl::StrCat(what, ": event ", events_, ": task ",
                                   event.task, " of stream ", event.stream,
                                   ": ", text));
}

}  // namespace npuemu
