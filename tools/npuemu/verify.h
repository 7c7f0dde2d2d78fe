// File: verify.h
// npuemu run --verify-races: what each race of two tasks is worth. The program
// runs again with the two ordered as the fix would, and the other way round.

#ifndef TOOLS_NPUEMU_VERIFY_H_
#define TOOLS_NPUEMU_VERIFY_H_

#include <ostream>

#include "tools/npuemu/command.h"
#include "tools/npuemu/trace_findings.h"

namespace npuemu::cli {

// Sets Finding::verified and benign; benign ones go last. The reruns are silent
// and leave no file.
// Progress goes to `err`. REQUIRES: the environment of the first run.
void VerifyRaces(const Arguments& program, TraceFindings* findings,
                 std::ostream& err);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_VERIFY_H_
