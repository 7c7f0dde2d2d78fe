#include "emulator/hazard/happens_before.h"

#include <algorithm>
#include <iterator>

namespace npuemu {
namespace {

// The numbers of event.def.
constexpr uint64_t kConsume = 2, kValue = 3;  // 1 a level
constexpr uint64_t kSet = 1, kReset = 2, kDeliver = 3, kPublish = 4;

// Changes of what a stream knows that are kept for a late synchronise of an
// early event; one that is older knows a little too much.
constexpr size_t kMostHistory = 4096;

}  // namespace

HappensBefore::Stream& HappensBefore::StreamFor(int id) {
  const auto [place, fresh] = streams_.try_emplace(id);
  if (!fresh) return place->second;
  Stream& stream = place->second;
  // An actor whose end is known here goes on: all of its steps are before.
  if (free_actors_.empty() || !Acting().knows.Knows(free_actors_.back())) {
    stream.actor = static_cast<uint32_t>(actors_.size());
    actors_.push_back({id, 0});
  } else {
    const Epoch last = free_actors_.back();
    free_actors_.pop_back();
    stream.actor = last.actor;
    actors_[stream.actor].stream = id;
    stream.ran = stream.first = last.step;
    stream.knows.Advance(last);
  }
  return stream;
}

HappensBefore::Thread& HappensBefore::ThreadFor(uint64_t id) {
  const auto [place, fresh] = threads_.try_emplace(id);
  if (fresh) {
    place->second.actor = static_cast<uint32_t>(actors_.size());
    actors_.push_back({-1, id});
  }
  return place->second;
}

Knowledge HappensBefore::Share(Thread& thread) {
  if (thread.shared == nullptr) {
    thread.shared = std::make_shared<const VectorClock>(thread.knows);
  }
  return thread.shared;
}

void HappensBefore::Learn(Thread& thread, const VectorClock& knowledge) {
  thread.knows.Join(knowledge);
  thread.shared = nullptr;
}

HappensBefore::Actor HappensBefore::RunningTask() const {
  return {{running_->actor, running_->ran}, &running_->knows};
}

HappensBefore::Actor HappensBefore::HostAccess() {
  Thread& thread = Acting();
  const Epoch epoch{thread.actor, ++thread.step};
  thread.knows.Advance(epoch);
  thread.shared = nullptr;
  return {epoch, &thread.knows};
}

bool HappensBefore::ExchangesValue(uint64_t address) {
  if (running_effect_ == kPublish) {
    published_[address] = running_->knows;
    return true;
  }
  if (running_wait_ != kValue) return false;
  const auto published = published_.find(address);
  if (published != published_.end()) running_->knows.Join(published->second);
  return true;
}

void HappensBefore::HostWroteValue(uint64_t address) {
  published_[address] = Acting().knows;
}

void HappensBefore::OnEvent(const Event& event) {
  switch (event.kind) {
    case EventKind::kTurn: return OnTurn(event.a);
    case EventKind::kSubmit: return OnSubmit(event);
    case EventKind::kWait: return OnWait(event);
    case EventKind::kEffect: return OnEffect(event);
    case EventKind::kPassed: {
      const auto signal = signals_.find(event.a);
      if (signal == signals_.end()) return;
      StreamFor(event.stream).passed.Join(signal->second.knows);
      return;
    }
    case EventKind::kExpire: {
      Stream& stream = StreamFor(event.stream);
      if (!stream.pending.empty()) stream.pending.front().expired = true;
      return;
    }
    case EventKind::kRun: return OnRun(event);
    case EventKind::kDrop: {
      Stream& stream = StreamFor(event.stream);
      for (const Pending& task : stream.pending) StopWaiting(task);
      stream.ran += stream.pending.size();
      stream.pending.clear();
      return;
    }
    case EventKind::kSync: return OnSync(event);
    case EventKind::kCallback: return OnCallback(event);
    case EventKind::kReturn:
      signals_[event.a].knows.Join(returns_[event.a]);
      return;
    case EventKind::kStreamDestroy: return OnStreamDestroy(event);
    default: return;
  }
}

void HappensBefore::OnTurn(uint64_t actor) {
  if (actor == acting_) return;
  if (arrival_) Learn(ThreadFor(actor), Acting().knows);
  acting_ = actor;
}

void HappensBefore::OnSubmit(const Event& event) {
  Pending task;
  task.task = event.task;
  task.submitter = Share(Acting());
  Stream& stream = StreamFor(event.stream);
  if (!stream.passed.empty()) {
    stream.passed.Join(*task.submitter);
    task.submitter =
        std::make_shared<const VectorClock>(std::move(stream.passed));
    stream.passed = VectorClock();
  }
  stream.pending.push_back(std::move(task));
}

HappensBefore::Pending* HappensBefore::LastSubmitted(const Event& event) {
  Stream& stream = StreamFor(event.stream);
  const bool known =
      !stream.pending.empty() && stream.pending.back().task == event.task;
  return known ? &stream.pending.back() : nullptr;
}

void HappensBefore::OnWait(const Event& event) {
  Pending* task = LastSubmitted(event);
  if (task == nullptr) return;
  task->wait_kind = event.b & 0xff;
  task->wait_for = event.a;
  ++signals_[event.a].waiters;
}

void HappensBefore::OnEffect(const Event& event) {
  Pending* task = LastSubmitted(event);
  if (task == nullptr) return;
  task->effect = event.b & 0xff;
  task->target = event.a;
  signals_.try_emplace(event.a);
  const uint64_t object = event.b >> 8;
  if (task->effect != kSet || object == 0) return;
  uint64_t& latest = latest_[object];
  if (latest != 0 && latest != event.a) {
    signals_[latest].superseded = true;
    DropIfOver(latest);
  }
  latest = event.a;
}

// Nobody can wait for it any more. Its record may still be queued.
void HappensBefore::DropIfOver(uint64_t signal) {
  const auto place = signals_.find(signal);
  if (place == signals_.end()) return;
  if (place->second.superseded && place->second.waiters == 0) {
    signals_.erase(place);
  }
}

void HappensBefore::OnRun(const Event& event) {
  Stream& stream = StreamFor(event.stream);
  if (stream.pending.empty()) return;  // a damaged trace
  const Pending task = std::move(stream.pending.front());
  stream.pending.pop_front();
  bool learned = false;
  if (task.submitter != stream.last_submitter) {
    stream.knows.Join(*task.submitter);
    stream.last_submitter = task.submitter;
    learned = true;
  }
  if (task.wait_kind != 0) {
    AwaitSignal(stream, task);
    StopWaiting(task);
    learned = true;
  }
  if (learned) {
    stream.history.emplace_back(
        stream.ran + 1, std::make_shared<const VectorClock>(stream.knows));
    if (stream.history.size() > kMostHistory) stream.history.pop_front();
  }
  stream.knows.Advance({stream.actor, ++stream.ran});
  running_ = &stream;
  running_wait_ = task.expired ? 0 : task.wait_kind;
  running_effect_ = task.effect;
  Apply(stream, task);
}

void HappensBefore::AwaitSignal(Stream& stream, const Pending& task) {
  if (task.expired || task.wait_kind > kConsume) return;
  Signal& signal = signals_[task.wait_for];
  stream.knows.Join(signal.knows);
  if (task.wait_kind == kConsume) signal.knows = VectorClock();
}

void HappensBefore::StopWaiting(const Pending& task) {
  if (task.wait_kind == 0) return;
  --signals_[task.wait_for].waiters;
  DropIfOver(task.wait_for);
}

void HappensBefore::Apply(Stream& stream, const Pending& task) {
  switch (task.effect) {
    case kSet: {
      const auto signal = signals_.find(task.target);
      if (signal == signals_.end()) return;  // nobody can wait for it
      signal->second.knows.Join(stream.knows);
      return DropIfOver(task.target);
    }
    case kReset: signals_[task.target].knows = VectorClock(); return;
    case kDeliver: deliveries_[task.task] = stream.knows; return;
    default: return;
  }
}

void HappensBefore::OnSync(const Event& event) {
  Stream& stream = StreamFor(event.stream);
  Thread& thread = Acting();
  const Epoch seen{stream.actor, stream.first + event.a};
  if (seen.step >= stream.ran) {
    Learn(thread, stream.knows);
    return;
  }
  // What the stream knew at that task: the last change up to it.
  const auto next = std::upper_bound(
      stream.history.begin(), stream.history.end(), seen.step,
      [](uint64_t step, const auto& change) { return step < change.first; });
  if (next != stream.history.begin()) Learn(thread, *std::prev(next)->second);
  thread.knows.Advance(seen);
  thread.shared = nullptr;
}

void HappensBefore::OnCallback(const Event& event) {
  Thread& thread = Acting();
  const auto delivery = deliveries_.find(event.task);
  if (delivery != deliveries_.end()) {
    Learn(thread, delivery->second);
    deliveries_.erase(delivery);
  }
  if (event.b != 0) returns_[event.b].Join(thread.knows);
}

// It waits for what is queued (R48).
void HappensBefore::OnStreamDestroy(const Event& event) {
  Stream& stream = StreamFor(event.stream);
  Learn(Acting(), stream.knows);
  if (running_ == &stream) running_ = nullptr;
  free_actors_.push_back({stream.actor, stream.ran});
  streams_.erase(event.stream);
}

}  // namespace npuemu
