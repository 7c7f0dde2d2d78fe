// File: command.h
// The subcommands of npuemu: one function each, in a file of its own name.

#ifndef TOOLS_NPUEMU_COMMAND_H_
#define TOOLS_NPUEMU_COMMAND_H_

#include <ostream>
#include <string>
#include <vector>

namespace npuemu::cli {

inline constexpr char kVersion[] = "0.1.0";

// Exit codes of npuemu itself (design 3.3). `run` otherwise returns the
// program's own code, or kExitSignal + n if signal n ended it.
inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitBadFile = 65;
inline constexpr int kExitFindings = 66;
inline constexpr int kExitInternal = 70;
inline constexpr int kExitSignal = 128;

// The arguments behind the subcommand's name.
using Arguments = std::vector<std::string>;

struct Command {
  const char* name;
  const char* arguments;  // "[options] -- PROGRAM [ARG...]"
  const char* summary;
  // Writes results to `out`, refusals to `err`; returns the exit code.
  int (*run)(const Arguments& arguments, std::ostream& out, std::ostream& err);
};

int Run(const Arguments& arguments, std::ostream& out, std::ostream& err);
int Replay(const Arguments& arguments, std::ostream& out, std::ostream& err);
int PrintReport(const Arguments& arguments, std::ostream& out,
                std::ostream& err);
int Ops(const Arguments& arguments, std::ostream& out, std::ostream& err);
int Om(const Arguments& arguments, std::ostream& out, std::ostream& err);
int Info(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_COMMAND_H_
