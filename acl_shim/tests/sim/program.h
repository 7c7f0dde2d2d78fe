// File: program.h
// A random ACL program as data: what the simulation test runs, and what its
// serial oracle predicts (TigerBeetle's VOPR idea). Values; no ACL inside.

#ifndef ACL_SHIM_TESTS_SIM_PROGRAM_H_
#define ACL_SHIM_TESTS_SIM_PROGRAM_H_

#include <cstdint>
#include <string>
#include <vector>

namespace npuemu::sim {

// int32 elements of every buffer.
constexpr int kWords = 48;

using Words = std::vector<uint32_t>;  // arithmetic wraps

enum class StepKind : uint8_t {
  kLaunch,      // device[to] = op `value`(device[from], device[from2])
  kCopyIn,      // device[to] = host[from]
  kCopyOut,     // host[to] = device[from]
  kCopyDevice,  // device[to] = device[from]
  kSet,         // every byte of device[to] = value
  kHostFunc,    // host[to] += value, on the stream
  kRecord,      // event `from`
  kWait,        // event `from`
  kSyncStream,
  kSyncEvent,  // event `from`
  kSyncDevice,
  kPoll,       // asks for the state of the stream and of event `from`
  kHostWrite,  // host[to] += value, by the host
  kHostCheck,  // the host reads host[from]
  kMisuse,     // a call of kind `value` that must be refused without effect
};

struct Step {
  StepKind kind;
  int stream = 0;
  int from = 0;
  int from2 = 0;
  int to = 0;
  uint32_t value = 0;
};

// Operators of kLaunch, by `value`.
constexpr const char* kOperators[] = {"Add", "Sub", "Maximum", "Minimum"};
constexpr uint32_t kMisuses = 6;

struct Program {
  uint64_t seed = 0;
  int streams = 1;
  int events = 1;
  int device_buffers = 1;
  int host_buffers = 1;
  std::vector<Step> steps;
};

// A program without a race: where two accesses to a buffer would be unordered,
// the generator adds the wait that orders them. So every legal schedule has
// the same outcome, that of RunSerially.
Program Generate(uint64_t seed);

// The same program without the waits that only order accesses between streams:
// what a forgotten wait looks like. (Legal, but its outcome depends on the
// schedule; the canary looks for the difference.)
Program WithoutWaits(const Program& program);

// What the program leaves and what the host saw on the way.
struct Outcome {
  std::vector<Words> device;
  std::vector<Words> host;
  std::vector<Words> checks;  // by kHostCheck, in order
  bool operator==(const Outcome&) const = default;
};

// The oracle: one step after the other on plain arrays.
Outcome RunSerially(const Program& program);

// A line per step.
std::string ToText(const Program& program);

}  // namespace npuemu::sim

#endif  // ACL_SHIM_TESTS_SIM_PROGRAM_H_
