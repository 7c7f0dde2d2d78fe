// npuemu run: a child process with NPUEMU_* set from the flags.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "emulator/trace/trace_stream.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/options.h"
#include "tools/npuemu/program.h"

namespace npuemu::cli {
namespace {

constexpr char kUsage[] =
    "usage: npuemu run [options] -- PROGRAM [ARG...]\n";

void PrintHelp(std::ostream& out) {
  out << kUsage
      << "Runs a program on the simulated node. An option given here wins over "
         "its\nenvironment variable, which the library reads too if a program "
         "is started\nwithout npuemu.\n\n";
  PrintOptions(out);
  out << "\nExit code: the program's own; 128+n if signal n ended it; 64 for "
         "wrong usage or\na program that cannot be started; 70 for an internal "
         "error.\n";
}

// What an earlier run left would be taken for this one's. FILE.1 and so on are
// removed only if they are traces.
void RemoveOldTraces(const std::string& path) {
  std::remove(path.c_str());
  std::remove((path + ".incomplete").c_str());
  for (int n = 1;; ++n) {
    const std::string name = path + "." + std::to_string(n);
    std::remove((name + ".incomplete").c_str());
    if (!TraceReader::Open(name).ok()) return;
    std::remove(name.c_str());
  }
}

// A process that was killed leaves its trace without an end; it is read up to
// its last record.
void KeepTracesOfTheKilled(const std::string& path) {
  std::string name = path;
  for (int n = 1;; ++n) {
    const bool killed =
        std::rename((name + ".incomplete").c_str(), name.c_str()) == 0;
    if (!killed && access(name.c_str(), F_OK) != 0) return;
    name = path + "." + std::to_string(n);
  }
}

}  // namespace

int Run(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  auto options = ParseOptions(arguments, std::getenv);
  if (!options.ok()) {
    err << "npuemu run: " << options.status().message() << "\n" << kUsage;
    return kExitUsage;
  }
  if (options->help) {
    PrintHelp(out);
    return kExitOk;
  }
  const Arguments program(arguments.begin() + options->used, arguments.end());
  if (program.empty()) {
    err << "npuemu run: no PROGRAM given\n" << kUsage;
    return kExitUsage;
  }
  for (const auto& [name, value] : options->environment) {
    setenv(name.c_str(), value.c_str(), 1);
  }
  const std::string& trace = options->config.trace;
  if (!trace.empty()) {
    RemoveOldTraces(trace);
    setenv("NPUEMU_TRACE_FRESH", "1", 1);
  }
  const int code = RunProgram("npuemu run", program, err);
  if (!trace.empty()) KeepTracesOfTheKilled(trace);
  return code;
}

}  // namespace npuemu::cli
