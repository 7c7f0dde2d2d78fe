// File: processes.h
// Benchmarks that need a process of their own, because an environment variable
// decides: recording (NPUEMU_TRACE), controlled threads (the preloaded
// library). The benchmark's own program is the child.

#ifndef TOOLS_BENCH_PROCESSES_H_
#define TOOLS_BENCH_PROCESSES_H_

#include <functional>

namespace npuemu::bench {

// Runs a child's work if the arguments ask for one; false if they do not.
// `launch`: one tiny launch; `copy`: 16 MiB to the device.
bool RunChildWork(int argc, char** argv, const std::function<void()>& launch,
                  const std::function<void()>& copy);

// Registers the benchmarks. `program` is argv[0].
void RegisterProcesses(const char* program);

}  // namespace npuemu::bench

#endif  // TOOLS_BENCH_PROCESSES_H_
