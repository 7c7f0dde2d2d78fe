// File: scripted_threads.h
// Threads that run one at a time, by a script of switch decisions or by a seed.
// Linked into a test, it is the other side of emulator/host/host_hooks.h; the
// thread that starts them all, and every thread while none are started, runs
// freely.
//
// A script is a list of `thread[:label]`, threads from 1: run the thread until
// it is about to pass the switch point `label`; without a label, until it ends
// or blocks. "1:S4 2:S4 1 2". What is left after the script runs in order.

#ifndef ACL_SHIM_TESTS_INTERLEAVINGS_SCRIPTED_THREADS_H_
#define ACL_SHIM_TESTS_INTERLEAVINGS_SCRIPTED_THREADS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace npuemu::testing {

using ThreadBody = std::function<void()>;

// Runs the bodies as threads 1, 2, ... and returns when all have ended. False
// if a label of the script was never met: the script does not fit.
bool RunScript(const std::string& script,
               const std::vector<ThreadBody>& bodies);

// At every switch point a thread is chosen anew, by the policies of
// emulator/host/thread_policy.h.
enum class Choice { kRandom, kPct };
// `trace`, if given, gets the decisions as "1:S2 2:S4 ...": what RunScript
// repeats.
void RunSeed(uint64_t seed, Choice choice,
             const std::vector<ThreadBody>& bodies,
             std::string* trace = nullptr);

// Called after each step, while all scripted threads stand still; null: no
// more. It may look at the runtime's modelled data, but make no call.
void SetInspector(std::function<void()> inspector);

}  // namespace npuemu::testing

#endif  // ACL_SHIM_TESTS_INTERLEAVINGS_SCRIPTED_THREADS_H_
