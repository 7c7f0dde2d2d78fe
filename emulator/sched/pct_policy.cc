#include "emulator/sched/pct_policy.h"

#include <algorithm>
#include <functional>

namespace npuemu {

std::optional<size_t> PctPolicy::PickNext(ReadySet& ready, bool observing,
                                          SimTime, Prng& prng) {
  ++step_;
  while (true) {
    StreamQueue* stream = ready.First();
    const auto chain = static_cast<size_t>(stream->id) + 1;
    const bool host =
        !observing && Priority(0, prng) > Priority(chain, prng);
    if (!Changes(prng)) {
      if (host) return std::nullopt;
      return static_cast<size_t>(stream->ready_index);
    }
    // Below all that were drawn and all that are lowered later.
    Priority(host ? 0 : chain, prng) =
        static_cast<int64_t>(changes_.size()) + 1;
    if (!host) ready.Rerank(stream, RankOf(*stream, prng));
  }
}

Rank PctPolicy::RankOf(const StreamQueue& queue, Prng& prng) {
  return {0, -Priority(static_cast<size_t>(queue.id) + 1, prng)};
}

int64_t& PctPolicy::Priority(size_t chain, Prng& prng) {
  if (chain >= priorities_.size()) priorities_.resize(chain + 1);
  int64_t& priority = priorities_[chain];
  if (priority == 0) {
    priority = depth_ + static_cast<int64_t>(prng.Below(uint64_t{1} << 40));
  }
  return priority;
}

bool PctPolicy::Changes(Prng& prng) {
  if (!drawn_) {
    drawn_ = true;
    for (int i = 1; i < depth_; ++i) {
      const uint64_t low = uint64_t{1} << prng.Below(16);
      changes_.push_back(low + prng.Below(low));
    }
    std::sort(changes_.begin(), changes_.end(), std::greater<>());
  }
  if (changes_.empty() || changes_.back() > step_) return false;
  changes_.pop_back();
  return true;
}

}  // namespace npuemu
