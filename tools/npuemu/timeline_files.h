// File: timeline_files.h
// A timeline as files: one HTML page that needs nothing else, and the JSON of
// Perfetto and Chrome (ui.perfetto.dev, chrome://tracing):
//
//   {"traceEvents": [
//     {"ph": "M", "name": "process_name", "pid": D, "args": {"name": ...}},
//     {"ph": "X", "name": OPERATOR, "cat": UNIT, "pid": device, "tid": stream,
//      "ts": us, "dur": us, "args": {"task": N, "thread": T, ...}},
//     {"ph": "s"|"f", "name": "event", "id": N, ...}   record to wait
//   ]}                                                 times are virtual

#ifndef TOOLS_NPUEMU_TIMELINE_FILES_H_
#define TOOLS_NPUEMU_TIMELINE_FILES_H_

#include <string>

#include "tools/npuemu/symbols.h"
#include "tools/npuemu/timeline.h"
#include "tools/npuemu/trace_findings.h"

namespace npuemu::cli {

std::string HtmlReport(const Timeline& timeline, const TraceFindings& findings,
                       Symbols* symbols);
std::string PerfettoJson(const Timeline& timeline);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_TIMELINE_FILES_H_
