// npuemu: runs AscendCL programs on a simulated node, and tells about it.

#include <cstring>
#include <iomanip>
#include <iostream>
#include <string>

#include "tools/npuemu/command.h"

namespace npuemu::cli {
namespace {

constexpr Command kCommands[] = {
    {"run", "[options] -- PROGRAM [ARG...]",
     "run a program on the simulated node", Run},
    {"replay", "TRACE -- PROGRAM [ARG...]",
     "run it again as a trace says, and compare", Replay},
    {"report", "TRACE", "what a trace holds, as text", PrintReport},
    {"ops", "[options] [NAME]", "operators, dtypes, exactness", Ops},
    {"om", "FILE", "what a .om file holds", Om},
    {"info", "[options]", "node, SoC profile, library version", Info},
};

void PrintUsage(std::ostream& out) {
  out << "usage: npuemu COMMAND [ARGUMENT...]\n";
  for (const Command& command : kCommands) {
    const std::string call =
        std::string(command.name) + " " + command.arguments;
    out << "  npuemu " << std::left << std::setw(36) << call
        << command.summary << "\n";
  }
  out << "`npuemu run --help` lists the options and exit codes.\n";
}

int Main(const Arguments& arguments) {
  if (arguments.empty()) {
    std::cerr << "npuemu: no command given\n";
    PrintUsage(std::cerr);
    return kExitUsage;
  }
  const std::string& name = arguments[0];
  if (name == "--help" || name == "-h" || name == "help") {
    PrintUsage(std::cout);
    return kExitOk;
  }
  if (name == "--version") {
    std::cout << "npuemu " << kVersion << "\n";
    return kExitOk;
  }
  for (const Command& command : kCommands) {
    if (name != command.name) continue;
    return command.run({arguments.begin() + 1, arguments.end()}, std::cout,
                       std::cerr);
  }
  std::cerr << "npuemu: unknown command \"" << name << "\"\n";
  PrintUsage(std::cerr);
  return kExitUsage;
}

}  // namespace
}  // namespace npuemu::cli

int main(int argc, char** argv) {
  const int code = npuemu::cli::Main({argv + 1, argv + argc});
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "npuemu: cannot write to standard output\n";
    return npuemu::cli::kExitInternal;
  }
  return code;
}
