#include "emulator/hazard/race_detector.h"

#include <algorithm>

#include "emulator/event/kinds.h"

namespace npuemu {

void RaceDetector::OnEvent(const Event& event) {
  order_.OnEvent(event);
  calls_.OnEvent(event);
  switch (event.kind) {
    case EventKind::kSubmit:
      queued_[event.stream].emplace_back().task = event.task;
      return;
    case EventKind::kRead:
    case EventKind::kWrite: {
      const Plan plan{event.device, event.a, event.b,
                      event.kind == EventKind::kWrite, event.name};
      if (event.task == 0) return Touch(0, plan);
      auto& queue = queued_[event.stream];
      if (!queue.empty()) queue.back().plans.push_back(plan);
      return;
    }
    case EventKind::kWait: {
      const uint64_t object = ObjectOf(event);
      auto& queue = queued_[event.stream];
      if (object == 0 || queue.empty()) return;
      queue.back().plans.push_back(
          {kObjectPlace, object, object + 1, /*write=*/false, "event"});
      return;
    }
    case EventKind::kEffect: {
      const uint64_t object = ObjectOf(event);
      auto& queue = queued_[event.stream];
      const bool resets = EffectOf(event) == EffectKind::kReset;
      if (object == 0 || queue.empty() || !resets) return;
      queue.back().plans.push_back(
          {kObjectPlace, object, object + 1, /*write=*/true, "event"});
      return;
    }
    case EventKind::kObjectDestroy:
      return OnFree({kObjectPlace, event.a, event.a + 1, /*write=*/true,
                     event.name, /*frees=*/true});
    case EventKind::kRun: return OnRun(event);
    case EventKind::kDrop: queued_[event.stream].clear(); return;
    case EventKind::kStreamDestroy: queued_.erase(event.stream); return;
    case EventKind::kFree:
      return OnFree({event.device, event.a, event.a + event.b, /*write=*/true,
                     event.name, /*frees=*/true});
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

void RaceDetector::OnRun(const Event& event) {
  auto& queue = queued_[event.stream];
  if (queue.empty()) return;  // a damaged trace
  for (const Plan& plan : queue.front().plans) {
    if (!plan.told) Touch(event.task, plan);
  }
  queue.pop_front();
}

// It frees what queued tasks will touch, or what others did and nobody waited
// for.
void RaceDetector::OnFree(const Plan& freed) {
  const RaceSite by{freed.name, 0, calls_.Current().index, /*write=*/true,
                    /*frees=*/true};
  for (auto& [stream, queue] : queued_) {
    for (Queued& task : queue) {
      for (Plan& plan : task.plans) {
        if (plan.device != freed.device || plan.told) continue;
        const uint64_t begin = std::max(plan.begin, freed.begin);
        const uint64_t end = std::min(plan.end, freed.end);
        if (begin >= end) continue;
        plan.told = true;
        tell_({by, {plan.name, task.task, 0, plan.write, false}, plan.device,
               begin, end});
      }
    }
  }
  Touch(0, freed);
}

// Devices lie one after another, pinned memory and objects elsewhere.
uint64_t RaceDetector::Key(int device, uint64_t offset) {
  return static_cast<uint64_t>(device + 1) << 56 | offset;
}

RaceSite RaceDetector::SiteOf(const Access& access) {
  return {access.name, access.task, access.call, access.write, access.frees};
}

void RaceDetector::Touch(uint64_t task, const Plan& plan) {
  constexpr uint64_t kWord = 8;
  if (plan.begin >= plan.end) return;
  const bool host = task == 0;
  Access access{{}, task, host ? calls_.Current().index : 0, plan.name,
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
