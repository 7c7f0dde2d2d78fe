// npuemu run: a child process with NPUEMU_* set from the flags, and the
// toolkit's libraries found first.

#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "tools/npuemu/child.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/options.h"
#include "tools/npuemu/toolkit.h"

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

void SetEnvironment(const ParsedOptions& options) {
  for (const auto& [name, value] : options.environment) {
    setenv(name.c_str(), value.c_str(), 1);
  }
  std::string path = ToolkitLibraryFolder();
  if (path.empty()) return;
  const char* old = std::getenv("LD_LIBRARY_PATH");
  if (old != nullptr && *old != '\0') path += std::string(":") + old;
  setenv("LD_LIBRARY_PATH", path.c_str(), 1);
}

// The observer of the host's threads comes first (design 5). It is preloaded
// into the program and its children only, so this process must not use it.
void SetPreload() {
  const std::string folder = ToolkitLibraryFolder();
  if (folder.empty()) return;
  std::string libraries = folder + "/libnpuemu_host.so";
  if (access(libraries.c_str(), R_OK) != 0) return;
  const char* old = std::getenv("LD_PRELOAD");
  if (old != nullptr && *old != '\0') libraries += std::string(":") + old;
  setenv("LD_PRELOAD", libraries.c_str(), 1);
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
  SetEnvironment(*options);
  SetPreload();
  const ChildResult result = RunChild(program);
  if (result.start_error != 0) {
    err << "npuemu run: cannot start \"" << program[0]
        << "\": " << std::strerror(result.start_error) << "\n";
    return kExitUsage;
  }
  return result.exit_code;
}

}  // namespace npuemu::cli
