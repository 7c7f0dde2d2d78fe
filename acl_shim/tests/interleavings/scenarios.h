// File: scenarios.h
// I1-I17 as data: threads, a schedule script that shows the interleaving, and
// what tells that it happened. interleaving_table_test makes a table of them.

#ifndef ACL_SHIM_TESTS_INTERLEAVINGS_SCENARIOS_H_
#define ACL_SHIM_TESTS_INTERLEAVINGS_SCENARIOS_H_

#include <functional>
#include <string>
#include <vector>

#include "acl_shim/tests/interleavings/interleaving_testing.h"

namespace npuemu::shim {

// One try: fresh objects, so that tries do not see each other.
struct Try {
  std::vector<ThreadBody> bodies;
  // After all bodies have ended: whether the interleaving happened.
  std::function<bool()> hit;
};

struct Scenario {
  const char* name;     // "I1"
  const char* threads;  // what they do
  const char* script;   // shows it; need not be the shortest
  const char* outcome;  // as the runtime or the device tells it
  std::function<Try()> make;
  int most_tries = 300;
};

// Those that need memory pressure are apart: a process of its own.
std::vector<Scenario> OperatorScenarios();
std::vector<Scenario> QueueScenarios();
std::vector<Scenario> MemoryScenarios();

}  // namespace npuemu::shim

#endif  // ACL_SHIM_TESTS_INTERLEAVINGS_SCENARIOS_H_
