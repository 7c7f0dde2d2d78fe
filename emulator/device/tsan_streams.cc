#include "emulator/device/tsan_streams.h"

#include <dlfcn.h>
#include <execinfo.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/host_watch.h"
#include "emulator/sched/stream_queue.h"

namespace npuemu {
namespace {

// Ends that are kept for a late synchronise of an early task; an older one
// knows a little too much.
constexpr size_t kMostEnds = 4096;

const void* ModuleOf(const void* address) {
  Dl_info info;
  return dladdr(address, &info) == 0 ? nullptr : info.dli_fbase;
}

// The program's frames above this library's entry point, the outermost first.
std::vector<const void*> ProgramStack() {
  constexpr int kMostFrames = 48;
  void* frames[kMostFrames];
  const int count = backtrace(frames, kMostFrames);
  const void* const ours = ModuleOf(reinterpret_cast<void*>(&ProgramStack));
  int first = 0;
  while (first < count && ModuleOf(frames[first]) == ours) ++first;
  if (first == count) first = 0;  // the program and this library are one
  return {std::make_reverse_iterator(frames + count),
          std::make_reverse_iterator(frames + first)};
}

}  // namespace

// A word that a copy writes may be polled for: then it tells what the stream
// did before.
void TsanStreams::Touch(const Access& access) {
  if (access.write && HostWatch::IsFlag(access.end - access.begin)) {
    tsan::Release(reinterpret_cast<const void*>(access.begin));
  } else {
    tsan::Access(access.begin, access.end, access.write);
  }
}

TsanStreams::~TsanStreams() {
  for (const auto& [id, stream] : streams_) tsan::DestroyFiber(stream.fiber);
}

TsanStreams::Stream& TsanStreams::StreamFor(int id) {
  const auto [place, fresh] = streams_.try_emplace(id);
  if (fresh) {
    place->second.fiber =
        tsan::MakeFiber(absl::StrCat("npuemu stream ", id).c_str());
  }
  return place->second;
}

TsanStreams::Point TsanStreams::PointOf(uint64_t signal) {
  Point& point = signals_[signal];
  if (point == nullptr) point = std::make_shared<const uint64_t>(signal);
  return point;
}

void TsanStreams::OnSubmitted(const Task& task) {
  Stream& stream = StreamFor(task.queue->id);
  Queued queued;
  queued.task = task.id;
  queued.submitted = std::make_shared<const uint64_t>(task.id);
  queued.awaits = std::move(stream.passed);
  stream.passed.clear();
  if (task.wait == WaitKind::kValue) queued.awaits.push_back(values_);
  if (task.wait_for != nullptr) {
    queued.awaits.push_back(PointOf(task.wait_for->id));
  }
  if (task.effect == EffectKind::kPublish) queued.sets = values_;
  if (task.effect == EffectKind::kSet) {
    queued.sets = PointOf(task.target->id);
    // Nobody can wait for the record before it any more; who does already
    // holds its point.
    uint64_t& latest = latest_[task.object];
    if (task.object != 0 && latest != task.target->id) {
      signals_.erase(latest);
      latest = task.target->id;
    }
  }
  queued.delivers = task.unit == Unit::kHost;
  const auto add = [&](const RangeList& ranges, bool write) {
    for (const MemoryRange& range : ranges) {
      if (range.begin >= range.end || on_device_(range.begin)) continue;
      queued.accesses.push_back({range.begin, range.end, write});
    }
  };
  if (task.exact_reads) add(task.reads, false);
  if (task.exact_writes) add(task.writes, true);
  if (!queued.accesses.empty()) queued.callers = ProgramStack();
  {
    const tsan::Theirs self;
    tsan::Release(queued.submitted.get());
  }
  stream.pending.push_back(std::move(queued));
}

void TsanStreams::OnHostAccess(uint64_t begin, uint64_t end,
                               bool write) const {
  if (begin >= end || on_device_(begin)) return;
  const tsan::Theirs self;
  tsan::Access(begin, end, write);
}

void TsanStreams::End(Stream& stream, Point end) {
  ++stream.ended;
  stream.ends.push_back(std::move(end));
  if (stream.ends.size() > kMostEnds) stream.ends.pop_front();
}

void TsanStreams::OnRun(Stream& stream) {
  if (stream.pending.empty()) return;
  const Queued task = std::move(stream.pending.front());
  stream.pending.pop_front();
  const auto end = std::make_shared<const uint64_t>(task.task);
  if (task.delivers) deliveries_[task.task] = end;
  if (stream.fiber != nullptr) {
    const tsan::OnFiber fiber(stream.fiber);
    tsan::Acquire(task.submitted.get());
    for (const Point& point : task.awaits) tsan::Acquire(point.get());
    for (const void* caller : task.callers) tsan::PushCaller(caller);
    for (const Access& access : task.accesses) Touch(access);
    for (size_t i = 0; i < task.callers.size(); ++i) tsan::PopCaller();
    if (task.sets != nullptr) tsan::Release(task.sets.get());
    tsan::Release(end.get());
  }
  End(stream, end);
}

void TsanStreams::OnSync(const Stream& stream, uint64_t tasks) const {
  if (stream.ends.empty() || tasks == 0) return;
  const uint64_t oldest = stream.ended - stream.ends.size() + 1;
  const uint64_t wanted =
      std::clamp<uint64_t>(tasks, oldest, stream.ended) - oldest;
  const tsan::Theirs self;
  tsan::Acquire(stream.ends[wanted].get());
}

void TsanStreams::OnEvent(const Event& event) {
  switch (event.kind) {
    case EventKind::kStreamCreate: StreamFor(event.stream); return;
    case EventKind::kRun: return OnRun(StreamFor(event.stream));
    case EventKind::kSync: return OnSync(StreamFor(event.stream), event.a);
    case EventKind::kPassed:
      StreamFor(event.stream).passed.push_back(PointOf(event.a));
      return;
    case EventKind::kDrop: {
      Stream& stream = StreamFor(event.stream);
      for (const Queued& task : stream.pending) End(stream, task.submitted);
      stream.pending.clear();
      return;
    }
    case EventKind::kStreamDestroy: {  // it waits for what is queued (R48)
      const Stream& stream = StreamFor(event.stream);
      OnSync(stream, stream.ended);
      tsan::DestroyFiber(stream.fiber);
      streams_.erase(event.stream);
      return;
    }
    case EventKind::kWrite: {  // of the host, perhaps a value (R75)
      if (event.task != 0) return;
      const tsan::Theirs self;
      tsan::Release(values_.get());
      return;
    }
    case EventKind::kHostFunction: {
      const auto delivery = deliveries_.find(event.task);
      if (delivery == deliveries_.end()) return;
      const tsan::Theirs self;
      tsan::Acquire(delivery->second.get());
      return;
    }
    case EventKind::kCallback: {
      deliveries_.erase(event.task);
      if (event.b == 0) return;
      const Point point = PointOf(event.b);
      const tsan::Theirs self;
      tsan::Release(point.get());
      return;
    }
    default: return;
  }
}

}  // namespace npuemu
