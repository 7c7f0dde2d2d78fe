// File: program.h
// A program of the user's as a child process, for run and replay.

#ifndef TOOLS_NPUEMU_PROGRAM_H_
#define TOOLS_NPUEMU_PROGRAM_H_

#include <ostream>

#include "tools/npuemu/command.h"

namespace npuemu::cli {

// Runs it with the toolkit's libraries found first and the observer of host
// threads preloaded. Returns the exit code of npuemu; `name` is for messages.
int RunProgram(const char* name, const Arguments& program, std::ostream& err);

// For mkstemp and mkdtemp, in $TMPDIR.
std::string TemporaryName(const char* what);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_PROGRAM_H_
