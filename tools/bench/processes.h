// File: processes.h
// Benchmarks that need a process of their own, because an environment variable
// decides: checks (NPUEMU_CHECK), recording (NPUEMU_TRACE), controlled threads
// (the preloaded library). The benchmark's own program is the child.

#ifndef TOOLS_BENCH_PROCESSES_H_
#define TOOLS_BENCH_PROCESSES_H_

#include <functional>

namespace npuemu::bench {

struct ChildWork {
  std::function<void()> launch;  // a tiny operator
  std::function<void()> run;     // one on 1 MiB tensors, awaited
  std::function<void()> copy;    // 16 MiB to the device
};

// Runs a child's work if the arguments ask for one; false if they do not.
bool RunChildWork(int argc, char** argv, const ChildWork& work_of);

// Registers the benchmarks. `program` is argv[0].
void RegisterProcesses(const char* program);

}  // namespace npuemu::bench

#endif  // TOOLS_BENCH_PROCESSES_H_
