// File: child.h
// Runs a program as a child and stays its parent.

#ifndef TOOLS_NPUEMU_CHILD_H_
#define TOOLS_NPUEMU_CHILD_H_

#include <string>
#include <vector>

namespace npuemu::cli {

struct ChildResult {
  int start_error = 0;  // errno if the program could not be started, else 0
  int exit_code = 0;    // the program's own, or 128 + the signal that ended it
};

// Runs program[0] (looked up in PATH) with the current environment and waits.
// Signals that another process sends to this one are passed on; those of the
// terminal reach the child by themselves. The child sees the signal mask and
// dispositions that this process had. REQUIRES: one thread, program not empty.
ChildResult RunChild(const std::vector<std::string>& program);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_CHILD_H_
