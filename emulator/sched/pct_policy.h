// File: pct_policy.h
// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi,
// Nagarakatte 2010): a bug that needs d ordering constraints is found with a
// probability that does not vanish in the number of tasks.
//
// - Each stream, and the host, gets a random priority of at least d when it is
//   first seen. The highest one that can go on does: a ready task runs, or the
//   host returns from its call; a host that waits cannot go on.
// - d - 1 change points: at such a step, the one that would go on is lowered
//   to a priority below d, each time another one, and the choice is made again.
// - The paper draws change points from the known length of the run. Ours is
//   not known, so each is drawn in two steps: the number of bits of the step
//   (1 to 16), then the step; short and long runs meet one about equally often.

#ifndef EMULATOR_SCHED_PCT_POLICY_H_
#define EMULATOR_SCHED_PCT_POLICY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "emulator/sched/policy.h"

namespace npuemu {

class PctPolicy : public Policy {
 public:
  // depth >= 1: the d of the paper.
  explicit PctPolicy(int depth) : depth_(depth) {}

  std::optional<size_t> PickNext(ReadySet& ready, bool observing,
                                 SimTime horizon, Prng& prng) override;
  Rank RankOf(const StreamQueue& queue, Prng& prng) override;
  bool CountsPolls() const override { return true; }
  bool StartsWhenDecided() const override { return true; }

 private:
  // The host is chain 0, stream s is chain s + 1.
  int64_t& Priority(size_t chain, Prng& prng);
  // Whether this step is a change point; each is met once.
  bool Changes(Prng& prng);

  const int depth_;
  uint64_t step_ = 0;
  bool drawn_ = false;
  std::vector<uint64_t> changes_;    // steps, the next one last
  std::vector<int64_t> priorities_;  // 0: not drawn
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_PCT_POLICY_H_
