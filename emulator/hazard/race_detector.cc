#include "emulator/hazard/race_detector.h"

#include <algorithm>

namespace npuemu {

void RaceDetector::OnEvent(const Event& event) {
  order_.OnEvent(event);
  switch (event.kind) {
    case EventKind::kSubmit: {
      Queued& queued = queued_[event.stream].emplace_back();
      queued.task = event.task;
      queued.name = event.name;
      return;
    }
    case EventKind::kRead:
    case EventKind::kWrite: {
      const Plan plan{event.device, event.a, event.b,
                      event.kind == EventKind::kWrite};
      if (event.task == 0) return Touch(0, event.name, plan);
      auto& queue = queued_[event.stream];
      if (!queue.empty()) queue.back().plans.push_back(plan);
      return;
    }
    case EventKind::kRun: return OnRun(event);
    case EventKind::kDrop: queued_[event.stream].clear(); return;
    case EventKind::kStreamDestroy: queued_.erase(event.stream); return;
    case EventKind::kFree: return OnFree(event);
    case EventKind::kAlloc: {
      const uint64_t begin = Key(event.device, event.a);
      return shadow_.Forget(begin, begin + event.b);
    }
    default: return;
  }
}

void RaceDetector::OnRun(const Event& event) {
  auto& queue = queued_[event.stream];
  if (queue.empty()) return;  // a damaged trace
  for (const Plan& plan : queue.front().plans) {
    if (!plan.told) Touch(event.task, event.name, plan);
  }
  queue.pop_front();
}

// It frees what queued tasks will touch, or what others did and nobody waited
// for.
void RaceDetector::OnFree(const Event& event) {
  const Plan freed{event.device, event.a, event.a + event.b, /*write=*/true};
  const RaceSite by{event.name, 0, -1, order_.ActingThread(), true};
  for (auto& [stream, queue] : queued_) {
    for (Queued& task : queue) {
      for (Plan& plan : task.plans) {
        if (plan.device != freed.device || plan.told) continue;
        const uint64_t begin = std::max(plan.begin, freed.begin);
        const uint64_t end = std::min(plan.end, freed.end);
        if (begin >= end) continue;
        plan.told = true;
        tell_({by, {task.name, task.task, stream, 0, plan.write},
               plan.device, begin, end});
      }
    }
  }
  Touch(0, event.name, freed);
}

// Devices lie one after another, pinned memory before them.
uint64_t RaceDetector::Key(int device, uint64_t offset) {
  return static_cast<uint64_t>(device + 1) << 56 | offset;
}

RaceSite RaceDetector::SiteOf(const Access& access) const {
  RaceSite site{access.name, access.task, -1, 0, access.write};
  if (order_.IsStream(access.epoch.actor)) {
    site.stream = order_.StreamOf(access.epoch.actor);
  } else {
    site.thread = order_.ThreadOf(access.epoch.actor);
  }
  return site;
}

void RaceDetector::Touch(uint64_t task, const char* name, const Plan& plan) {
  constexpr uint64_t kWord = 8;
  if (plan.begin >= plan.end) return;
  const bool host = task == 0;
  const uint64_t base = Key(plan.device, 0);
  const uint64_t begin = base + plan.begin;
  if (!host && order_.ExchangesValue(begin)) return;
  const HappensBefore::Actor actor =
      host ? order_.HostAccess() : order_.RunningTask();
  const Access access{actor.epoch, task, name, plan.write};
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
