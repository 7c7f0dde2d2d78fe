#include "emulator/hazard/happens_before.h"

#include <algorithm>
#include <iterator>

namespace npuemu {
namespace {

// Changes of what a stream knows that are kept for a late synchronise of an
// early event; one that is older knows a little too much.
constexpr size_t kMostHistory = 4096;

// Threads of the program that the observer does not know (node.cc).
bool IsUnobserved(uint64_t actor) {
  return actor >= uint64_t{1} << 16 && actor < kActorHelper;
}

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
    place->second.knows = everyone_;
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

void HappensBefore::Step(Thread& thread) {
  thread.knows.Advance({thread.actor, ++thread.step});
  thread.shared = nullptr;
}

HappensBefore::Actor HappensBefore::RunningTask() const {
  return {{running_->actor, running_->ran}, &running_->knows};
}

HappensBefore::Actor HappensBefore::HostAccess() {
  Thread& thread = Acting();
  Step(thread);
  return {{thread.actor, thread.step}, &thread.knows};
}

Epoch HappensBefore::Submission() {
  const Thread& thread = Acting();
  return {thread.actor, thread.step};
}

uint64_t HappensBefore::Known(const VectorClock& knows, int stream) const {
  const auto awaited = streams_.find(stream);
  if (awaited == streams_.end()) return ~uint64_t{0};  // destroyed
  const uint64_t known = knows[awaited->second.actor];
  const uint64_t first = awaited->second.first;
  return known > first ? known - first : 0;
}

uint64_t HappensBefore::Awaited(int stream) {
  return Known(Acting().knows, stream);
}

uint64_t HappensBefore::AwaitedBy(int knower, int stream) {
  const auto found = streams_.find(knower);
  return found == streams_.end() ? 0 : Known(found->second.knows, stream);
}

bool HappensBefore::ExchangesValue(uint64_t address) {
  if (running_effect_ == EffectKind::kPublish) {
    published_[address] = running_->knows;
    return true;
  }
  if (running_wait_ != WaitKind::kValue) return false;
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
    case EventKind::kEdge: return OnEdge(event);
    case EventKind::kStreamCreate: {
      StreamFor(event.stream).made = Share(Acting());
      StreamFor(event.stream).users.push_back(acting_);
      return;
    }
    case EventKind::kSubmit: return OnSubmit(event);
    case EventKind::kWait: return OnWait(event);
    case EventKind::kEffect: return OnEffect(event);
    case EventKind::kPassed: {
      if (several_threads_) Step(Acting());
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
    case EventKind::kHostFunction: {
      const auto delivery = deliveries_.find(event.task);
      if (delivery != deliveries_.end()) Learn(Acting(), delivery->second);
      return;
    }
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
  if (arrival_ || IsUnobserved(actor) || IsUnobserved(acting_)) {
    Learn(ThreadFor(actor), Acting().knows);
  }
  if (actor < kActorHelper && actor != 0) several_threads_ = true;
  acting_ = actor;
}

// event.b: thread << 1 | acquire. Object 0: whatever comes after.
void HappensBefore::OnEdge(const Event& event) {
  several_threads_ = true;
  Thread& thread = ThreadFor(event.b >> 1);
  if (event.a == 0) {
    everyone_.Join(thread.knows);
    for (auto& [id, other] : threads_) Learn(other, everyone_);
    return;
  }
  const uint64_t hash = event.a * 0x9e3779b97f4a7c15 >> 32;
  VectorClock& object = objects_[hash % kObjects];
  if ((event.b & 1) == 0) {
    object.Join(thread.knows);
  } else {
    Learn(thread, object);
  }
}

// The handle came from its maker, by whatever way.
void HappensBefore::LearnOfMaking(Stream& stream) {
  if (stream.made == nullptr) return;
  if (std::find(stream.users.begin(), stream.users.end(), acting_) !=
      stream.users.end()) {
    return;
  }
  Learn(Acting(), *stream.made);
  stream.users.push_back(acting_);
}

void HappensBefore::OnSubmit(const Event& event) {
  Stream& stream = StreamFor(event.stream);
  if (several_threads_) LearnOfMaking(stream);
  Thread& thread = Acting();
  Pending task;
  task.task = event.task;
  task.host_function = UnitOf(event) == Unit::kHost;
  task.submitter = Share(thread);
  if (several_threads_) Step(thread);  // of its own, for Submission()
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
  task->wait_kind = WaitOf(event);
  task->wait_for = event.a;
  ++signals_[event.a].waiters;
}

void HappensBefore::OnEffect(const Event& event) {
  Pending* task = LastSubmitted(event);
  if (task == nullptr) return;
  task->effect = EffectOf(event);
  task->target = event.a;
  signals_.try_emplace(event.a);
  const uint64_t object = ObjectOf(event);
  if (task->effect != EffectKind::kSet || object == 0) return;
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
  if (task.wait_kind != WaitKind::kNone) {
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
  running_wait_ = task.expired ? WaitKind::kNone : task.wait_kind;
  running_effect_ = task.effect;
  if (task.host_function) deliveries_[task.task] = stream.knows;
  Apply(stream, task);
}

void HappensBefore::AwaitSignal(Stream& stream, const Pending& task) {
  if (task.expired || task.wait_kind == WaitKind::kValue) return;
  Signal& signal = signals_[task.wait_for];
  stream.knows.Join(signal.knows);
  if (task.wait_kind == WaitKind::kConsume) signal.knows = VectorClock();
}

void HappensBefore::StopWaiting(const Pending& task) {
  if (task.wait_kind == WaitKind::kNone) return;
  --signals_[task.wait_for].waiters;
  DropIfOver(task.wait_for);
}

void HappensBefore::Apply(Stream& stream, const Pending& task) {
  switch (task.effect) {
    case EffectKind::kSet: {
      const auto signal = signals_.find(task.target);
      if (signal == signals_.end()) return;  // nobody can wait for it
      // Of several records since a reset any may be the first, and the wait
      // may pass behind it (R61).
      VectorClock& knows = signal->second.knows;
      if (knows.empty()) {
        knows = stream.knows;
      } else {
        knows.Meet(stream.knows);
      }
      return DropIfOver(task.target);
    }
    case EffectKind::kReset:
      signals_[task.target].knows = VectorClock();
      return;
    default: return;
  }
}

void HappensBefore::OnSync(const Event& event) {
  Stream& stream = StreamFor(event.stream);
  Thread& thread = Acting();
  const Epoch seen{stream.actor, stream.first + event.a};
  // A wait that passed at its call stands behind all tasks before it.
  if (seen.step >= stream.ran + stream.pending.size()) {
    Learn(thread, stream.passed);
  }
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
