#include "tools/bench/processes.h"

#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace npuemu::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

void Repeat(int count, const std::function<void()>& work) {
  work();  // what is made at the first call
  const auto begun = Clock::now();
  for (int i = 0; i < count; ++i) work();
  const double seconds = SecondsSince(begun) / count;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%.9f %ld\n", seconds, usage.ru_maxrss);
}

// `switches` in all; under control every yield hands over.
void Yield(int threads, int switches) {
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([=] {
      for (int i = 0; i < switches / threads; ++i) sched_yield();
    });
  }
  for (std::thread& thread : all) thread.join();
}

// The peer: threads of one core that pass a turn by a condition variable.
void PassTurns(int threads, int switches) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  sched_setaffinity(0, sizeof(one), &one);
  std::mutex mutex;
  std::vector<std::condition_variable> turns(static_cast<size_t>(threads));
  int turn = 0;
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([&, t] {
      for (int i = 0; i < switches / threads; ++i) {
        std::unique_lock<std::mutex> lock(mutex);
        turns[static_cast<size_t>(t)].wait(lock, [&] { return turn == t; });
        turn = (turn + 1) % threads;
        turns[static_cast<size_t>(turn)].notify_one();
      }
    });
  }
  for (std::thread& thread : all) thread.join();
}

std::string g_program;

// The text that the child prints; it ends the benchmark if it fails.
std::string OutputOf(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  char text[64] = {};
  if (pipe == nullptr || std::fgets(text, sizeof(text), pipe) == nullptr ||
      pclose(pipe) != 0) {
    std::fprintf(stderr, "bench: %s failed\n", command.c_str());
    std::exit(70);
  }
  return text;
}

// What the child measures of itself.
void Measured(benchmark::State& state, const std::string& environment,
              const std::string& work) {
  for (auto _ : state) {
    state.SetIterationTime(
        std::atof(OutputOf(environment + g_program + work).c_str()));
  }
}

// A controlled process has virtual clocks: it is timed from here, and its start
// is taken off.
void Switches(benchmark::State& state, const std::string& environment,
              const char* work) {
  constexpr int kSwitches = 200000;
  const auto run = [&](int switches) {
    const std::string command = environment + g_program + work +
                                std::to_string(state.range(0)) + " " +
                                std::to_string(switches);
    const auto begun = Clock::now();
    OutputOf(command);
    return SecondsSince(begun);
  };
  for (auto _ : state) {
    state.SetIterationTime((run(kSwitches) - run(0)) / kSwitches);
  }
}

}  // namespace

bool RunChildWork(int argc, char** argv, const ChildWork& work_of) {
  const std::string work = argc > 1 ? argv[1] : "";
  const auto number = [&](int i) { return argc > i ? std::atoi(argv[i]) : 0; };
  if (work == "--launches") {
    Repeat(200000, work_of.launch);
  } else if (work == "--operators") {
    Repeat(5000, work_of.run);
  } else if (work == "--copies") {
    Repeat(100, work_of.copy);
  } else if (work == "--yields") {
    Yield(number(2), number(3));
    std::puts("done");
  } else if (work == "--turns") {
    PassTurns(number(2), number(3));
    std::puts("done");
  } else {
    return false;
  }
  return true;
}

void RegisterProcesses(const char* program) {
  g_program = program;
  const std::string none = "NPUEMU_CHECK=none ";
  const std::pair<const char*, std::string> kinds[] = {
      {"/plain", none},
      {"/checked", ""},
      {"/recorded", none + "NPUEMU_TRACE=/dev/shm/npuemu-bench.trace "}};
  for (const char* work : {" --launches", " --operators", " --copies"}) {
    for (const auto& [kind, environment] : kinds) {
      const std::string name = std::string("BM_Process") + (work + 2) + kind;
      benchmark::RegisterBenchmark(
          name.c_str(),
          [=, variables = environment](benchmark::State& state) {
            Measured(state, variables, work);
          })
          ->UseManualTime()
          ->Iterations(5);
    }
  }
  // In the runfiles of `bazel run`, the working folder.
  const std::string control =
      "NPUEMU_CONTROL_THREADS=1 NPUEMU_SCHEDULE=late "
      "LD_PRELOAD=emulator/host/preload/libnpuemu_host.so ";
  benchmark::RegisterBenchmark(
      "BM_ControlledSwitch",
      [=](benchmark::State& state) { Switches(state, control, " --yields "); })
      ->UseManualTime()
      ->Iterations(3)
      ->Arg(2)
      ->Arg(8)
      ->Arg(32);
  benchmark::RegisterBenchmark(
      "BM_SwitchPeerCondition",
      [](benchmark::State& state) { Switches(state, "", " --turns "); })
      ->UseManualTime()
      ->Iterations(3)
      ->Arg(2)
      ->Arg(8)
      ->Arg(32);
}

}  // namespace npuemu::bench
