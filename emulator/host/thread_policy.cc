#include "emulator/host/thread_policy.h"

#include <algorithm>
#include <vector>

#include "emulator/base/prng.h"

namespace npuemu {
namespace {

// The first candidate behind `last`, round.
size_t NextInTurn(const ThreadChoice& choice) {
  for (size_t i = 0; i < choice.candidates.size(); ++i) {
    if (choice.candidates[i].id > choice.last) return i;
  }
  return 0;
}

size_t IndexOfLast(const ThreadChoice& choice) {
  size_t i = 0;
  while (choice.candidates[i].id != choice.last) ++i;
  return i;
}

// Choices after which a thread that always goes first lets others run: it may
// wait for them in a loop.
constexpr int kTurn = 1000;

class FifoThreads : public ThreadPolicy {
 public:
  size_t Pick(const ThreadChoice& choice) override {
    if (choice.last_first && ++turn_ < kTurn) return IndexOfLast(choice);
    turn_ = 0;
    return NextInTurn(choice);
  }

 private:
  int turn_ = 0;
};

class TimedThreads : public ThreadPolicy {
 public:
  size_t Pick(const ThreadChoice& choice) override {
    const auto first = std::min_element(
        choice.candidates.begin(), choice.candidates.end(),
        [](const ThreadCandidate& a, const ThreadCandidate& b) {
          return a.clock < b.clock;
        });
    return static_cast<size_t>(first - choice.candidates.begin());
  }
  bool SleepersMayRun() const override { return true; }
  bool TimeoutsMayExpire() const override { return true; }
};

// The next one by turn is the last thread only if it is alone.
class LateThreads : public ThreadPolicy {
 public:
  size_t Pick(const ThreadChoice& choice) override {
    return NextInTurn(choice);
  }
};

class RandomThreads : public ThreadPolicy {
 public:
  explicit RandomThreads(uint64_t seed) : prng_(Prng(seed).Fork("threads")) {}
  size_t Pick(const ThreadChoice& choice) override {
    return prng_.Below(choice.candidates.size());
  }
  // A sleep is no promise that others get far.
  bool SleepersMayRun() const override { return true; }

 private:
  Prng prng_;
};

class PctThreads : public ThreadPolicy {
 public:
  PctThreads(uint64_t seed, int depth)
      : prng_(Prng(seed).Fork("threads")) {
    for (int i = 0; i < depth; ++i) {
      // Short and long runs meet one about equally often (pct_policy.h).
      const uint64_t low = uint64_t{1} << prng_.Below(kBits);
      changes_.push_back(low + prng_.Below(low));
    }
  }

  void Created(int id) override {
    const auto index = static_cast<size_t>(id);
    if (priorities_.size() <= index) priorities_.resize(index + 1);
    priorities_[index] = static_cast<int64_t>(prng_.Below(uint64_t{1} << 62));
  }

  size_t Pick(const ThreadChoice& choice) override {
    const uint64_t step = step_++;
    // A change point, or a thread that asked to be passed over or runs for
    // long: it goes last.
    turn_ = choice.last_first ? turn_ + 1 : 0;
    if (choice.yielded || turn_ == kTurn ||
        std::find(changes_.begin(), changes_.end(), step) != changes_.end()) {
      priorities_[static_cast<size_t>(choice.last)] = --lowest_;
    }
    const auto best = std::max_element(
        choice.candidates.begin(), choice.candidates.end(),
        [&](const ThreadCandidate& a, const ThreadCandidate& b) {
          return Priority(a) < Priority(b);
        });
    return static_cast<size_t>(best - choice.candidates.begin());
  }
  bool SleepersMayRun() const override { return true; }

 private:
  // Bits of a decision's number at which a change may lie.
  static constexpr uint64_t kBits = 12;

  int64_t Priority(const ThreadCandidate& candidate) const {
    return priorities_[static_cast<size_t>(candidate.id)];
  }

  Prng prng_;
  std::vector<uint64_t> changes_;
  std::vector<int64_t> priorities_;
  int64_t lowest_ = 0;
  uint64_t step_ = 0;
  int turn_ = 0;
};

}  // namespace

std::unique_ptr<ThreadPolicy> MakeThreadPolicy(std::string_view name,
                                               uint64_t seed, int depth) {
  if (name == "fifo") return std::make_unique<FifoThreads>();
  if (name == "timed") return std::make_unique<TimedThreads>();
  if (name == "late") return std::make_unique<LateThreads>();
  if (name == "random") return std::make_unique<RandomThreads>(seed);
  if (name == "pct") return std::make_unique<PctThreads>(seed, depth);
  return nullptr;
}

}  // namespace npuemu
