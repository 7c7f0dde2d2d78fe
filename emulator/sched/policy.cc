#include "emulator/sched/policy.h"

#include <map>
#include <tuple>

#include "emulator/base/check.h"
#include "emulator/sched/pct_policy.h"

namespace npuemu {
namespace {

std::optional<size_t> IndexOf(const StreamQueue* queue) {
  if (queue == nullptr) return std::nullopt;
  return static_cast<size_t>(queue->ready_index);
}

class FifoPolicy : public Policy {
 public:
  std::optional<size_t> PickNext(ReadySet& ready, bool, SimTime,
                                 Prng&) override {
    return IndexOf(ready.First());
  }
  bool Defers() const override { return false; }
  bool Overlaps() const override { return false; }
};

// The order of virtual start times; ties by priority (R34, not preemptive: who
// waits for a busy resource gets it by priority), then by the time at which
// stream and signal let the task start, then by arrival. A lane holds the heads
// that compete for the same with one priority: among them the order of
// `ready_at` is the order of starts, so keys need no update when the resource
// is taken.
class TimedPolicy : public Policy {
 public:
  std::optional<size_t> PickNext(ReadySet& ready, bool observing,
                                 SimTime horizon, Prng&) override {
    StreamQueue* best = nullptr;
    SimTime best_start;
    for (size_t lane = 0; lane < ready.lanes(); ++lane) {
      StreamQueue* first = ready.First(lane);
      if (first == nullptr) continue;
      const SimTime start = ready.EarliestStart(*first);
      if (best == nullptr || Before(*first, start, *best, best_start)) {
        best = first;
        best_start = start;
      }
    }
    if (!observing && best_start > horizon) return std::nullopt;
    return IndexOf(best);
  }

  Rank RankOf(const StreamQueue& queue, Prng&) override {
    const Task& head = queue.pending.front();
    const auto lane = lanes_.try_emplace(
        {queue.device, head.unit, head.cores, queue.priority},
        static_cast<uint32_t>(lanes_.size())).first;
    return {lane->second, Nanoseconds(queue.ready_at)};
  }

 private:
  static bool Before(const StreamQueue& a, SimTime a_start,
                     const StreamQueue& b, SimTime b_start) {
    return std::tie(a_start, a.priority, a.rank.key, a.pending.front().id) <
           std::tie(b_start, b.priority, b.rank.key, b.pending.front().id);
  }

  std::map<std::tuple<int, Unit, uint32_t, uint32_t>, uint32_t> lanes_;
};

class LatePolicy : public Policy {
 public:
  std::optional<size_t> PickNext(ReadySet& ready, bool observing, SimTime,
                                 Prng&) override {
    StreamQueue* first = ready.First();
    if (!observing || first->rank.key != kNeeded) return std::nullopt;
    return IndexOf(first);
  }
  Rank RankOf(const StreamQueue& queue, Prng&) override {
    const bool needed = queue.needed_seq >= queue.pending.front().seq;
    return {0, needed ? kNeeded : kNeeded + 1};
  }
  bool CountsPolls() const override { return true; }
  bool StartsWhenDecided() const override { return true; }
  bool RanksNeeded() const override { return true; }

 private:
  static constexpr int64_t kNeeded = 0;
};

// How lazy a run is, is drawn as well: with one fixed chance, orders far from
// that of the submissions would hardly ever come.
class RandomPolicy : public Policy {
 public:
  std::optional<size_t> PickNext(ReadySet& ready, bool observing, SimTime,
                                 Prng& prng) override {
    if (lazy_ == 0) lazy_ = 1 + prng.Below(15);
    if (!observing && prng.Below(16) < lazy_) return std::nullopt;
    return prng.Below(ready.size());
  }
  bool CountsPolls() const override { return true; }
  bool StartsWhenDecided() const override { return true; }

 private:
  uint64_t lazy_ = 0;  // of 16 chances to run a task, so many pass; 0: new
};

}  // namespace

std::unique_ptr<Policy> MakePolicy(std::string_view name, int pct_depth) {
  if (name == "timed") return std::make_unique<TimedPolicy>();
  if (name == "late") return std::make_unique<LatePolicy>();
  if (name == "random") return std::make_unique<RandomPolicy>();
  if (name == "pct") return std::make_unique<PctPolicy>(pct_depth);
  NPUEMU_CHECK(name == "fifo");
  return std::make_unique<FifoPolicy>();
}

}  // namespace npuemu
