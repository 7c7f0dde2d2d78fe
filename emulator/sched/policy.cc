#include "emulator/sched/policy.h"

#include <tuple>

#include "emulator/base/check.h"

namespace npuemu {
namespace {

// Arrival order: what is ready runs in the call that makes it ready.
class FifoPolicy : public Policy {
 public:
  std::optional<size_t> PickNext(std::span<const ReadyTask> ready, bool,
                                 SimTime, Prng&) override {
    std::optional<size_t> best;
    for (size_t i = 0; i < ready.size(); ++i) {
      if (!best || ready[i].task->id < ready[*best].task->id) best = i;
    }
    return best;
  }
  bool Defers() const override { return false; }
};

// The order of virtual start times; ties by arrival.
class TimedPolicy : public Policy {
 public:
  std::optional<size_t> PickNext(std::span<const ReadyTask> ready,
                                 bool observing, SimTime horizon,
                                 Prng&) override {
    std::optional<size_t> best;
    for (size_t i = 0; i < ready.size(); ++i) {
      if (!observing && ready[i].earliest > horizon) continue;
      if (!best || std::tie(ready[i].earliest, ready[i].task->id) <
                       std::tie(ready[*best].earliest, ready[*best].task->id)) {
        best = i;
      }
    }
    return best;
  }
  bool Defers() const override { return true; }
};

// Nothing before something must observe it; then only what that needs.
class LatePolicy : public Policy {
 public:
  std::optional<size_t> PickNext(std::span<const ReadyTask> ready,
                                 bool observing, SimTime, Prng&) override {
    std::optional<size_t> best;
    for (size_t i = 0; observing && i < ready.size(); ++i) {
      if (!ready[i].needed) continue;
      if (!best || ready[i].task->id < ready[*best].task->id) best = i;
    }
    return best;
  }
  bool Defers() const override { return true; }
  bool CountsPolls() const override { return true; }
};

}  // namespace

std::unique_ptr<Policy> MakePolicy(std::string_view name) {
  if (name == "timed") return std::make_unique<TimedPolicy>();
  if (name == "late") return std::make_unique<LatePolicy>();
  NPUEMU_CHECK(name == "fifo");
  return std::make_unique<FifoPolicy>();
}

}  // namespace npuemu
