// File: thread_policy.h
// Which of the host threads that can run goes on (design 5): the host's half
// of the schedules of design 4.

#ifndef EMULATOR_HOST_THREAD_POLICY_H_
#define EMULATOR_HOST_THREAD_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace npuemu {

// A thread that can run.
struct ThreadCandidate {
  int id;          // by creation
  uint64_t clock;  // its virtual time in ns; of a sleeper: when it wakes
};

// Where a decision is needed.
struct ThreadChoice {
  std::span<const ThreadCandidate> candidates;  // by id, two or more
  int last;         // the thread that ran last
  bool last_first;  // it can go on and did not ask to be passed over
  bool yielded;     // it asked: it is not among the candidates
};

// Not thread-safe; used under the controller's lock.
class ThreadPolicy {
 public:
  virtual ~ThreadPolicy() = default;
  // An index into the candidates.
  virtual size_t Pick(const ThreadChoice& choice) = 0;
  virtual void Created(int /*id*/) {}
  // Whether threads that sleep, or wait with a timeout, are candidates before
  // the running thread's clock has passed that time.
  virtual bool SleepersMayRun() const { return false; }
  virtual bool TimeoutsMayExpire() const { return false; }
};

// fifo: the last thread while it can, then the next one by id (round robin).
// timed: the smallest virtual clock, ties by id. late: the last thread only if
// no other can. random: uniform. pct: random priorities with `depth` points of
// change (Burckhardt et al., 2010). Null for an unknown name.
std::unique_ptr<ThreadPolicy> MakeThreadPolicy(std::string_view name,
                                               uint64_t seed, int depth);

}  // namespace npuemu

#endif  // EMULATOR_HOST_THREAD_POLICY_H_
