// npuemu report: what a trace holds, as text.

#include <string>

#include "emulator/trace/trace_stream.h"
#include "tools/npuemu/command.h"

namespace npuemu::cli {

int PrintReport(const Arguments& arguments, std::ostream& out,
                std::ostream& err) {
  if (arguments.size() != 1 || arguments[0].empty() ||
      (arguments[0][0] == '-' && arguments[0] != "--help")) {
    err << "usage: npuemu report TRACE\n";
    return kExitUsage;
  }
  if (arguments[0] == "--help") {
    out << "usage: npuemu report TRACE\n"
           "Prints the options of a recorded run, then its events, one a "
           "line: kind, virtual\ntime in ns, device, stream, task, name and "
           "two numbers (emulator/event/event.def).\n";
    return kExitOk;
  }
  auto reader = TraceReader::Open(arguments[0]);
  if (!reader.ok()) {
    err << "npuemu report: " << reader.status().message() << "\n";
    return kExitBadFile;
  }
  out << "trace version " << kTraceVersion << "\n";
  for (const auto& [key, value] : (*reader)->header()) {
    out << "option " << key << " = " << value << "\n";
  }
  uint64_t count = 0;
  while (const auto event = (*reader)->Next()) {
    out << ToText(*event) << "\n";
    ++count;
  }
  out << count << " events; "
      << ((*reader)->complete()         ? "the process ended in order"
          : (*reader)->limited()        ? "--trace-limit was reached"
          : (*reader)->damage().empty() ? "the process did not end in order"
                                        : (*reader)->damage())
      << "\n";
  return kExitOk;
}

}  // namespace npuemu::cli
