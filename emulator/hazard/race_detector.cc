#include "emulator/hazard/race_detector.h"

#include <algorithm>

#include "emulator/event/kinds.h"

namespace npuemu {

void RaceDetector::OnEvent(const Event& event) {
  order_.OnEvent(event);
  calls_.OnEvent(event);
  switch (event.kind) {
    case EventKind::kSubmit: return OnSubmit(event);
    case EventKind::kCaptured:
      if (event.task == 0) return;
      return PlanGroup(event, /*write=*/true);
    case EventKind::kReplayed:
      if (!IsUpdatable(event)) return;
      return PlanGroup(event, /*write=*/false);
    case EventKind::kRead:
    case EventKind::kWrite: return PlanAccess(event);
    case EventKind::kRenewed: return ForgetAccesses(event);
    case EventKind::kWait:
      return PlanObject(event, /*write=*/false);
    case EventKind::kEffect:
      if (EffectOf(event) != EffectKind::kReset) return;
      return PlanObject(event, /*write=*/true);
    case EventKind::kObjectDestroy:
      return OnFree({0, kObjectPlace, event.a, event.a + 1, /*write=*/true,
                     event.name, /*frees=*/true});
    case EventKind::kRun: return OnRun(event);
    case EventKind::kDrop: queues_[event.stream].plans.clear(); return;
    case EventKind::kStreamDestroy: queues_.erase(event.stream); return;
    case EventKind::kFree:
      return OnFree({0, event.device, event.a, event.a + event.b,
                     /*write=*/true, event.name, /*frees=*/true});
    case EventKind::kAlloc: {
      const uint64_t begin = Key(event.device, event.a);
      return shadow_.Forget(begin, begin + event.b);
    }
    case EventKind::kDeviceReset: {
      const uint64_t begin = Key(event.device, 0);
      return shadow_.Forget(begin, Key(event.device + 1, 0));
    }
    default: return;
  }
}

void RaceDetector::PlanAccess(const Event& event) {
  const Plan plan{event.task, event.device, event.a, event.b,
                  event.kind == EventKind::kWrite, event.name};
  if (event.task == 0) return Touch(plan);
  Queue& queue = queues_[event.stream];
  if (queue.last < event.task) return;
  // The last task's, but for a renewed one.
  const auto behind = std::upper_bound(
      queue.plans.begin(), queue.plans.end(), event.task,
      [](uint64_t task, const Plan& other) { return task < other.task; });
  queue.plans.insert(behind, plan);
}

// It will touch other memory; which group it is of stays.
void RaceDetector::ForgetAccesses(const Event& renewed) {
  std::erase_if(queues_[renewed.stream].plans, [&](const Plan& plan) {
    return plan.task == renewed.task && plan.device != kObjectPlace;
  });
}

// A task's wait or reset is an access of the event.
void RaceDetector::PlanObject(const Event& event, bool write) {
  const uint64_t object = ObjectOf(event);
  Queue& queue = queues_[event.stream];
  if (object == 0 || queue.last == 0) return;
  queue.plans.push_back(
      {queue.last, kObjectPlace, object, object + 1, write, "event"});
}

// An execution reads the task of a group, an update writes it (R167).
void RaceDetector::PlanGroup(const Event& event, bool write) {
  const uint64_t object = kFirstGroupObject | event.a << 20 | NumberOf(event);
  coming_.push_back(
      {event.task, kObjectPlace, object, object + 1, write, event.name});
}

void RaceDetector::OnSubmit(const Event& event) {
  Queue& queue = queues_[event.stream];
  queue.last = event.task;
  queue.plans.insert(queue.plans.end(), coming_.begin(), coming_.end());
  coming_.clear();
}

void RaceDetector::OnRun(const Event& event) {
  std::deque<Plan>& plans = queues_[event.stream].plans;
  while (!plans.empty() && plans.front().task <= event.task) {
    const Plan& plan = plans.front();
    if (!plan.told && plan.task == event.task) Touch(plan);
    plans.pop_front();
  }
}

// It frees what queued tasks will touch, or what others did and nobody waited
// for.
void RaceDetector::OnFree(const Plan& freed) {
  const RaceSite by{freed.name, 0, calls_.Current().index, /*write=*/true,
                    /*frees=*/true};
  for (auto& [stream, queue] : queues_) {
    for (Plan& plan : queue.plans) {
      if (plan.device != freed.device || plan.told) continue;
      const uint64_t begin = std::max(plan.begin, freed.begin);
      const uint64_t end = std::min(plan.end, freed.end);
      if (begin >= end) continue;
      plan.told = true;
      tell_({by, {plan.name, plan.task, 0, plan.write, false}, plan.device,
             begin, end});
    }
  }
  Touch(freed);
}

// Devices lie one after another, pinned memory and objects elsewhere.
uint64_t RaceDetector::Key(int device, uint64_t offset) {
  return static_cast<uint64_t>(device + 1) << 56 | offset;
}

RaceSite RaceDetector::SiteOf(const Access& access) {
  return {access.name, access.task, access.call, access.write, access.frees};
}

void RaceDetector::Touch(const Plan& plan) {
  constexpr uint64_t kWord = 8;
  if (plan.begin >= plan.end) return;
  const bool host = plan.task == 0;
  Access access{{}, plan.task, host ? calls_.Current().index : 0, plan.name,
                plan.write, plan.frees};
  if (touched_ != nullptr) {
    touched_(SiteOf(access), plan.device, plan.begin, plan.end);
  }
  const uint64_t base = Key(plan.device, 0);
  const uint64_t begin = base + plan.begin;
  if (!host && order_.ExchangesValue(begin)) return;
  const HappensBefore::Actor actor =
      host ? order_.HostAccess() : order_.RunningTask();
  access.epoch = actor.epoch;
  if (host && access.write && plan.end - plan.begin <= kWord) {
    order_.HostWroteValue(begin);
  }
  shadow_.Touch(begin, base + plan.end, access, *actor.knowledge,
                [&](const Access& earlier, uint64_t from, uint64_t to) {
                  tell_({SiteOf(earlier), SiteOf(access), plan.device,
                         from - base, to - base});
                });
}

}  // namespace npuemu
