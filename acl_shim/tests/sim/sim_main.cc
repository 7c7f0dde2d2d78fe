// The simulation test: random ACL programs against a serial oracle.
//   sim [FIRST_SEED [PROGRAMS [THREADS]]] [--forget-waits]
// Every legal schedule of a race-free program must end as the oracle says; the
// schedule is NPUEMU_SCHEDULE's. Exit code 1 at the first that does not, with
// its seed and the command that runs it alone.

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "acl_shim/tests/sim/runner.h"

namespace npuemu::sim {
namespace {

int Fail(const Program& program, const std::string& what) {
  const char* policy = std::getenv("NPUEMU_SCHEDULE");
  std::fprintf(stderr, "sim: seed %" PRIu64 ": %s\n%s", program.seed,
               what.c_str(), ToText(program).c_str());
  std::fprintf(stderr,
               "sim: again: NPUEMU_SCHEDULE=%s bazel run "
               "//acl_shim/tests/sim -- %" PRIu64 " 1\n",
               policy == nullptr ? "fifo" : policy, program.seed);
  return 1;
}

std::string Difference(const Outcome& given, const Outcome& expected) {
  if (given.checks != expected.checks) return "the host read other bytes";
  if (given.host != expected.host) return "host memory ends otherwise";
  return "device memory ends otherwise";
}

// Runs one program and compares; what differs, or nothing.
std::string Check(Session* session, const Program& program, bool forget) {
  std::string problem;
  const Outcome given =
      session->Run(forget ? WithoutWaits(program) : program, &problem);
  if (!problem.empty()) return problem;
  const Outcome expected = RunSerially(program);
  return given == expected ? "" : Difference(given, expected);
}

struct Options {
  uint64_t first = 1;
  uint64_t programs = 200;
  uint64_t threads = 1;
  bool forget = false;
};

int Run(const Options& options) {
  Session session;
  size_t steps = 0;
  const uint64_t end = options.first + options.programs;
  for (uint64_t seed = options.first; seed < end; seed += options.threads) {
    // Programs beside each other share the node and the handles, no buffer.
    std::vector<Program> programs;
    for (uint64_t t = 0; t < options.threads; ++t) {
      programs.push_back(Generate(seed + t));
      steps += programs.back().steps.size();
    }
    std::vector<std::string> problems(programs.size());
    std::vector<std::thread> others;
    for (size_t t = 1; t < programs.size(); ++t) {
      others.emplace_back([&, t] {
        session.JoinThread();
        problems[t] = Check(&session, programs[t], options.forget);
      });
    }
    problems[0] = Check(&session, programs[0], options.forget);
    for (std::thread& other : others) other.join();
    for (size_t t = 0; t < problems.size(); ++t) {
      if (!problems[t].empty()) return Fail(programs[t], problems[t]);
    }
  }
  std::printf("sim: %" PRIu64 " programs from seed %" PRIu64
              ", %zu steps, all as the oracle says\n",
              options.programs, options.first, steps);
  return 0;
}

int Main(int argc, char** argv) {
  Options options;
  uint64_t* const numbers[] = {&options.first, &options.programs,
                               &options.threads};
  size_t given = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--forget-waits") == 0) {
      options.forget = true;
    } else if (given < std::size(numbers)) {
      *numbers[given++] = std::strtoull(argv[i], nullptr, 10);
    }
  }
  if (options.threads == 0 || options.threads > 64) {
    std::fprintf(stderr, "sim: THREADS: given %" PRIu64 ", expected 1..64\n",
                 options.threads);
    return 64;
  }
  return Run(options);
}

}  // namespace
}  // namespace npuemu::sim

int main(int argc, char** argv) { return npuemu::sim::Main(argc, argv); }
